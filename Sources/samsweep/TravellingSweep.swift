import ClusterSubmission
import JSONText
import KernelSelection
import SweepPlanning

/// A sweep as it goes into a submission's folder: the definitions it uses are in its text, and its data travel with it or
/// stay where they are under an absolute path.
struct TravellingSweep {
    /// Of `sweep.yaml`.
    let text: String
    let companions: [SubmissionFolder.Companion]
    /// SHA-256 of the companions.
    private let digests: [String]
    private let plan: PlannedSweep

    /// - Parameters:
    ///   - stays: whether the data are left where they are.
    ///   - reserved: names in the folder that are taken.
    ///
    /// Throws `SweepFileError`.
    init(_ plan: PlannedSweep, stays: Bool, reserved: [String]) throws {
        self.plan = plan
        var names = FolderNames(reserved: Set(reserved))
        var companions: [SubmissionFolder.Companion] = [], digests: [String] = []
        /// What is to be written in the place of a file's path.
        func travels(_ file: DataFileReference) -> String {
            let path = AbsolutePath.of(file.path)
            guard !stays else { return file.written.hasPrefix("/") ? file.written : path }
            let name = names.name(of: file)
            if !companions.contains(where: { $0.name == name }) {
                companions.append(.init(name: name, source: path))
                digests.append(file.digest)
            }
            return name
        }
        var text = try plan.text(movingConstants: travels)
        if let data = plan.dataFile {
            let path = travels(data)
            if path != data.written { text = try Self.text(text, data: path) }
        }
        self.text = text
        self.companions = companions
        self.digests = digests
    }

    /// The sweep with another path of its data.
    private static func text(_ text: String, data path: String) throws -> String {
        let value = JSONValue.string(path).line
        // The problem may be the one entry of a list.
        return try (try? SweepPlanner.changed(text, overrides: ["problem.data=\(value)"]))
            ?? SweepPlanner.changed(text, overrides: ["problem.0.data=\(value)"])
    }

    /// The plan of the sweep that lies in the folder. Throws `CommandError.invalidData` where what was copied is not what was
    /// planned.
    func check(in folder: SubmissionFolder) throws -> PlannedSweep {
        for (companion, digest) in zip(companions, digests) {
            let copy = "\(folder.path)/\(companion.name)"
            guard try DataFileReference.digest(of: copy) == digest else {
                throw CommandError.invalidData(
                    "\(companion.source) changed while it was copied to \(copy): delete the copy and submit again")
            }
        }
        let sweep = "\(folder.path)/sweep.yaml"
        let there = try SweepLoading.load(sweep, overrides: [], known: KnownMinima.of(plan))
        guard there.planFingerprint == plan.planFingerprint else {
            throw CommandError.invalidData(
                "\(sweep) is not the sweep that was submitted: a file of its data lies there under a name that another one needs")
        }
        return there
    }
}

/// Where files lie in the folder.
private struct FolderNames {
    let reserved: Set<String>
    /// By digest: the same file is copied once.
    private var given: [String: String] = [:]

    init(reserved: Set<String>) { self.reserved = reserved }

    /// The same path where that lies inside of the folder and is not taken; otherwise the file's name below `data`.
    mutating func name(of file: DataFileReference) -> String {
        if let name = given.first(where: { $0.value == file.digest })?.key { return name }
        let parts = file.written.split(separator: "/", omittingEmptySubsequences: false)
        let first = parts.first.map(String.init) ?? ""
        let isPlain = !parts.contains { ["", ".", ".."].contains($0) }
        let isReserved = reserved.contains(first) || ["sweep.yaml", "shards", "logs"].contains(first)
        var name = isPlain && !isReserved ? file.written : "data/\(parts.last { !$0.isEmpty } ?? "data")"
        if given[name] != nil { name = "data/\(file.digest.prefix(12))-\(parts.last { !$0.isEmpty } ?? "data")" }
        given[name] = file.digest
        return name
    }
}
