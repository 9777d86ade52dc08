import ExpressionSyntax
import TrialContract

extension AlgorithmDefinition {
    /// The algorithm for given parameters.
    ///
    /// - Parameters:
    ///   - parameters: one value for each parameter; others are ignored.
    ///   - dimension: the number of coordinates of x.
    ///   - steps: of a trial.
    ///   - problem: what the problem states of `problemNames`.
    /// - Throws: what does not fit.
    public func build(
        parameters: [String: Double], dimension: Int, steps: Int, problem: [String: Double] = [:]
    ) throws(DefinitionError) -> DefinedAlgorithm {
        guard dimension <= ExpressionTyper.mostElements else {
            throw DefinitionError(
                source: source, message: "runs with at most \(ExpressionTyper.mostElements) coordinates",
                value: "dimension \(dimension)", remedy: "lower the dimension, or use an algorithm of the catalogue")
        }
        // What a memory is follows from what is assigned to it: a number until something makes it a vector.
        var shapes = memory.map { _ in Shape.scalar }
        func attempt(_ shapes: [Shape]) throws(DefinitionError) -> AlgorithmScope {
            let scope = AlgorithmScope(
                self, parameters: parameters, dimension: dimension, steps: steps, problem: problem, shapes: shapes)
            try scope.run()
            return scope
        }
        for _ in 0...memory.count {
            let scope: AlgorithmScope
            do {
                scope = try attempt(shapes)
            } catch {
                // Some functions take vectors only.
                let vectors = memory.map { _ in Shape.vector(dimension) }
                guard !memory.isEmpty, vectors != shapes, let other = try? attempt(vectors) else { throw error }
                return try other.finish()
            }
            let found = scope.memoryShapes
            if found == shapes { return try scope.finish() }
            for (k, shape) in found.enumerated() where shape != shapes[k] {
                guard shapes[k].isScalar, shape == .vector(dimension) else { throw scope.changed(k, from: shapes[k], to: shape) }
            }
            shapes = found
        }
        return try attempt(shapes).finish()
    }
}

/// What the names of a program mean, line by line.
private final class AlgorithmScope: NameScope {
    private let definition: AlgorithmDefinition
    private let dimension: Int
    private let shapes: [Shape]
    private var graph = Graph()
    private let point: Graph.Node
    private let stateSize: Int
    private var meanings: [String: Typed] = [:]
    private var evaluations: [Evaluation] = []
    /// Of the call of `each` in hand.
    private var inner: [Evaluation] = []
    var enclosing: Int?
    private var draws: [DefinedObjective.Sample] = []
    private var nextDraw: Int
    private var nextPlace: Int
    /// The blocks of the line in hand.
    private var guards: [AlgorithmDefinition.Guard] = []
    private var conditionNodes: [Int: Graph.Node] = [:]
    /// Names that have values in some blocks only, with these.
    private var partial: [String: [[AlgorithmDefinition.Guard]]] = [:]
    /// What the program asks of the problem and this does not state.
    private let unstated: [String]
    /// Norms of what `unit` was taken of, and their arguments.
    private var norms: [Graph.Node] = []

    private static let mostQuestions = 64

    private struct Evaluation {
        var question: DefinedAlgorithm.Question
        /// A point, with a direction where one is needed; of a mean the expression.
        var arguments: [Graph.Node]
        var answer: Graph.Node
        var place: Int
        var inner: [Evaluation] = []

        func finished(_ graph: Graph) -> DefinedAlgorithm.Evaluation {
            .init(
                question: question, point: TapeWriter.tape(graph, arguments), result: place,
                inner: inner.map { $0.finished(graph) })
        }
    }

    init(
        _ definition: AlgorithmDefinition, parameters: [String: Double], dimension d: Int, steps: Int,
        problem: [String: Double], shapes: [Shape]
    ) {
        self.definition = definition
        dimension = d
        self.shapes = shapes
        let calls = definition.step.flatMap(\.value.tree.nodes).compactMap { node in
            if case .call(let name) = node.kind { name } else { nil }
        }
        let drawn = calls.count { AlgorithmDefinition.draws.contains($0) }
        let questions = calls.count { AlgorithmDefinition.questions.contains($0) } - drawn
        nextDraw = DefinedAlgorithm.memoryPlace(d) + shapes.reduce(0) { $0 + $1.count }
        nextPlace = nextDraw + min(drawn, Self.mostQuestions) * d
        stateSize = nextPlace + min(questions, Self.mostQuestions) * d
        unstated = AlgorithmDefinition.problemNames.filter { problem[$0] == nil }
        point = graph.point(stateSize)
        for parameter in definition.parameters {
            meanings[parameter.name] = Typed(node: graph.number(parameters[parameter.name] ?? parameter.value))
        }
        meanings["x"] = Typed(node: part(0, .vector(d)))
        meanings["learning_rate"] = Typed(node: part(DefinedAlgorithm.learningRatePlace(d), .scalar))
        meanings["rho"] = Typed(node: part(DefinedAlgorithm.rhoPlace(d), .scalar))
        meanings["t"] = Typed(node: part(DefinedAlgorithm.timePlace(d), .scalar))
        meanings["steps"] = Typed(node: graph.number(Double(steps)))
        meanings["dimension"] = Typed(node: graph.number(Double(d)))
        for name in AlgorithmDefinition.problemNames {
            if let value = problem[name] { meanings[name] = Typed(node: graph.number(value)) }
        }
        var place = DefinedAlgorithm.memoryPlace(d)
        for (memory, shape) in zip(definition.memory, shapes) {
            meanings[memory.name] = Typed(node: part(place, shape))
            place += shape.count
        }
    }

    /// A part of the state.
    private func part(_ place: Int, _ shape: Shape) -> Graph.Node {
        graph.view(point, View(offset: place, rowStride: 0, columnStride: shape.isScalar ? 0 : 1), shape)
    }

    private func fault(_ line: AlgorithmDefinition.Assignment, _ message: String, remedy: String) -> DefinitionError {
        DefinitionError(
            source: line.value.source, offset: line.offset, message: message, value: line.name, remedy: remedy)
    }

    // MARK: Lines

    func run() throws(DefinitionError) {
        let constants = definition.parameters.map(\.name) + AlgorithmDefinition.knownNames.filter { $0 != "x" }
        for line in definition.step {
            guard !constants.contains(line.name) else {
                throw fault(line, "stays as it is and cannot be assigned", remedy: "use another name, or a memory")
            }
            guard line.name == "x" || !AlgorithmDefinition.isReserved(line.name) else {
                throw fault(line, "is a word of the language", remedy: "use another name")
            }
            guards = line.guards
            let condition = try condition()
            let value = try typed(line.value)
            if line.name == "x" {
                let shape = graph.shape(value.node)
                guard value.kind == .number, shape == .vector(dimension) else {
                    throw fault(
                        line, "has the shape \(Shape.vector(dimension)) and cannot become "
                            + (value.kind == .number ? "\(shape)" : "a comparison"),
                        remedy: "assign a vector of as many coordinates")
                }
            }
            meanings[line.name] = try assigned(value, to: line, where: condition)
        }
        let assigned = Set(definition.step.map(\.name))
        guard assigned.contains("x") else {
            throw DefinitionError(
                source: definition.stepSource, offset: definition.step.last?.offset, message: "never assigns x",
                value: definition.name, remedy: "end with x = ..., as x = x - learning_rate * grad(x)")
        }
        for memory in definition.memory {
            guard assigned.contains(memory.name) else {
                throw DefinitionError(
                    source: memory.source, message: "is a memory that the program never assigns", value: memory.name,
                    remedy: "assign it in step, or make it a parameter")
            }
            guard meanings[memory.name]?.kind == .number else {
                throw DefinitionError(
                    source: memory.source, message: "is a number or a vector and becomes a comparison", value: memory.name,
                    remedy: "write if(condition, 1, 0)")
            }
        }
    }

    private func typed(_ text: DefinedExpression) throws(DefinitionError) -> Typed {
        var lent = Graph()
        swap(&lent, &graph)
        defer { swap(&lent, &graph) }
        return try ExpressionTyper.value(text, in: &lent, scope: self)
    }

    /// What a name means after a line: in a block, what it meant before where the block is not taken.
    private func assigned(
        _ value: Typed, to line: AlgorithmDefinition.Assignment, where condition: Graph.Node?
    ) throws(DefinitionError) -> Typed {
        guard let condition else {
            partial[line.name] = nil
            return value
        }
        guard let old = meanings[line.name] else {
            partial[line.name] = [guards]
            return value
        }
        if partial[line.name] != nil { partial[line.name]?.append(guards) }
        guard old.kind == value.kind, graph.shape(old.node).broadcast(with: graph.shape(value.node)) != nil else {
            throw fault(
                line, "has the shape \(graph.shape(value.node)) in this block and \(graph.shape(old.node)) outside of it",
                remedy: "assign values of one shape")
        }
        return Typed(node: graph.element(.select, [condition, value.node, old.node]), kind: value.kind)
    }

    // MARK: Blocks

    /// Whether the line in hand is done; `nil`: always.
    private func condition() throws(DefinitionError) -> Graph.Node? {
        var all: Graph.Node?
        for one in guards {
            let node = try condition(one.condition)
            let held = one.holds ? node : graph.element(.not, [node])
            all = all.map { graph.element(.and, [$0, held]) } ?? held
        }
        return all
    }

    private func condition(_ place: Int) throws(DefinitionError) -> Graph.Node {
        if let node = conditionNodes[place] { return node }
        let text = definition.conditions[place]
        let known = ["t", "steps", "dimension", "pi", "e"] + definition.parameters.map(\.name) + AlgorithmDefinition.problemNames
        if let other = text.tree.nodes.first(where: {
            if case .name(let name) = $0.kind { !known.contains(name) } else { false }
        }) {
            let token = text.tree.tokens[other.token]
            throw DefinitionError(
                source: text.source, offset: token.offset, message: "a block depends on t and parameters alone", value: token.text,
                remedy: "write y = if(condition, a, b) for what differs from trial to trial")
        }
        let value = try typed(text)
        guard value.kind == .condition, graph.shape(value.node).isScalar else {
            throw DefinitionError(
                source: text.source, offset: text.tree.tokens.first?.offset, message: "is no comparison of numbers",
                value: text.canonicalText, remedy: "write if t % 5 == 0:")
        }
        conditionNodes[place] = value.node
        return value.node
    }

    /// Whether what was assigned in some blocks has a value wherever the given ones are taken.
    private static func covers(_ blocks: [[AlgorithmDefinition.Guard]], _ place: [AlgorithmDefinition.Guard]) -> Bool {
        if blocks.contains(where: { place.starts(with: $0) }) { return true }
        let next = blocks.filter { $0.starts(with: place) }.map { $0[place.count].condition }
        return Set(next).contains { condition in
            [true, false].allSatisfy { covers(blocks, place + [AlgorithmDefinition.Guard(condition: condition, holds: $0)]) }
        }
    }

    /// What the memories have become.
    var memoryShapes: [Shape] { definition.memory.map { meanings[$0.name].map { graph.shape($0.node) } ?? .scalar } }

    func changed(_ place: Int, from old: Shape, to new: Shape) -> DefinitionError {
        let name = definition.memory[place].name
        let line = definition.step.last { $0.name == name }
        return DefinitionError(
            source: line?.value.source ?? definition.source, offset: line?.offset,
            message: "is a memory of shape \(old) and becomes one of shape \(new)", value: name,
            remedy: "a memory is a number, or a vector of x's shape \(Shape.vector(dimension)), in every step")
    }

    func finish() throws(DefinitionError) -> DefinedAlgorithm {
        for (place, shape) in memoryShapes.enumerated() where shape != shapes[place] {
            throw changed(place, from: shapes[place], to: shape)
        }
        let results = (["x"] + definition.memory.map(\.name)).compactMap { meanings[$0]?.node }
        let memory = zip(definition.memory, shapes).map {
            DefinedAlgorithm.Memory(firstValue: $0.value, count: $1.count)
        }
        return DefinedAlgorithm(
            dimension: dimension, memory: memory, evaluations: evaluations.map { $0.finished(graph) }, draws: draws,
            next: TapeWriter.tape(graph, results + norms), stateSize: stateSize)
    }

    // MARK: Names

    func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed? {
        if let blocks = partial[name], !Self.covers(blocks, guards) {
            throw DefinitionError(
                source: definition.stepSource, offset: definition.step.first { $0.name == name }?.offset,
                message: "is assigned in a block and used where that may not have been taken", value: name,
                remedy: "assign it before the block, or in every branch")
        }
        if unstated.contains(name) {
            throw DefinitionError(
                source: definition.stepSource, offset: definition.step.first { $0.value.tree.names.contains(name) }?.offset,
                message: "asks for the problem's \(name), which it does not state", value: name,
                remedy: "state it with the problem, or make it a parameter")
        }
        return meanings[name]
    }

    var names: [String] { meanings.keys.sorted() }

    var functions: [String] { AlgorithmDefinition.questions }

    func call(
        _ name: String, _ arguments: [Graph.Node], _ graph: inout Graph,
        fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node? {
        if name == "unit", arguments.count == 1 {
            if enclosing == nil { count(normOf: arguments[0], &graph) }
            return nil
        }
        guard AlgorithmDefinition.questions.contains(name) else { return nil }
        if AlgorithmDefinition.draws.contains(name) {
            guard arguments.isEmpty else { throw fault("\(name) takes nothing: it has x's shape", "write \(name)()") }
            return try draw(name, &graph, fault)
        }
        if name == AlgorithmDefinition.mean { return try mean(arguments, &graph, fault) }
        guard enclosing == nil || name == "grad" && arguments.count == 1 else {
            throw fault(
                "within each(...) there is grad(v), the gradient of one example, and nothing else is asked for",
                "compute it in a line before")
        }
        let isProduct = name.hasSuffix("hvp"), isExact = name.hasPrefix("full")
        let points = isProduct ? 2 : 1
        guard arguments.count == points || !isExact && arguments.count == points + 1 else {
            let what = isProduct ? "a point and a direction" : "a point"
            throw fault(
                "\(name) takes \(what)\(isExact ? "" : ", and 1, 2 or 3 for the sample")", "write \(name)(\(isProduct ? "x, d" : "x"))")
        }
        for argument in arguments.prefix(points) {
            let shape = graph.shape(argument)
            guard shape == .vector(dimension) else {
                throw fault(
                    "\(name) takes a point of x's shape \(Shape.vector(dimension)), not \(shape)", "write \(name)(x + ...)")
            }
        }
        var sample = isExact ? DefinedAlgorithm.Sample.exact : .first
        if arguments.count > points {
            switch graph.values(arguments[points]) ?? [] {
            case [1]: sample = .first
            case [2]: sample = .second
            case [3]: sample = .third
            default:
                throw fault(
                    "a step has three independent samples, 1, 2 and 3", "write \(name)(v) or \(name)(v, 1), \(name)(v, 2), \(name)(v, 3)")
            }
        }
        let question: DefinedAlgorithm.Question =
            enclosing != nil ? .exampleGradient
            : isProduct ? .hessianProduct(sample) : name.hasSuffix("value") ? .value(sample) : .gradient(sample)
        return try ask(question, Array(arguments.prefix(points)), &graph, fault)
    }

    /// Sees to it that `zero_gradients` counts where the norm is 0; of a block, where it is taken.
    private func count(normOf argument: Graph.Node, _ graph: inout Graph) {
        var norm = graph.norm(argument)
        guard graph.values(norm) == nil else { return }
        // The conditions were typed before the line.
        for one in guards {
            guard let node = conditionNodes[one.condition] else { continue }
            let one = one.holds ? node : graph.element(.not, [node])
            norm = graph.element(.select, [one, norm, graph.number(1)])
        }
        if !norms.contains(norm) { norms.append(norm) }
    }

    private func part(_ place: Int, _ shape: Shape, _ graph: inout Graph) -> Graph.Node {
        graph.view(point, View(offset: place, rowStride: 0, columnStride: shape.isScalar ? 0 : 1), shape)
    }

    private func draw(
        _ name: String, _ graph: inout Graph, _ fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node {
        guard draws.count < Self.mostQuestions else {
            throw fault("a step draws more than \(Self.mostQuestions) vectors", "shorten the program")
        }
        let law: DefinedObjective.Sample.Law = name == "normal" ? .normal : name == "uniform" ? .uniform : .rademacher
        draws.append(DefinedObjective.Sample(law: law, count: dimension))
        defer { nextDraw += dimension }
        return part(nextDraw, .vector(dimension), &graph)
    }

    private func mean(
        _ arguments: [Graph.Node], _ graph: inout Graph, _ fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node {
        let example = "write each(grad(x + rho * unit(grad(x))))"
        guard enclosing == nil else { throw fault("each(...) stands in another one", "use one") }
        guard arguments.count == 1, !inner.isEmpty else {
            throw fault("each takes an expression with the gradient of an example in it", example)
        }
        let shape = graph.shape(arguments[0])
        guard shape.isScalar || shape == .vector(dimension) else {
            throw fault("each takes a number or a vector of x's shape \(Shape.vector(dimension)), not \(shape)", example)
        }
        guard nextPlace + shape.count <= stateSize else {
            throw fault("a step asks for more than \(Self.mostQuestions) gradients", "shorten the program")
        }
        let answer = part(nextPlace, shape, &graph)
        evaluations.append(Evaluation(
            question: .mean(.first), arguments: arguments, answer: answer, place: nextPlace, inner: inner))
        inner = []
        nextPlace += shape.count
        return answer
    }

    private func ask(
        _ question: DefinedAlgorithm.Question, _ arguments: [Graph.Node], _ graph: inout Graph,
        _ fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node {
        let known = enclosing == nil ? evaluations : inner
        if let known = known.first(where: { $0.question == question && $0.arguments == arguments }) { return known.answer }
        var shape = Shape.vector(dimension)
        if case .value = question { shape = .scalar }
        guard nextPlace + shape.count <= stateSize else {
            throw fault("a step asks for more than \(Self.mostQuestions) gradients", "shorten the program")
        }
        let answer = part(nextPlace, shape, &graph)
        let evaluation = Evaluation(question: question, arguments: arguments, answer: answer, place: nextPlace)
        if enclosing == nil { evaluations.append(evaluation) } else { inner.append(evaluation) }
        nextPlace += shape.count
        return answer
    }
}
