import TrialContract

/// What is known of the objective at an iterate that statistics look at: each thing is found out at most once, when it is
/// first asked for.
final class ObservedPoint {
    private let measure: (UnsafeMutablePointer<Lanes>, Int) -> Measures
    private let dimension: Int
    /// What tells the gradient; `nil` where nothing asks for it.
    private let objective: (any CoupledObjective)?
    /// As `DefinedStatistic` has it in the place of a sample.
    private let values: UnsafeMutablePointer<Lanes>
    private var x: UnsafeMutablePointer<Lanes>?
    private var known: Measures?
    private var knowsGradient = false

    init(
        dimension: Int, objective: (any CoupledObjective)?, workspace: Workspace,
        measure: @escaping (UnsafeMutablePointer<Lanes>, Int) -> Measures
    ) {
        self.measure = measure
        self.dimension = dimension
        self.objective = objective
        values = workspace.vectors(DefinedStatistic.gradientPlace + (objective == nil ? 0 : dimension))
    }

    /// Turns to another iterate, or to the same one after a step.
    func look(at point: UnsafeMutablePointer<Lanes>) {
        x = point
        known = nil
        knowsGradient = false
    }

    func measures() -> Measures {
        if let known { return known }
        let found = measure(point, dimension)
        known = found
        return found
    }

    /// What a statistic of the sweep's own asks for; the rest is left as it was.
    func told(_ machine: OwnStatisticMachine) -> UnsafePointer<Lanes>? {
        if machine.usesMeasures {
            let measures = measures()
            values[DefinedStatistic.objectivePlace] = measures.objective
            values[DefinedStatistic.distancePlace] = measures.distance
            values[DefinedStatistic.suboptimalityPlace] = measures.suboptimality
        }
        if machine.usesGradient, !knowsGradient {
            guard let objective else { fatalError("who asks for gradients must say so beforehand") }
            objective.gradient(at: point, sample: nil, count: 0, into: values + DefinedStatistic.gradientPlace)
            knowsGradient = true
        }
        return UnsafePointer(values)
    }

    private var point: UnsafeMutablePointer<Lanes> {
        guard let x else { fatalError("nobody has looked at an iterate yet") }
        return x
    }
}
