import Foundation

/// Gives a target inputs that `Mutator` makes, or one file.
enum MutatedInputs {
    /// - Parameter arguments: those of the program that follow the target.
    static func run(_ target: FuzzTarget, _ arguments: [String]) throws {
        var memory = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
        if arguments.count == 1 {
            limitTime()
            print(target.read([UInt8](try Data(contentsOf: URL(filePath: arguments[0])))) ? "taken" : "refused")
            exit(0)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: arguments[0]).sorted()
        let corpus = try names.map { [UInt8](try Data(contentsOf: URL(filePath: arguments[0] + "/" + $0))) }.filter { !$0.isEmpty }
            + target.examples()
        guard !corpus.isEmpty, let first = Int(arguments[1]), let count = Int(arguments[2]), let seed = UInt64(arguments[3])
        else { exit(64) }
        let mutator = Mutator(corpus: corpus, seed: seed)
        let current = try CurrentInput(arguments[4])
        var taken = 0, dearest = 0.0, longest = 0.0
        for number in first..<first + count {
            let input = mutator.input(number)
            current.keep(input, number)
            limitTime()
            let began = DispatchTime.now().uptimeNanoseconds, earlier = processorSeconds
            if target.read(input) { taken += 1 }
            let spent = processorSeconds - earlier
            dearest = max(dearest, spent)
            longest = max(longest, Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9)
            // Children have limits of their own, but there could be many of them.
            if spent > Double(mostProcessorSeconds) { raise(SIGPROF) }
        }
        var own = rusage(), children = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &children)
        print("\(target.name): \(count) inputs from \(first), \(taken) taken, \(count - taken) refused, "
            + "dearest \(milliseconds(dearest)) s of processor time, longest \(milliseconds(longest)) s on the clock, "
            + "most memory \(own.ru_maxrss / 1024) MiB, of a child \(children.ru_maxrss / 1024) MiB")
    }

    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    /// Of this process and of all children that it has waited for: on a machine that others use, too, the clock says little.
    private static var processorSeconds: Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, whose in
            var usage = rusage()
            getrusage(__rusage_who_t(whose.rawValue), &usage)
            let (user, system) = (usage.ru_utime, usage.ru_stime)
            return sum + Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) * 1e-6
        }
    }

    private static let mostProcessorSeconds = 10

    /// From now on: of this process's own processor; and on the clock, for what sleeps on a machine that may be busy with others.
    private static func limitTime() {
        var limit = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: mostProcessorSeconds, tv_usec: 0))
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
        alarm(300)
    }
}

/// Where the input in hand lies. Written through a mapping: no system call for an input.
private struct CurrentInput {
    private let place: UnsafeMutableRawPointer

    init(_ path: String) throws {
        let capacity = 1 << 18
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0, ftruncate(file, off_t(capacity)) == 0,
            let place = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), place != MAP_FAILED
        else { exit(74) }
        self.place = place
    }

    /// Number and length, then the input.
    func keep(_ input: [UInt8], _ number: Int) {
        place.storeBytes(of: number, as: Int.self)
        place.storeBytes(of: input.count, toByteOffset: 8, as: Int.self)
        input.withUnsafeBytes { bytes in
            bytes.baseAddress.map { place.advanced(by: 16).copyMemory(from: $0, byteCount: bytes.count) }
        }
    }
}
