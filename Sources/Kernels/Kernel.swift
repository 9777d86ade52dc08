import TrialContract

/// The kernels of this build's instruction set.
public struct Kernel: TrialKernel {
    public let instructionSet: InstructionSet

    public init(instructionSet: InstructionSet) { self.instructionSet = instructionSet }

    public func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns? {
        BlockRunner(request, stop: stop).run()
    }

    public func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double {
        let workspace = Workspace()
        let gaussian = Gaussian(parameters: [:], precision: precision)
        let generator = PhiloxLanes(
            PhiloxLanes.Identity(keys: Words(repeating: streamKey), trials: words { UInt64($0) }),
            storage: workspace.vectors(2 * PhiloxLanes.rounds))
        let dimension = 64
        let buffer: UnsafeMutablePointer<Lanes> = workspace.vectors(4 * dimension)
        var sum = Lanes(repeating: 0)
        for start in stride(from: 0, to: max(1, count / (laneCount * dimension)), by: 4) {
            gaussian.fill(
                buffer, generator: generator, stream: .descentNoise, steps: start..<start + 4, dimension: dimension)
            sum += buffer[0]
        }
        return (0..<laneCount).reduce(0) { $0 + sum[$1] }
    }
}
