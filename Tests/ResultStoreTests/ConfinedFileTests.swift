import CHDF5Shims
import Foundation
import StoreFixtures
import Synchronization
import Testing

@testable import ResultStore

/// Whatever a child process that reads a file does, the program is told of it by an error, and goes on.
@Suite struct ConfinedFileTests {
    /// What was done to an answer.
    enum Deed {
        case nothing
        /// The answer is another one.
        case say([UInt8])
        /// The socket closes, after these bytes.
        case end([UInt8])
        /// A byte at a time, longer than anybody waits.
        case drip([UInt8])
        /// No answer comes, and the child cannot end by itself.
        case stop
        case signal(Int32)
    }

    /// Stands between a child and whoever asks it, and does something to the answer with a number, from 0, which answers no
    /// question but says whether the file could be opened.
    final class Meddler: Sendable {
        typealias Meddling = @Sendable (_ number: Int, _ answer: [UInt8]) -> Deed
        private let child: Int32
        private let count = Mutex(0)
        private let process: Int32

        /// Answers that were given.
        var answers: Int { count.withLock { $0 } }

        private init(child: Int32, process: Int32) {
            self.child = child
            self.process = process
        }

        static func start(
            _ path: String, suspicion: String = "", seconds: UInt32 = 60, _ meddling: @escaping Meddling
        ) throws -> (child: ConfinedChild, meddler: Meddler) {
            var ends: [Int32] = [0, 0], socket: Int32 = -1
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
            let process = HDF5Library.exclusively { chdf5_start_reader(path, 0, seconds, &socket) }
            try #require(process > 0)
            let meddler = Meddler(child: socket, process: process), near = ends[1]
            Thread.detachNewThread { meddler.relay(near, meddling) }
            let child = ConfinedChild(path: path, suspicion: suspicion, seconds: seconds, process: process, socket: ends[0])
            return (child, meddler)
        }

        private func relay(_ near: Int32, _ meddling: Meddling) {
            defer {
                close(near)
                close(child)
            }
            for number in 0... {
                if number > 0 {
                    guard let request = Self.receive(near, MemoryLayout<chdf5_request>.size), Self.send(child, request) else { return }
                }
                guard var answer = Self.receive(child, MemoryLayout<chdf5_reply>.size) else { return }
                guard let value = Self.receive(child, Int(answer.reply.size)) else { return }
                answer += value
                count.withLock { $0 += 1 }
                switch meddling(number, answer) {
                case .nothing: if !Self.send(near, answer) { return }
                case .say(let other): if !Self.send(near, other) { return }
                case .end(let bytes):
                    _ = Self.send(near, bytes)
                    return
                case .drip(let bytes):
                    for byte in bytes {
                        if !Self.send(near, [byte]) { return }
                        usleep(50_000)
                    }
                case .stop:
                    kill(process, SIGSTOP)
                    // Until the other end is closed.
                    _ = Self.receive(near, 1 << 20)
                    return
                case .signal(let signal):
                    kill(process, signal)
                    var info = siginfo_t()
                    waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT)
                    return
                }
            }
        }

        private static func receive(_ socket: Int32, _ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count), done = 0
            while done < count {
                let one = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + done, count - done, 0) }
                if one <= 0 { return nil }
                done += one
            }
            return bytes
        }

        private static func send(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
            var done = 0
            while done < bytes.count {
                let one = bytes.withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                }
                if one <= 0 { return false }
                done += one
            }
            return true
        }
    }

    enum Outcome: Equatable {
        case header(String)
        case failed(ResultStoreError)

        var kind: ResultStoreError.Kind? {
            if case .failed(let error) = self { return error.kind }
            return nil
        }
        var words: String {
            if case .failed(let error) = self { return error.description }
            return ""
        }
    }

    /// Reads a header by a child that is meddled with.
    func read(
        _ path: String, _ look: ConfinedFile.Look, seconds: UInt32 = 60, _ meddling: @escaping Meddler.Meddling
    ) throws -> (outcome: Outcome, answers: Int) {
        let (child, meddler) = try Meddler.start(path, seconds: seconds, meddling)
        do {
            let header = try ResultHeader.read(ConfinedFile(path, look, child))
            return (.header(Self.words(header)), meddler.answers)
        } catch let error as ResultStoreError {
            return (.failed(error), meddler.answers)
        }
    }

    /// All of it; dictionaries in order.
    private static func words(_ header: ResultHeader) -> String {
        Mirror(reflecting: header).children.map { child in
            let sorted = (child.value as? [String: Int]).map { "\($0.sorted { $0.key < $1.key })" }
            return "\(child.label ?? ""): \(sorted ?? String(describing: child.value))"
        }.joined(separator: "\n")
    }

    func withResult(_ body: (String) throws -> Void) throws {
        try withFolder { folder in
            let plan = FakePlan()
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            try plan.run(writer)
            try writer.finish()
            try body(folder + "/a.h5")
        }
    }

    static let looks: [ConfinedFile.Look] = [.none, .quick]

    // MARK: - Tests

    @Test func aHeaderThatWasToldIsTheOneThatIsAskedFor() throws {
        try withResult { path in
            let asked = try read(path, .none) { _, _ in .nothing }
            for look in [ConfinedFile.Look.quick, .thorough("it is tried")] {
                let told = try read(path, look) { _, _ in .nothing }
                #expect(told.outcome == asked.outcome && told.outcome.kind == nil, "\(told.outcome.words)")
                // Questions cost time: opening hundreds of shards is for what is told.
                #expect(told.answers < 12 && asked.answers > 80, "\(told.answers) and \(asked.answers)")
            }
            // The same where the file is packed.
            _ = try ResultCompression.run(path: path, level: 4, threads: 1)
            #expect(try read(path, .none) { _, _ in .nothing }.outcome == read(path, .quick) { _, _ in .nothing }.outcome)
        }
    }

    @Test(arguments: looks) func aChildThatIsKilledIsNoDamageAndOneThatCrashesIs(look: ConfinedFile.Look) throws {
        try withResult { path in
            let count = try read(path, look) { _, _ in .nothing }.answers
            for place in stride(from: 0, to: count, by: count > 40 ? 5 : 1) {
                for signal in [SIGKILL, SIGSEGV, SIGABRT] {
                    let outcome = try read(path, look) { number, _ in number == place ? .signal(signal) : .nothing }.outcome
                    #expect(outcome.kind == (signal == SIGKILL ? .inputOutput : .damaged), "\(place): \(outcome)")
                    #expect(outcome.words.contains(signal == SIGKILL ? "was killed" : "libhdf5 crashes on it"), "\(outcome.words)")
                }
                let outcome = try read(path, look) { number, answer in
                    number == place ? .end(Array(answer.prefix(answer.count / 2))) : .nothing
                }.outcome
                #expect(outcome.kind != nil, "half of answer \(place)")
            }
        }
    }

    @Test(arguments: looks) func aChildThatNeverAnswersIsEnded(look: ConfinedFile.Look) throws {
        try withResult { path in
            let count = try read(path, look) { _, _ in .nothing }.answers
            for place in [0, 1, count - 1] {
                let outcome = try read(path, look, seconds: 1) { number, answer in
                    number != place ? .nothing : place == 1 ? .drip(answer) : .stop
                }.outcome
                #expect(outcome.kind == .inputOutput, "\(place): \(outcome)")
                #expect(outcome.words.contains("has not ended after 1 s or more on the clock"), "\(outcome.words)")
            }
        }
    }

    /// Answers of another length than they say, of a length that nobody can take, and more than was asked for.
    @Test(arguments: looks) func whatHasAnotherLengthIsNotTaken(look: ConfinedFile.Look) throws {
        try withResult { path in
            let (truth, count) = try read(path, look) { _, _ in .nothing }
            for place in stride(from: 0, to: count, by: count > 40 ? 3 : 1) {
                for size in [UInt64.max, 1 << 63, 1 << 40, 500_000_000] {
                    let outcome = try read(path, look) { number, answer in
                        number == place ? .say(answer.changed { $0.size = size }) : .nothing
                    }.outcome
                    #expect(outcome.kind == .damaged, "\(place) says \(size): \(outcome)")
                    #expect(["of another length than it says", "contradicts itself"].contains { outcome.words.contains($0) }, "\(outcome.words)")
                }
                // What it says and what comes agree, and yet it is none of what was asked for, or what was asked for is in it.
                for more in [[0], [UInt8](repeating: 0xA5, count: 1 << 16)] as [[UInt8]] {
                    let outcome = try read(path, look) { number, answer in
                        number == place ? .say(answer.changed { $0.size += UInt64(more.count) } + more) : .nothing
                    }.outcome
                    #expect(outcome.kind == .damaged || outcome == truth, "\(place), \(more.count) more: \(outcome)")
                }
                // It floods.
                let outcome = try read(path, look) { number, answer in
                    number == place ? .say(answer + [UInt8](repeating: 0xFF, count: 3 << 20)) : .nothing
                }.outcome
                #expect(outcome.kind == .damaged || outcome == truth, "\(place) floods: \(outcome)")
            }
        }
    }

    /// What an answer says of itself, and whether every one is refused that does: the length of what has none, say, is nobody's
    /// business.
    static let lies: [(String, isAlwaysSeen: Bool, @Sendable (inout chdf5_reply) -> Void)] = [
        ("a class", false, { $0.type_class += 3 }),
        ("a count", true, { $0.count += 1 }),
        ("a length", false, { $0.lengths.0 += 1 }),
        ("a rank of -1", true, { $0.rank = -1 }),
        ("a rank of 33", true, { $0.rank = 33 }),
        ("a rank that is one more", true, { $0.rank += 1 }),
        ("other storage", false, { $0.storage = 77 }),
        ("no simple space", false, { $0.is_simple = 0 }),
        ("an unknown result", true, { $0.result = 7 }),
    ]

    /// A description that is not true is refused: whoever takes it would read into the wrong room.
    @Test(arguments: lies.indices) func aDescriptionThatIsNotTrueIsRefused(lie: Int) throws {
        let (name, isAlwaysSeen, tell) = Self.lies[lie]
        try withResult { path in
            let described = Mutex([Int]())
            let truth = try read(path, .none) { number, answer in
                // Without a value.
                if answer.count == MemoryLayout<chdf5_reply>.size, answer.reply.type_size > 0 { described.withLock { $0.append(number) } }
                return .nothing
            }.outcome
            let places = described.withLock { $0 }
            var seen = 0
            for place in places {
                let outcome = try read(path, .none) { number, answer in number == place ? .say(answer.changed(tell)) : .nothing }.outcome
                #expect(outcome.kind == .damaged || !isAlwaysSeen && outcome == truth, "\(name) in answer \(place): \(outcome)")
                if outcome.kind == .damaged { seen += 1 }
            }
            #expect(places.count > 20 && seen > places.count / 2, "\(name): \(seen) of \(places.count)")
        }
    }

    /// What is told before it is asked for is looked at as well: every byte of the first answers is changed in turn, and noise
    /// takes an answer's place. Nothing but an error or the header comes of it.
    @Test func noiseIsNoAnswer() throws {
        try withResult { path in
            let kept = Mutex([[UInt8]]())
            _ = try read(path, .quick) { _, answer in
                kept.withLock { $0.append(answer) }
                return .nothing
            }
            let answers = kept.withLock { $0 }
            var refused = 0, taken = 0
            func note(_ outcome: Outcome) { if outcome.kind == nil { taken += 1 } else { refused += 1 } }
            var random = SystemRandomNumberGenerator()
            for place in answers.indices {
                let head = MemoryLayout<chdf5_reply>.size, count = answers[place].count
                let steps = [stride(from: 0, to: min(110, count), by: 3), stride(from: head, to: count, by: max(1, (count - head) / 250))]
                for byte in steps.joined() where byte < count {
                    // A length that is a little more would be waited for.
                    if (8..<11).contains(byte) { continue }
                    note(try read(path, .quick) { number, answer in
                        guard number == place else { return .nothing }
                        var other = answer
                        other[byte] ^= 0xFF
                        return .say(other)
                    }.outcome)
                }
                for _ in 0..<20 {
                    let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    note(try read(path, .quick) { number, _ in number == place ? .say(noise) : .nothing }.outcome)
                    note(try read(path, .quick) { number, answer in
                        number == place ? .say(Array(answer.prefix(min(head, count))) + noise.dropFirst(head)) : .nothing
                    }.outcome)
                }
            }
            #expect(refused > 100 && taken > 0, "\(refused) and \(taken)")
        }
    }

    // MARK: - Many files

    /// Results of different sweeps.
    func withResults(_ count: Int, _ body: ([String]) throws -> Void) throws {
        try withFolder { folder in
            let paths = try (0..<count).map { number in
                let path = "\(folder)/\(number).h5"
                var plan = FakePlan()
                plan.trials = 3 + number
                let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
                try plan.run(writer)
                try writer.finish()
                return path
            }
            try body(paths)
        }
    }

    @Test func oneChildReadsManyFiles() throws {
        try withResults(4) { paths in
            let series = HeaderSeries()
            for path in paths + paths.reversed() {
                #expect(try Self.words(ResultHeader.read(path, in: series)) == Self.words(ResultHeader.read(path)))
            }
            #expect(series.children == 1)
            // One that is packed, of which less is known without libhdf5, and one with a path that no question has room for: each a new child.
            _ = try ResultCompression.run(path: paths[0], level: 4, threads: 1)
            let deep = Self.longWay(to: paths[1])
            for path in [paths[0], deep] {
                #expect(try Self.words(ResultHeader.read(path, in: series)) == Self.words(ResultHeader.read(path)))
            }
            #expect(series.children == 3 && deep.utf8.count > 1024)
        }
    }

    /// What is looked for in all results of a folder, of which some are damaged.
    @Test func settingsOfManyFilesAreReadByOneChild() throws {
        try withResults(5) { paths in
            let file = try RawFile(path: paths[2], writable: true)
            try file.write([UInt8](repeating: 0xA5, count: 8), at: 0, "")
            let series = HeaderSeries()
            for (place, path) in paths.enumerated() {
                let among = try? series.fixedParameters(of: path), alone = (try? ResultReader.open(path))?.fixedParameters
                #expect(among == alone && (among == nil) == (place == 2))
            }
            #expect(series.children == 1)
        }
    }

    private static func longWay(to path: String) -> String {
        let slash = path.lastIndex(of: "/")!
        return path[..<slash] + String(repeating: "/.", count: 600) + path[slash...]
    }

    /// What is damaged is named as it is alone, and costs no other file.
    @Test func aDamagedFileCostsNoOther() throws {
        try withResults(5) { paths in
            // A wrong byte of the fixed part, a byte that libhdf5 stumbles over, no HDF5 file.
            for (path, places) in [(paths[1], 600..<601), (paths[2], 96..<200), (paths[3], 0..<8)] {
                let file = try RawFile(path: path, writable: true)
                try file.write([UInt8](repeating: 0xA5, count: places.count), at: places.lowerBound, "")
            }
            let series = HeaderSeries()
            for path in paths + paths {
                let alone = Result { try ResultHeader.read(path) }, among = Result { try ResultHeader.read(path, in: series) }
                switch (alone, among) {
                case (.success(let one), .success(let other)): #expect(Self.words(one) == Self.words(other))
                case (.failure(let one), .failure(let other)): #expect("\(one)" == "\(other)")
                default: Issue.record("\(path): \(alone) alone, \(among) among others")
                }
            }
            #expect((try? ResultHeader.read(paths[4])) != nil && (try? ResultHeader.read(paths[3])) == nil)
        }
    }

    /// Several threads read as one does, and what is told is what the first path of all fails with.
    @Test func manyHeadersAreReadOnSeveralThreads() throws {
        try withResults(5) { distinct in
            let paths = (0..<70).map { distinct[$0 % 4] }
            let seen = Mutex(0)
            let headers = try HeaderSeries.read(paths, threads: 3) { header in
                seen.withLock { $0 += 1 }
                return header
            }
            #expect(try headers.map(Self.words) == paths.map { try Self.words(ResultHeader.read($0)) })
            #expect(headers.map(\.path) == paths && seen.withLock { $0 } == paths.count)
            #expect(try HeaderSeries.read([], threads: 3) { $0 }.isEmpty)

            let file = try RawFile(path: distinct[4], writable: true)
            try file.write([UInt8](repeating: 0xA5, count: 8), at: 0, "")
            struct NotMet: Error, Equatable { let path: String }
            for (damaged, unmet) in [(3, 60), (60, 3), (24, 25), (25, 24)] {
                var some = paths
                some[damaged] = distinct[4]
                some[unmet] = Self.longWay(to: distinct[0])
                let refused = some[unmet], first = min(damaged, unmet)
                let outcome = Result {
                    try HeaderSeries.read(some, threads: 3) { header in
                        if header.path == refused { throw NotMet(path: refused) }
                        return header
                    }
                }
                switch outcome {
                case .failure(let error as NotMet): #expect(first == unmet && error.path == refused)
                case .failure(let error as ResultStoreError): #expect(first == damaged && error.kind == .damaged && "\(error)".contains(distinct[4]))
                default: Issue.record("\(outcome)")
                }
            }
        }
    }

    /// Whatever a child does that has read another file before, the next file is read as if there had been no other.
    @Test func aChildThatAnotherFileHasSpoiltSaysNothingOfTheNext() throws {
        try withResults(2) { paths in
            let truth = try Self.words(ResultHeader.read(paths[1]))
            let kept = Mutex([[UInt8]]())
            func read(_ meddling: @escaping Meddler.Meddling) throws -> (words: String, children: Int) {
                var (child, _) = try Meddler.start(paths[0], seconds: 1) { number, answer in
                    number == 0 ? .nothing : meddling(number - 1, answer)
                }
                try child.requireOpen()
                let series = HeaderSeries(idle: child)
                return (Self.words(try ResultHeader.read(paths[1], in: series)), series.children)
            }
            let honest = try read { _, answer in
                kept.withLock { $0.append(answer) }
                return .nothing
            }
            #expect(honest == (truth, 0))
            let answers = kept.withLock { $0 }, head = MemoryLayout<chdf5_reply>.size
            var again = 0
            func note(_ place: String, _ outcome: (words: String, children: Int)) {
                #expect(outcome.words == truth, "\(place)")
                again += outcome.children
            }
            for place in answers.indices {
                for signal in [SIGKILL, SIGSEGV] { note("\(place) \(signal)", try read { number, _ in number == place ? .signal(signal) : .nothing }) }
                for (name, _, tell) in Self.lies {
                    note("\(place) \(name)", try read { number, answer in number == place ? .say(answer.changed(tell)) : .nothing })
                }
                note("\(place) refuses", try read { number, answer in number == place ? .say(Array(answer.changed { $0.result = -1; $0.size = 0 }.prefix(head))) : .nothing })
                // Bytes of what it tells, each changed in turn, as by a child that says something else of the file: others each time.
                let step = max(1, (answers[place].count - head) / 250)
                for byte in stride(from: head + .random(in: 0..<step), to: answers[place].count, by: step) {
                    note("\(place) byte \(byte)", try read { number, answer in
                        guard number == place else { return .nothing }
                        var other = answer
                        other[byte] ^= 0x01
                        return .say(other)
                    })
                }
            }
            note("stops", try read { number, _ in number == 1 ? .stop : .nothing })
            #expect(again > 30)
            // It answers for the file that it has read before.
            let (child, _) = try Meddler.start(paths[0]) { _, _ in .nothing }
            let file = try ConfinedFile(paths[0], .quick, child)
            #expect(try Self.words(ResultHeader.read(file)) != truth)
        }
    }

    /// Many at once, some of which are killed: no child is left, no descriptor.
    @Test func noChildIsLeftBehind() throws {
        try withResult { path in
            let before = names(in: "/proc/self/fd").count
            for place in 0..<30 {
                _ = try read(path, .quick) { number, answer in
                    number == place % 6 ? place % 2 == 0 ? .signal(SIGKILL) : .say(answer.changed { $0.size = .max }) : .nothing
                }
                _ = try ResultHeader.read(path)
            }
            // Other tests of this process open files, too.
            #expect(names(in: "/proc/self/fd").count < before + 25)
        }
    }
}

extension ConfinedFile.Look: CustomTestStringConvertible {
    public var testDescription: String {
        switch self {
        case .none: "asked for"
        case .quick: "told"
        case .thorough: "told of a file that may be damaged"
        }
    }
}

extension [UInt8] {
    fileprivate var reply: chdf5_reply { withUnsafeBytes { $0.loadUnaligned(as: chdf5_reply.self) } }

    fileprivate func changed(_ change: (inout chdf5_reply) -> Void) -> [UInt8] {
        var reply = reply
        change(&reply)
        return Swift.withUnsafeBytes(of: reply) { Array($0) } + dropFirst(MemoryLayout<chdf5_reply>.size)
    }
}
