import TrialContract

/// The kernels of this build's instruction set.
public struct Kernel: TrialKernel {
    public let instructionSet: InstructionSet

    public init(instructionSet: InstructionSet) { self.instructionSet = instructionSet }

    public func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns? {
        BlockRunner(request, stop: stop).run()
    }

    public func advance(
        _ request: BlockRequest, from states: [TrialState?], pausingAfter pause: Int?, stop: StopFlag
    ) throws -> BlockProgress {
        let valueCount = BlockRunner.stateValues(request.trialClass), unit = BlockRunner.stepsPerUnit(request.trialClass)
        for state in states {
            try state.map { try SlotArchive.check($0, valueCount: valueCount, steps: request.trialClass.steps, unit: unit) }
        }
        let partition = BlockPartition(request, states: states)
        let progress = partition.parts.map { BlockRunner($0.request, from: $0.origin, stop: stop).advance(pausingAfter: pause) }
        guard progress.count > 1 else { return progress[0] }
        return BlockPartition.assemble(progress, partition, empty: BlockRunner(request, stop: stop).emptyColumns)
    }

    public func unitNoise(_ request: NoiseRequest) -> [Double] {
        let workspace = Workspace()
        let noise = BlockComponents.noiseModel(request.model, precision: request.precision)
        let whole = noise.wholeUnits(request.steps)
        let buffer: UnsafeMutablePointer<Lanes> = workspace.vectors(whole.count * request.dimension)
        noise.fill(
            buffer, generator: generator(request.streamKey, firstTrial: request.firstTrial, workspace),
            stream: request.isDescent ? .descentNoise : .ascentNoise, steps: whole, dimension: request.dimension,
            scale: Lanes(repeating: 1))
        let first = buffer + (request.steps.lowerBound - whole.lowerBound) * request.dimension
        let count = request.steps.count * request.dimension
        return first.withMemoryRebound(to: Double.self, capacity: count * laneCount) { values in
            Array(UnsafeBufferPointer(start: values, count: count * laneCount))
        }
    }

    private func generator(_ key: UInt64, firstTrial: Int, _ workspace: Workspace) -> PhiloxLanes {
        PhiloxLanes(
            PhiloxLanes.Identity(keys: Words(repeating: key), trials: words { UInt64(firstTrial + $0) }),
            storage: workspace.vectors(PhiloxLanes.storageVectors))
    }

    public func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double {
        let workspace = Workspace()
        let gaussian = Gaussian(parameters: [:], precision: precision)
        let generator = generator(streamKey, firstTrial: 0, workspace)
        let dimension = 64
        let buffer: UnsafeMutablePointer<Lanes> = workspace.vectors(4 * dimension)
        var sum = Lanes(repeating: 0)
        for start in stride(from: 0, to: max(1, count / (laneCount * dimension)), by: 4) {
            gaussian.fill(
                buffer, generator: generator, stream: .descentNoise, steps: start..<start + 4, dimension: dimension,
                scale: Lanes(repeating: 1))
            sum += buffer[0]
        }
        return (0..<laneCount).reduce(0) { $0 + sum[$1] }
    }
}

extension Kernel: NoiseInspection {
    public func normals(u: [UInt64], v: [UInt64], precision: NoisePrecision) -> [Double] {
        guard u.count == v.count, u.count % laneCount == 0 else { fatalError("uniforms come in whole lanes, as many of each") }
        let steps = precision == .double ? 2 : SinglePrecisionGaussian.stepsPerUnit
        var result = [Double](repeating: 0, count: steps * u.count)
        let workspace = Workspace()
        let target: UnsafeMutablePointer<Lanes> = workspace.vectors(steps)
        for first in stride(from: 0, to: u.count, by: laneCount) {
            let radiusWords = words { u[first + $0] }, angleWords = words { v[first + $0] }
            if precision == .double {
                (target[0], target[1]) = Gaussian.pair(radiusWords, angleWords)
            } else {
                SinglePrecisionGaussian.put(radiusWords, angleWords, target, dimension: 1, Lanes(repeating: 1))
            }
            for step in 0..<steps {
                for lane in 0..<laneCount { result[step * u.count + first + lane] = target[step][lane] }
            }
        }
        return result
    }
}
