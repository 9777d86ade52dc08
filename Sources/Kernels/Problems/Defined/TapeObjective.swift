import TrialContract

/// An objective that the sweep defines, run from its tapes.
final class TapeObjective: CoupledObjective {
    private let definition: DefinedObjective
    private let dimension: Int
    let slotsAtOnce: Int
    private let stochastic: TapeMachines
    private let exact: TapeMachines
    private let measuring: TapeMachine
    private lazy var stochasticValue = TapeMachine(definition.stochasticValue)
    /// What only some algorithms ask for. The planner has made it before, or the algorithm would not have been planned.
    private lazy var extras: DefinedObjective.Extras = {
        guard let extras = try? definition.extras() else { fatalError("the planner must ask for derivatives before trials do") }
        return extras
    }()
    private lazy var exactProduct = TapeMachine(extras.exactProduct)
    private lazy var stochasticProduct = TapeMachine(extras.stochasticProduct)
    private lazy var exampleMachine = extras.exampleGradient.map { TapeMachine($0) }
    /// A step's sample with one example in the place of all.
    private lazy var exampleSample: UnsafeMutablePointer<Lanes> = workspace.vectors(definition.sampleSize)
    private let workspace = Workspace()
    let gradient: UnsafeMutablePointer<Lanes>
    let point: UnsafeMutablePointer<Lanes>
    /// f, its gradient, and the distance where it is stated.
    private let measured: UnsafeMutablePointer<Lanes>

    init(_ definition: DefinedObjective) {
        self.definition = definition
        dimension = definition.dimension
        slotsAtOnce = Self.slotsAtOnce(definition)
        stochastic = TapeMachines(definition.stochasticGradient)
        exact = TapeMachines(definition.gradient)
        measuring = TapeMachine(definition.measure)
        gradient = workspace.vectors(slotsAtOnce * dimension)
        point = workspace.vectors(2 * slotsAtOnce * dimension)
        measured = workspace.vectors(definition.measure.outputSize)
    }

    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        gradients(slots: 1, at: x, sample: sample, isKnown: false, count: count, into: gradient)
    }

    func gradients(
        slots: Int, at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, isKnown: Bool, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        if let sample {
            stochastic.machine(slots).run(at: x, sample: sample, isKnown: isKnown, into: gradient)
        } else {
            exact.machine(slots).run(at: x, sample: nil, into: gradient)
        }
    }

    /// As many as the nearest cache holds, and a run's instructions are worth: they are looked up once for all.
    static func slotsAtOnce(_ definition: DefinedObjective) -> Int {
        let cacheBytes = 32_768
        let vectors = 3 * definition.dimension + definition.sampleSize
            + max(definition.stochasticGradient.bufferSize, definition.gradient.bufferSize)
        for slots in [8, 4, 2] where slots * vectors * MemoryLayout<Lanes>.stride <= cacheBytes { return slots }
        return 1
    }

    func value(at x: UnsafeMutablePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int) -> Lanes {
        guard let sample else { return measure(x).objective }
        stochasticValue.run(at: x, sample: sample, into: measured)
        return measured[0]
    }

    func hessianProduct(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, into product: UnsafeMutablePointer<Lanes>
    ) {
        (sample == nil ? exactProduct : stochasticProduct).run(at: x, sample: sample, into: product)
    }

    func exampleCount(sample: UnsafePointer<Lanes>?, count: Int) -> Int {
        guard let indices = extras.indices else { return 1 }
        return sample == nil ? indices.of : indices.count
    }

    func exampleGradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, index: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        guard let indices = extras.indices, let exampleMachine else {
            return self.gradient(at: x, sample: sample, count: count, into: gradient)
        }
        if let sample { exampleSample.update(from: sample, count: definition.sampleSize) }
        exampleSample[indices.place] = sample.map { $0[indices.place + index] } ?? Lanes(bits: Words(repeating: UInt64(index)))
        exampleMachine.run(at: x, sample: exampleSample, into: gradient)
    }

    func measure(_ x: UnsafeMutablePointer<Lanes>) -> Measures {
        measuring.run(at: x, sample: nil, into: measured)
        let value = measured[0]
        let gradient = measured + 1
        let (squared, distance) = distance(x)
        return Measures(
            distanceSquared: squared, distance: distance,
            suboptimality: value - Lanes(repeating: definition.minimum ?? .nan), objective: value,
            gradientSquared: sumOfSquares(dimension) { gradient[$0] })
    }

    /// To the nearest minimiser, or as the definition states it; NaN where neither is known.
    private func distance(_ x: UnsafePointer<Lanes>) -> (squared: Lanes, distance: Lanes) {
        if definition.statesDistance {
            let distance = measured[1 + dimension]
            return (distance * distance, distance)
        }
        guard !definition.minimisers.isEmpty else { return (Lanes(repeating: .nan), Lanes(repeating: .nan)) }
        var nearest = (squared: Lanes(repeating: .infinity), distance: Lanes(repeating: .infinity))
        for minimiser in definition.minimisers {
            let squared = sumOfSquares(dimension) { x[$0] - Lanes(repeating: minimiser[$0]) }
            let distance = norm(sumOfSquares: squared, dimension: dimension) { x[$0] - Lanes(repeating: minimiser[$0]) }
            let isNearer = distance .< nearest.distance
            nearest.squared = nearest.squared.replaced(by: squared, where: isNearer)
            nearest.distance = nearest.distance.replaced(by: distance, where: isNearer)
        }
        return nearest
    }
}
