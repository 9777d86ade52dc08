/// A sweep to be computed by a cluster, all choices made.
package struct Submission: Sendable, Hashable {
    /// The sweep's name: `[a-z0-9-]+`.
    package var name: String
    /// Absolute path of the folder that holds the sweep, the scripts and the results, as the nodes see it.
    package var folder: String
    /// Path or name of the program on the nodes.
    package var program: String
    package var packing: ShardPacking
    package var resources: TaskResources
    /// How often a task that was stopped is started again, at least 0.
    package var requeues: Int
    /// Tasks that may run side by side; `nil`: as many as the scheduler likes.
    package var concurrentTasks: Int?
    /// Whether scaling laws are fitted to the merged result.
    package var fits: Bool
    /// Whether the sweep is computed in rounds, each decided on the trials of the ones before it.
    package var isInRounds: Bool
    /// Queue or partition, and account.
    package var partition: String?
    package var account: String?
    /// Seconds before the time limit at which the program is told to stop; `nil`: a tenth of the limit, up to two
    /// minutes.
    package var signalSeconds: Int?
    /// More options for the scheduler, as its scripts write them, for example `--qos=long`.
    package var directives: [String]
    /// What a container scheduler needs.
    package var container: Container?

    package init(
        name: String, folder: String, program: String, packing: ShardPacking, resources: TaskResources,
        requeues: Int = 20, concurrentTasks: Int? = nil, fits: Bool = true, isInRounds: Bool = false,
        partition: String? = nil, account: String? = nil, signalSeconds: Int? = nil, directives: [String] = [],
        container: Container? = nil
    ) {
        self.name = name
        self.folder = folder
        self.program = program
        self.packing = packing
        self.resources = resources
        self.requeues = requeues
        self.concurrentTasks = concurrentTasks
        self.fits = fits
        self.isInRounds = isInRounds
        self.partition = partition
        self.account = account
        self.signalSeconds = signalSeconds
        self.directives = directives
        self.container = container
    }

    /// Where a container finds the program and the folder.
    package struct Container: Sendable, Hashable {
        package var image: String
        /// Name of the persistent volume claim that holds the folder.
        package var volumeClaim: String
        /// Where the volume is mounted; the folder lies inside.
        package var mountPath: String

        package init(image: String, volumeClaim: String, mountPath: String) {
            self.image = image
            self.volumeClaim = volumeClaim
            self.mountPath = mountPath
        }
    }
}

extension Submission {
    /// The merged result, inside the folder.
    package var resultName: String { "\(name).h5" }

    /// What the round that is to be computed asks for, inside the folder.
    package static let roundName = "round.txt"

    /// The same as a word that is not taken for an option.
    var resultPath: String { resultName.hasPrefix("-") ? "./\(resultName)" : resultName }

    /// Merging is bounded in memory; fitting holds a table of all trials.
    var mergeMemory: MemorySize { max(resources.memory, MemorySize.forMerging) }

    /// When the program is told to stop, in seconds before the time limit.
    var leadSeconds: Int {
        signalSeconds ?? min(120, max(5, resources.time.seconds / 10))
    }

    /// Throws `SubmissionError.option` for what no script can express.
    func validate() throws(SubmissionError) {
        for (what, text) in [("the folder", folder), ("--program", program)]
            + directives.map({ ("--directive", $0) })
        where text.isEmpty || text.unicodeScalars.contains(where: Self.isUnprintable) {
            throw .option(
                "\(what) '\(Self.printable(text))' is empty or holds a line break or another control character: rename it")
        }
        for (what, text) in [("--partition", partition), ("--account", account)] {
            guard let text, text.isEmpty || !text.allSatisfy(Self.isPlain) else { continue }
            throw .option("\(what) '\(text)' may hold letters, digits and _ . , : @ + - only")
        }
        guard signalSeconds.map({ $0 > 0 && $0 < resources.time.seconds }) ?? true else {
            throw .option(
                "--signal \(signalSeconds ?? 0) is not between 1 and the time limit of \(resources.time.seconds) seconds")
        }
    }

    /// What no line of a script or manifest can hold: control characters, other line ends and what is no character.
    static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: scalar.properties.isNoncharacterCodePoint || scalar == "\u{FEFF}"
        }
    }

    /// A text as messages show it.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isUnprintable($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_.,:@+-".contains(character))
    }
}
