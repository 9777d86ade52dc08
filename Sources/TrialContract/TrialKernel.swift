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

    /// Fills `count` unit normals and throws them away; for benchmarks. Returns their sum so that the work is kept.
    func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double
}
