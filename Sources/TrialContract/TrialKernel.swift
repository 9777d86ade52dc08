import Synchronization

/// The instruction set a kernel was compiled for. All give the same bits.
public enum InstructionSet: String, Sendable, CaseIterable {
    case baseline, v3, v4
}

/// Raised once to ask everyone to stop; polled by workers and kernels.
public final class StopFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    public init() {}

    public var isRaised: Bool { raised.load(ordering: .relaxed) }
    public func raise() { raised.store(true, ordering: .relaxed) }
}

/// Computes blocks. Pure: the same request gives the same bits on every machine and instruction set.
public protocol TrialKernel: Sendable {
    var instructionSet: InstructionSet { get }

    /// Runs all trials of the block; `nil` when `stop` was raised before they were finished.
    func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns?

    /// Runs the block on from where its trials stand, and hands out where they stand when `stop` is raised.
    ///
    /// However often a trial is stopped and taken up again, and in whatever company, it ends with the bits of `run`.
    ///
    /// - Parameters:
    ///   - states: one per row, as a block's progress gave them; `nil`: from the beginning.
    ///   - pause: steps after which each trial is put aside, rounded up to what the kernel takes at once; for
    ///     checkpoints of long trials. `nil`: trials run to their end.
    /// - Throws: `TrialStateError` for states of another version and damaged ones; nothing is run then.
    func advance(
        _ request: BlockRequest, from states: [TrialState?], pausingAfter pause: Int?, stop: StopFlag
    ) throws -> BlockProgress

    /// The unit noise that eight trials see: `[step][coordinate][trial - firstTrial]`, mean 0 and variance 1.
    ///
    /// For tests of its law and for benchmarks; a run never calls it.
    func unitNoise(_ request: NoiseRequest) -> [Double]

    /// Fills `count` unit normals and throws them away; for benchmarks. Returns their sum so that the work is kept.
    func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double
}

extension TrialKernel {
    /// The simplest faithful way: from the beginning, and back to it where the block was not finished.
    public func advance(
        _ request: BlockRequest, from states: [TrialState?], pausingAfter pause: Int?, stop: StopFlag
    ) throws -> BlockProgress {
        let rows = request.trialCount
        if let columns = run(request, stop: stop) {
            return BlockProgress(columns: columns, states: Array(repeating: nil, count: rows))
        }
        let missing = OutcomeColumns(
            status: Array(repeating: TrialStatus.missing.rawValue, count: rows),
            stepsTaken: Array(repeating: 0, count: rows), values: request.trialClass.statistics.map { _ in [] })
        return BlockProgress(columns: missing, states: Array(repeating: nil, count: rows))
    }
}

/// Shows what becomes of given words; for tests of the normals' law.
public protocol NoiseInspection: Sendable {
    /// The normals that draws (U, V) become, `[step of the unit][draw]`: two steps a draw in double precision, four in
    /// single. As many `u` as `v`, a multiple of eight.
    func normals(u: [UInt64], v: [UInt64], precision: NoisePrecision) -> [Double]
}

/// Which unit noise to draw.
public struct NoiseRequest: Sendable {
    public var model: ComponentChoice
    public var precision: NoisePrecision
    public var streamKey: UInt64
    /// The first of eight trials.
    public var firstTrial: Int
    public var steps: Range<Int>
    public var dimension: Int
    /// Descent noise or ascent noise.
    public var isDescent: Bool

    public init(
        model: ComponentChoice = ComponentChoice("gaussian"), precision: NoisePrecision = .double, streamKey: UInt64,
        firstTrial: Int = 0, steps: Range<Int>, dimension: Int, isDescent: Bool = true
    ) {
        self.model = model
        self.precision = precision
        self.streamKey = streamKey
        self.firstTrial = firstTrial
        self.steps = steps
        self.dimension = dimension
        self.isDescent = isDescent
    }
}
