import PortableMath
import TrialContract
import Wording

extension ProblemDefinition {
    /// The objective for given parameters, with its derivatives.
    ///
    /// - Parameters:
    ///   - parameters: one value for each parameter.
    ///   - dimension: the sweep's own, where lengths ask for it; the number of coordinates follows from the lengths.
    /// - Throws: what does not fit, is not finite, or contradicts what the definition states.
    public func build(parameters: [String: Double], dimension: Int?) throws(DefinitionError) -> DefinedObjective {
        let scope = DefinitionScope(self, parameters, dimension)
        return try DefinitionBuilder(definition: self, scope: scope, parameters: parameters, statedDimension: dimension).build()
    }

    /// The number of coordinates for the parameters that lengths of variables need; others may be missing.
    public func coordinateCount(parameters: [String: Double], dimension: Int?) throws(DefinitionError) -> Int {
        let scope = DefinitionScope(self, parameters, dimension)
        try scope.layVariables()
        return scope.dimension
    }
}

/// Builds an objective for given parameters.
struct DefinitionBuilder {
    let definition: ProblemDefinition
    let scope: DefinitionScope
    let parameters: [String: Double]
    let statedDimension: Int?

    func build() throws(DefinitionError) -> DefinedObjective {
        try scope.lay()
        let d = scope.dimension
        let exact = try scope.number(definition.objective, .exact, "objective")
        let stochastic = try scope.number(definition.stochastic ?? definition.objective, .stochastic, "stochastic")
        let distance: Graph.Node? =
            if let text = definition.distance { try scope.number(text, .exact, "distance") } else { nil }
        if let unused = scope.unusedSample {
            throw DefinitionError(
                source: unused.source, message: "is drawn and not used by the stochastic objective", value: unused.name,
                remedy: "use it in stochastic, or leave it out")
        }
        let gradient = scope.graph.gradient(of: exact, dimension: d)
        let stochasticGradient = scope.graph.gradient(of: stochastic, dimension: d)
        let isLarge = [scope.graph.work > 8 * ExpressionTyper.mostWork, scope.graph.entries.count > 16 * ExpressionTyper.mostNodes]
        guard !isLarge.contains(true) else {
            throw DefinitionError(
                source: definition.objective.source, message: "has derivatives that are too large", remedy: "use smaller sizes")
        }
        let measured = [exact, gradient] + (distance.map { [$0] } ?? [])
        let minimum: Double? =
            if let text = definition.minimum { try scope.constant(text, "minimum")[0] } else { nil }
        var minimisers: [[Double]] = []
        for text in definition.minimisers { minimisers.append(try minimiser(text, d)) }
        try check(minimisers, minimum, exact, gradient)
        let (definition, parameters, statedDimension) = (definition, parameters, statedDimension)
        let objective = DefinedObjective(
            dimension: d, samples: scope.samples, stochasticGradient: TapeWriter.tape(scope.graph, [stochasticGradient]),
            gradient: TapeWriter.tape(scope.graph, [gradient]), stochasticValue: TapeWriter.tape(scope.graph, [stochastic]),
            measure: TapeWriter.tape(scope.graph, measured), statesDistance: distance != nil, minimum: minimum,
            minimisers: minimisers, start: try start(),
            extras: {
                try Self.extras(
                    definition, DefinitionScope(definition, parameters, statedDimension),
                    DefinitionScope(definition, parameters, statedDimension, isOfOneExample: true))
            })
        try Self.requireRoom([objective.stochasticGradient, objective.gradient, objective.measure], definition)
        return objective
    }

    private static func requireRoom(_ tapes: [Tape], _ definition: ProblemDefinition) throws(DefinitionError) {
        let room = tapes.reduce(0) { $0 + $1.bufferSize }
        guard room <= mostRoom else {
            throw DefinitionError(
                source: definition.objective.source,
                message: "needs room for \(room) intermediate numbers at once, and \(mostRoom) are the most",
                remedy: "use smaller sizes")
        }
    }

    /// Products with Hessians, forward over reverse, and the gradient of one example.
    private static func extras(
        _ definition: ProblemDefinition, _ scope: DefinitionScope, _ example: DefinitionScope
    ) throws(DefinitionError) -> DefinedObjective.Extras {
        func product(_ mode: DefinitionScope.Mode, _ text: DefinedExpression) throws(DefinitionError) -> Tape {
            let d = scope.dimension
            let value = try scope.number(text, mode, "objective")
            let gradient = scope.graph.gradient(of: value, dimension: d)
            let direction = scope.graph.direction(d)
            let product = scope.graph.derivative(of: [gradient], along: direction)[0]
            guard scope.graph.work <= 16 * ExpressionTyper.mostWork, scope.graph.entries.count <= 32 * ExpressionTyper.mostNodes else {
                throw DefinitionError(
                    source: definition.objective.source, message: "has second derivatives that are too large",
                    remedy: "use smaller sizes, or no hvp")
            }
            return TapeWriter.tape(scope.graph, [product])
        }
        try scope.lay()
        let stochastic = definition.stochastic ?? definition.objective
        let exact = try product(.exact, definition.objective), sampled = try product(.stochastic, stochastic)
        let places = scope.samples.indices.filter { if case .indices = scope.samples[$0].law { true } else { false } }
        var gradient: Tape?, indices: (place: Int, count: Int, of: Int)?
        if places.count == 1, case .indices(let bound, _) = scope.samples[places[0]].law {
            try example.lay()
            let value = try example.number(stochastic, .stochastic, "stochastic")
            let node = example.graph.gradient(of: value, dimension: example.dimension)
            gradient = TapeWriter.tape(example.graph, [node])
            indices = (scope.sampleOffsets[places[0]], scope.samples[places[0]].count, bound)
        }
        try requireRoom([exact, sampled] + (gradient.map { [$0] } ?? []), definition)
        return DefinedObjective.Extras(
            exactProduct: exact, stochasticProduct: sampled, exampleGradient: gradient, indices: indices)
    }

    /// Each is a number in eight trials: a quarter of a gigabyte for each thread.
    private static let mostRoom = 1 << 22

    private func minimiser(_ list: ProblemDefinition.NumberList, _ d: Int) throws(DefinitionError) -> [Double] {
        let values = try scope.values(list)
        guard values.count == d else {
            throw DefinitionError(
                source: list.source, message: "has \(counted(values.count, "coordinate")), and x has \(d)",
                remedy: "give one number for each coordinate, in the order of the variables")
        }
        return values
    }

    /// A stated minimiser must be stationary, and a stated minimum the objective's value there.
    private func check(
        _ minimisers: [[Double]], _ minimum: Double?, _ exact: Graph.Node, _ gradient: Graph.Node
    ) throws(DefinitionError) {
        for (minimiser, text) in zip(minimisers, definition.minimisers) {
            func at(_ point: [Double]) -> (value: Double, norm: Double) {
                let found = Evaluator<Double>(graph: scope.graph, point: point).values([exact, gradient])
                return (found[0][0], Evaluator<Double>.ofAll(.norm, found[1]))
            }
            let size = max(1, minimiser.reduce(0) { max($0, $1.magnitude) })
            let here = at(minimiser), beside = at(minimiser.map { $0 + 0.1 * size })
            let scale = beside.norm.isFinite ? beside.norm : 1
            guard here.norm <= 1e-7 * max(scale, 1e-3) else {
                throw DefinitionError(
                    source: text.source, message: "is no minimiser: the gradient there has the norm \(brief(here.norm))",
                    remedy: "give the minimiser to all digits, as an expression where it has one")
            }
            guard let minimum, let minimumText = definition.minimum else { continue }
            let change = beside.value.isFinite ? (beside.value - here.value).magnitude : 1
            guard (here.value - minimum).magnitude <= 1e-9 * max(1, minimum.magnitude, change) else {
                throw DefinitionError(
                    source: minimumText.source,
                    message: "is not the objective's value at the stated minimiser, \(brief(here.value))",
                    value: brief(minimum), remedy: "correct one of the two")
            }
        }
    }

    private func start() throws(DefinitionError) -> [DefinedObjective.Start] {
        guard !definition.start.isEmpty else { return [] }
        for start in definition.start where !scope.variables.contains(where: { $0.name == start.name }) {
            throw DefinitionError(
                source: start.source, message: "is not a variable", value: start.name,
                remedy: "there are \(scope.variables.map(\.name).joined(separator: ", "))")
        }
        var parts: [DefinedObjective.Start] = []
        for variable in scope.variables {
            guard let start = definition.start.first(where: { $0.name == variable.name }) else {
                throw DefinitionError(
                    source: definition.start[0].source, message: "does not say where \(variable.name) begins",
                    value: "start", remedy: "add \(variable.name): 0")
            }
            parts.append(try part(start, variable.shape))
        }
        return parts
    }

    private func part(
        _ start: ProblemDefinition.Named<ProblemDefinition.StartLaw>, _ shape: Shape
    ) throws(DefinitionError) -> DefinedObjective.Start {
        func number(_ text: DefinedExpression) throws(DefinitionError) -> Double { try scope.constant(text, "a start")[0] }
        func filled(_ values: [Double]) throws(DefinitionError) -> DefinedObjective.Start {
            if values.count == 1 { return .values(Array(repeating: values[0], count: shape.count)) }
            guard values.count == shape.count else {
                throw DefinitionError(
                    source: start.source, message: "begins with \(counted(values.count, "number")), and has \(shape.count)",
                    value: start.name, remedy: "give one number for all, or one for each")
            }
            return .values(values)
        }
        switch start.value {
        case .values(let list): return try filled(try scope.values(list))
        case .normal(let scale): return .normal(count: shape.count, scale: try number(scale))
        case .uniform(let from, let to): return .uniform(count: shape.count, from: try number(from), to: try number(to))
        case .sphere(let radius): return .sphere(count: shape.count, radius: try number(radius))
        }
    }
}
