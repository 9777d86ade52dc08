import Definitions
import TrialContract

extension LayoutChecks {
    /// The sweep's own algorithms must make sense for all parameters and dimensions that they are swept over.
    func checkAlgorithms() {
        for (index, entry) in (layout.spec.choices[.optimizer]?.entries ?? []).enumerated() {
            guard let own = entry.algorithm else { continue }
            let constants = own.definition.namedOfProblem.isEmpty ? [] : layout.curvatureInputs
            let names = ["optimizer", "dimension", "steps", "problem"] + constants + own.definition.parameters.map { "optimizer.\($0.name)" }
            checkDefinition(dependingOn: names, places: own.places) { (digits, dimension) throws(DefinitionError) in
                guard Int(layout.value("optimizer", at: digits)) == index else { return }
                let problem = layout.entry(.problem, at: digits)
                let objective = own.definition.namedOfProblem.contains("minimum")
                    ? try? problem.defined?.objective(
                        parameters: layout.choice(.problem, at: digits).parameters, dimension: dimension) : nil
                let algorithm = try own.algorithm(
                    parameters: layout.choice(.optimizer, at: digits).parameters, dimension: dimension,
                    steps: Int(layout.value("steps", at: digits)),
                    problem: layout.statedConstants(own.definition.namedOfProblem, objective, at: digits))
                try require(algorithm, of: own, fits: problem)
            }
        }
    }

    /// What an algorithm asks for must be something that the problem has.
    private func require(
        _ algorithm: DefinedAlgorithm, of own: OwnAlgorithm, fits problem: ComponentEntry
    ) throws(DefinitionError) {
        let source = own.definition.stepSource, name = problem.description.name
        if algorithm.asksForSampleValues, problem.description.objective?.drawsComponents == true {
            throw DefinitionError(
                source: source, message: "asks for the value on a sample, which \(name) does not know", value: own.definition.name,
                remedy: "use full_value(v), or gradients")
        }
        let batches = problem.defined?.definition.samples.count { sample in
            switch sample.value {
            case .choice, .batch: true
            case .normal, .rademacher, .uniform, .studentT, .cauchy: false
            }
        }
        let weighted = problem.defined?.definition.samples.first { sample in
            if case .choice(_, .some) = sample.value { true } else { false }
        }
        if algorithm.asksForExamples, let weighted {
            throw DefinitionError(
                source: source, message: "takes the gradients of single examples, and \(name) draws \(weighted.name) by weights",
                value: own.definition.name, remedy: "use grad(v), or draw a batch without weights")
        }
        if algorithm.asksForExamples, let batches, batches > 1 {
            throw DefinitionError(
                source: source, message: "takes the gradients of single examples, and \(name) draws \(batches) kinds of indices",
                value: own.definition.name, remedy: "draw one batch")
        }
    }
}

extension Layout {
    /// What the problem states of some names that programs use; what it does not state is left out.
    func statedConstants(_ names: [String], _ objective: DefinedObjective?, at digits: Digits) -> [String: Double] {
        var stated: [String: Double] = [:]
        for name in names {
            let entry = entry(.problem, at: digits)
            let value: Double? =
                switch name {
                case "smoothness": curvature(.smoothness, at: digits)
                case "strong_convexity": curvature(.strongConvexity, at: digits)
                default:
                    entry.defined != nil ? objective?.minimum : entry.data?.minimum.value ?? entry.description.objective?.minimum
                }
            if let value, value.isFinite { stated[name] = value }
        }
        return stated
    }
}
