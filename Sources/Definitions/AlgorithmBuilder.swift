import ExpressionSyntax
import TrialContract

extension AlgorithmDefinition {
    /// The algorithm for given parameters.
    ///
    /// - Parameters:
    ///   - parameters: one value for each parameter; others are ignored.
    ///   - dimension: the number of coordinates of x.
    ///   - steps: of a trial.
    /// - Throws: what does not fit.
    public func build(
        parameters: [String: Double], dimension: Int, steps: Int
    ) throws(DefinitionError) -> DefinedAlgorithm {
        guard dimension <= ExpressionTyper.mostElements else {
            throw DefinitionError(
                source: source, message: "runs with at most \(ExpressionTyper.mostElements) coordinates",
                value: "dimension \(dimension)", remedy: "lower the dimension, or use an algorithm of the catalogue")
        }
        // What a memory is follows from what is assigned to it: a number until something makes it a vector.
        var shapes = memory.map { _ in Shape.scalar }
        func attempt(_ shapes: [Shape]) throws(DefinitionError) -> AlgorithmScope {
            let scope = AlgorithmScope(self, parameters: parameters, dimension: dimension, steps: steps, shapes: shapes)
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
    private var evaluations: [(question: DefinedAlgorithm.Question, point: Graph.Node, answer: Graph.Node, place: Int)] = []
    private var nextPlace: Int
    /// Norms of what `unit` was taken of, and their arguments.
    private var norms: [Graph.Node] = []

    private static let mostQuestions = 64

    init(
        _ definition: AlgorithmDefinition, parameters: [String: Double], dimension d: Int, steps: Int, shapes: [Shape]
    ) {
        self.definition = definition
        dimension = d
        self.shapes = shapes
        let questions = definition.step.reduce(0) { count, line in
            count + line.value.tree.nodes.count {
                if case .call(let name) = $0.kind { return AlgorithmDefinition.questions.contains(name) }
                return false
            }
        }
        nextPlace = DefinedAlgorithm.memoryPlace(d) + shapes.reduce(0) { $0 + $1.count }
        stateSize = nextPlace + min(questions, Self.mostQuestions) * d
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
            var lent = Graph()
            swap(&lent, &graph)
            defer { swap(&lent, &graph) }
            let value = try ExpressionTyper.value(line.value, in: &lent, scope: self)
            if line.name == "x" {
                let shape = lent.shape(value.node)
                guard value.kind == .number, shape == .vector(dimension) else {
                    throw fault(
                        line, "has the shape \(Shape.vector(dimension)) and cannot become "
                            + (value.kind == .number ? "\(shape)" : "a comparison"),
                        remedy: "assign a vector of as many coordinates")
                }
            }
            meanings[line.name] = value
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
            dimension: dimension, memory: memory,
            evaluations: evaluations.map {
                .init(question: $0.question, point: TapeWriter.tape(graph, [$0.point]), result: $0.place)
            }, next: TapeWriter.tape(graph, results + norms), stateSize: stateSize)
    }

    // MARK: Names

    func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed? { meanings[name] }

    var names: [String] { meanings.keys.sorted() }

    var functions: [String] { AlgorithmDefinition.questions }

    func call(
        _ name: String, _ arguments: [Graph.Node], _ graph: inout Graph,
        fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node? {
        if name == "unit", arguments.count == 1 {
            let norm = graph.norm(arguments[0])
            if graph.values(norm) == nil, !norms.contains(norm) { norms.append(norm) }
            return nil
        }
        guard AlgorithmDefinition.questions.contains(name) else { return nil }
        guard arguments.count == 1 || name == "grad" && arguments.count == 2 else {
            throw fault("\(name) takes a point\(name == "grad" ? ", and 1 or 2 for the sample" : "")", "write \(name)(x)")
        }
        let shape = graph.shape(arguments[0])
        guard shape == .vector(dimension) else {
            throw fault(
                "\(name) takes a point of x's shape \(Shape.vector(dimension)), not \(shape)", "write \(name)(x + ...)")
        }
        var question: DefinedAlgorithm.Question = name == "full" ? .exact : name == "full_value" ? .value : .firstSample
        if arguments.count == 2 {
            switch graph.values(arguments[1]) ?? [] {
            case [1]: question = .firstSample
            case [2]: question = .secondSample
            default:
                throw fault(
                    "a step has two independent samples, 1 and 2", "write grad(v) or grad(v, 1), and grad(v, 2)")
            }
        }
        if let known = evaluations.first(where: { $0.question == question && $0.point == arguments[0] }) { return known.answer }
        guard evaluations.count < Self.mostQuestions else {
            throw fault("a step asks for more than \(Self.mostQuestions) gradients", "shorten the program")
        }
        let answer: Shape = question == .value ? .scalar : .vector(dimension)
        let node = graph.view(
            point, View(offset: nextPlace, rowStride: 0, columnStride: answer.isScalar ? 0 : 1), answer)
        evaluations.append((question, arguments[0], node, nextPlace))
        nextPlace += answer.count
        return node
    }
}
