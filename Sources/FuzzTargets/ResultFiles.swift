import Foundation
import KernelSelection
import PortableMath
import ResultStore
import SweepPlanning
import TrialContract

/// Results and what lies beside them, changed on purpose and with their checksums made right again: reading, going on
/// with and repairing them must end, and an end by an error is as good as any.
final class ResultFiles: Sendable {
    static let shared = required("the results that are changed cannot be made") { try ResultFiles() }

    private struct Base {
        let plan: PlannedSweep
        let bytes: [UInt8]
        let structures: [Range<Int>]
    }

    private static let kernel = required("there is no kernel") { try KernelSelection.kernel(.baseline) }
    private static let provenance = Provenance(
        version: "0", gitCommit: "fuzz", commandLine: "fuzz", references: "none",
        kernelRevision: KernelSelection.catalogue.kernelRevision)

    private let folder: URL
    private var path: String { folder.appending(path: "r.h5").path }
    /// A finished result, one with texts and trajectories that is not, a packed one.
    private let bases: [Base]
    /// The states beside the unfinished one.
    private let states: [UInt8]

    /// What no input can be read without. It is not the input's fault where it cannot be had, as when the disk is full: the
    /// program ends and says why, with the exit code of a failed call.
    private static func required<Value>(_ what: String, _ make: () throws -> Value) -> Value {
        do { return try make() } catch {
            FileHandle.standardError.write(Data("fuzz: \(what): \(error)\n".utf8))
            exit(74)
        }
    }

    private init() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "fuzz-results-\(getpid())")
        folder = place
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place.appending(path: "r.h5")) }
        let path = place.appending(path: "r.h5").path
        func base(_ plan: PlannedSweep) throws -> Base {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            return Base(plan: plan, bytes: bytes, structures: try ForgedChecksums.structures(ofResult: path))
        }
        func plan(_ axes: String) throws -> PlannedSweep {
            try SweepPlanner.plan(
                text: """
                    schema: 1
                    name: fuzz
                    problem: {name: quadratic, eigenvalues: [0.5, 1]}
                    noise_model: {name: gaussian}
                    steps: 600
                    trials: 3
                    \(axes)

                    """, fileName: "fuzz.yaml", catalogue: KernelSelection.catalogue)
        }
        let simple = try plan("optimizer: sgd\naxes: {learning_rate: [0.1, 0.2], noise: [1]}\nrecord: [distance, zero_gradients, iterate]")
        let rich = try plan("""
            optimizer: [sgd, m-sam]
            axes: {noise: [1]}
            zip: [{name: pairs, learning_rate: [0.1, 0.2], rho: [0, 0.3]}]
            record: [distance, zero_gradients]
            curves: {of: [distance_squared], at: [0, 10, 600]}
            """)
        let writer = try Self.open(path, simple)
        try Self.complete(writer, simple)
        let finished = try base(simple)
        _ = try ResultCompression.run(path: path, level: 4, threads: 1)
        let packed = try base(simple)
        try FileManager.default.removeItem(atPath: path)
        try Self.leaveUnfinished(Self.open(path, rich), rich)
        bases = [finished, try base(rich), packed]
        states = [UInt8](try Data(contentsOf: URL(filePath: ForgedChecksums.statesPath(ofResult: path))))
        try FileManager.default.removeItem(atPath: ForgedChecksums.statesPath(ofResult: path))
        atexit { try? FileManager.default.removeItem(at: ResultFiles.shared.folder) }
    }

    private static func open(_ path: String, _ plan: PlannedSweep, _ mode: ResultWriter.Mode = .resume) throws -> ResultWriter {
        try ResultWriter.open(path: path, plan: plan, mode: mode, provenance: provenance)
    }

    private static func request(_ plan: PlannedSweep, _ cell: Int, _ trials: Range<Int>) throws -> BlockRequest? {
        guard case .included(let trialClass, let parameters) = try plan.cell(at: cell) else { return nil }
        return BlockRequest(trialClass: trialClass, cells: [parameters], trials: trials)
    }

    private static func store(
        _ columns: OutcomeColumns, _ request: BlockRequest, _ cell: Int, in writer: ResultWriter
    ) throws {
        try writer.store(OutcomeBlock(
            cellIndices: [cell], trials: request.trials, statistics: request.trialClass.statistics, columns: columns))
    }

    /// Computes what is missing, from the states that were kept.
    private static func complete(_ writer: ResultWriter, _ plan: PlannedSweep) throws {
        for cell in 0..<plan.cellCount {
            for trials in try writer.missingTrials(cells: cell..<cell + 1)[0] {
                guard let request = try request(plan, cell, trials) else { continue }
                let kept = writer.states(cellIndices: [cell], trials: trials)
                let progress: BlockProgress
                do {
                    progress = try kernel.advance(request, from: kept, pausingAfter: nil, stop: StopFlag())
                } catch is TrialStateError {
                    progress = try kernel.advance(request, from: kept.map { _ in nil }, pausingAfter: nil, stop: StopFlag())
                }
                try store(progress.columns, request, cell, in: writer)
            }
        }
        let counts = try writer.finish()
        precondition(counts.missing == 0, "trials are missing after a run")
    }

    /// Two trials of the first cell, and states of the second.
    private static func leaveUnfinished(_ writer: ResultWriter, _ plan: PlannedSweep) throws {
        guard let first = try request(plan, 0, 0..<2), let second = try request(plan, 1, 0..<3),
            let columns = kernel.run(first, stop: StopFlag())
        else { preconditionFailure("the cells are included") }
        try store(columns, first, 0, in: writer)
        let progress = try kernel.advance(second, from: [nil, nil, nil], pausingAfter: 256, stop: StopFlag())
        precondition(!progress.states.contains(nil), "trials are to stand on their way")
        writer.keep(progress.states, cellIndices: [1], trials: 0..<3)
        try writer.finish()
    }

    // MARK: - Result files

    /// Lists of changes.
    var resultExamples: [[UInt8]] {
        var random = SplitMix64(seed: 1)
        return (0..<256).map { number in
            [UInt8(number % bases.count)] + (0..<8 * (1 + number % 4)).map { _ in UInt8(random.below(256)) }
        }
    }

    /// A result file with the changes that an input lists: which base, then eight bytes for each: the structure, the
    /// offset in it (two bytes), what to do, on how many bytes, and with what (three).
    func readResult(_ input: [UInt8]) -> Bool {
        let base = bases[Int(input.first ?? 0) % bases.count]
        var bytes = base.bytes
        for start in stride(from: 1, to: input.count - 7, by: 8).prefix(16) { Self.apply(input[start..<start + 8], base, &bytes) }
        guard (try? Data(bytes).write(to: URL(filePath: path))) != nil else { return false }
        defer { removeAll() }
        guard (try? ForgedChecksums.sealStructure(ofResult: path, headers: base.structures)) != nil else { return false }
        switch Self.readAll(path) {
        case .read: return goOn(base.plan)
        case .refused: return false
        case .changed:
            guard (try? ForgedChecksums.sealContent(ofResult: path)) != nil, Self.readAll(path) == .read else { return false }
            return goOn(base.plan)
        }
    }

    private static func apply(_ change: ArraySlice<UInt8>, _ base: Base, _ bytes: inout [UInt8]) {
        let c = Array(change)
        let structure = base.structures[Int(c[0]) % base.structures.count]
        let parameter = Int(c[5]) | Int(c[6]) << 8 | Int(c[7]) << 16
        let place = structure.lowerBound + (Int(c[1]) | Int(c[2]) << 8) % structure.count
        let width = 1 << Int(c[4] & 3)
        func put(_ value: UInt64) {
            for index in 0..<width where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
            }
        }
        func fill(_ byte: UInt8) {
            for index in place..<min(bytes.count, place + parameter % 512) { bytes[index] = byte }
        }
        var now: UInt64 = 0
        for index in (0..<width).reversed() where place + index < bytes.count { now = now << 8 | UInt64(bytes[place + index]) }
        let other = base.structures[parameter % base.structures.count]
        switch c[3] % 10 {
        case 0: put(UInt64(parameter))
        case 1: put(now ^ 1 << UInt64(parameter % (8 * width)))
        case 2: put(numbers[parameter % numbers.count])
        case 3: put(UInt64(other.lowerBound))
        case 4: put(UInt64(other.lowerBound + parameter >> 16))
        case 5:
            for index in 0..<min(8 + parameter >> 16, other.count) where place + index < bytes.count {
                bytes[place + index] = base.bytes[other.lowerBound + index]
            }
        case 6: fill(0)
        case 7: fill(0xFF)
        case 8: put(now &+ UInt64(parameter % 64) &- 32)
        default: put(UInt64(bytes.count) &+ UInt64(parameter % 64) &- 32)
        }
    }

    private static let numbers: [UInt64] = [
        0, 1, 2, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        1 << 32, 1 << 40, 1 << 53, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63, .max, .max - 1, .max - 7,
    ]

    private enum Reading { case read, refused, changed }

    /// Looks at everything; `changed` where texts and coordinates are not what their checksum says.
    private static func readAll(_ path: String) -> Reading {
        let reader: ResultReader
        do { reader = try ResultReader.open(path) } catch {
            return "\(error)".contains("coordinates and texts") ? .changed : .refused
        }
        _ = "\(reader.dimensions) \(reader.auxiliaryCoordinates) \(reader.fixedParameters) \(reader.title) \(reader.history)"
        _ = "\(reader.sweepText) \(reader.gitCommit) \(reader.hasEditedTexts) \(String(describing: reader.sweepSource))"
        let cells = 0..<min(reader.cellCount, 1000)
        _ = try? reader.counts()
        guard reader.trials <= 1_000_000 / max(1, cells.count) else { return .read }
        _ = try? reader.stepsTaken(cells: cells)
        for statistic in reader.statistics { _ = try? reader.values(of: statistic.name, cells: cells) }
        for quantity in reader.curveQuantities { for cell in cells { _ = try? reader.curve(of: quantity, cell: cell) } }
        return .read
    }

    /// A run that finds the file, and one with `--repair`.
    private func goOn(_ plan: PlannedSweep) -> Bool {
        for mode in [ResultWriter.Mode.resume, .repair] {
            guard let writer = try? Self.open(path, plan, mode) else { continue }
            return (try? Self.complete(writer, plan)) != nil
        }
        return false
    }

    // MARK: - States

    var stateExamples: [[UInt8]] { [states] }

    /// A file of states beside an unfinished result, with checksums that are right: what it holds goes to the kernels.
    /// Some inputs are read by a whole run, and some as they stand.
    func readStates(_ input: [UInt8]) -> Bool {
        let plan = bases[1].plan
        let isSealed = input.count % 8 != 7
        let bytes = isSealed ? ForgedChecksums.states(Self.sealed(input), planFingerprint: plan.planFingerprint) : input
        if input.reduce(0, &+) % 64 == 0 { return goOn(bases[1], besides: bytes) }
        guard let kept = ForgedChecksums.readStates(bytes, planFingerprint: plan.planFingerprint) else { return false }
        for cell in 0..<plan.cellCount {
            guard let request = try? Self.request(plan, cell, 0..<plan.trials) else { continue }
            let states = (0..<plan.trials).map { kept.states[cell * plan.trials + $0] }
            _ = try? Self.kernel.advance(request, from: states, pausingAfter: nil, stop: StopFlag())
        }
        return kept.outcomes > 0
    }

    private func goOn(_ base: Base, besides states: [UInt8]) -> Bool {
        guard (try? Data(base.bytes).write(to: URL(filePath: path))) != nil,
            (try? Data(states).write(to: URL(filePath: ForgedChecksums.statesPath(ofResult: path)))) != nil
        else { return false }
        defer { removeAll() }
        return goOn(base.plan)
    }

    /// The checksums of each state's own (a word at the end of its bytes), as the kernels compute them.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        func word(_ place: Int) -> UInt64? {
            guard place >= 0, place <= bytes.count - 8 else { return nil }
            return (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
        }
        // The mark of 16 bytes, the plan's hash, the number of states; for each row, step, length.
        var place = 32
        for _ in 0..<min(word(24) ?? 0, 1000) {
            guard let length = word(place + 16), length % 8 == 0, length >= 8, length <= bytes.count - place - 24 else { break }
            let own = stride(from: place + 24, to: place + 16 + Int(length), by: 8)
            let hash = own.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { hash, place in
                let mixed = (hash ^ word(place)!) &* 0x0000_0100_0000_01B3
                return mixed ^ (mixed >> 29)
            }
            place += 24 + Int(length)
            for index in 0..<8 { bytes[place - 8 + index] = UInt8(truncatingIfNeeded: hash >> UInt64(8 * index)) }
        }
        return bytes
    }

    private func removeAll() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }
}
