import ExpressionSyntax
import TrialContract
import Wording

/// A value of an expression: what computes it, and what it may be used for.
struct Typed {
    enum Kind: Equatable {
        case number, condition
        /// Indices in 0 ..< bound that a step draws, or all of them.
        case index(bound: Int)
    }

    var node: Graph.Node
    var kind = Kind.number
}

/// What the names of an expression mean.
protocol NameScope: AnyObject {
    /// `nil`: nothing.
    func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed?
    /// All names that mean something.
    var names: [String] { get }
    /// The call of `each` that the expression in hand stands in, by its node; `nil`: none. Set before each node is looked at.
    var enclosing: Int? { get set }
    /// Functions that it has beside those of definitions.
    var functions: [String] { get }
    /// What a function of its own gives; `nil`: it is none. It is also told of other functions before they are applied.
    func call(
        _ name: String, _ arguments: [Graph.Node], _ graph: inout Graph,
        fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node?
}

extension NameScope {
    var functions: [String] { [] }

    var enclosing: Int? {
        get { nil }
        set {}
    }

    func call(
        _ name: String, _ arguments: [Graph.Node], _ graph: inout Graph,
        fault: (_ message: String, _ remedy: String) -> DefinitionError
    ) throws(DefinitionError) -> Graph.Node? { nil }
}

/// Turns expressions over vectors and matrices into nodes of a graph, and finds what does not fit.
struct ExpressionTyper {
    /// The most numbers in one value.
    static let mostElements = 1 << 20
    /// The most operations of an objective, before derivatives.
    static let mostNodes = 20_000
    /// The most elements and multiplications of all values together.
    static let mostWork = 1 << 27

    private let tree: SyntaxTree
    private let scope: any NameScope
    private let source: DefinitionSource
    private var values: [Typed] = []

    /// The value of an expression whose names have their meanings from a scope.
    static func value(
        _ expression: DefinedExpression, in graph: inout Graph, scope: any NameScope
    ) throws(DefinitionError) -> Typed {
        var typer = ExpressionTyper(tree: expression.tree, scope: scope, source: expression.source)
        return try typer.run(&graph)
    }

    private mutating func run(_ graph: inout Graph) throws(DefinitionError) -> Typed {
        let enclosing = enclosingCalls()
        for (index, node) in tree.nodes.enumerated() {
            scope.enclosing = enclosing[index]
            let value = try value(node, &graph)
            let count = graph.shape(value.node).count
            guard count <= Self.mostElements else {
                throw fault(
                    node.token, "has more than \(Self.mostElements) numbers: its shape is \(graph.shape(value.node))",
                    remedy: "use smaller sizes")
            }
            guard graph.entries.count <= Self.mostNodes else {
                throw fault(
                    node.token, "takes more than \(Self.mostNodes) operations",
                    remedy: "write it with vectors and matrices, or more shortly")
            }
            guard graph.work <= Self.mostWork else {
                throw fault(
                    node.token, "makes the definition too large: its values have more than \(Self.mostWork) numbers together",
                    remedy: "use smaller sizes, or fewer operations on large values")
            }
            values.append(value)
            precondition(values.count == index + 1)
        }
        return values[values.count - 1]
    }

    /// For each node the innermost call of a function of the scope's that takes it as an expression rather than a value.
    private func enclosingCalls() -> [Int?] {
        var calls = [Int?](repeating: nil, count: tree.nodes.count)
        for (index, node) in tree.nodes.enumerated().reversed() {
            let inside: Int? = if case .call(AlgorithmDefinition.mean) = node.kind { index } else { calls[index] }
            for child in node.children { calls[child] = inside }
        }
        return calls
    }

    // MARK: Messages

    private func fault(_ token: Int, _ message: String, value: String? = nil, remedy: String) -> DefinitionError {
        DefinitionError(
            source: source, offset: tree.tokens[token].offset, message: message, value: value ?? tree.tokens[token].text,
            remedy: remedy)
    }

    /// A value that is to be a number, vector or matrix.
    private func number(_ child: Int) throws(DefinitionError) -> Graph.Node {
        switch values[child].kind {
        case .number: return values[child].node
        case .condition:
            throw fault(
                tree.nodes[child].first, "a comparison is not a number", remedy: "write if(condition, 1, 0)")
        case .index:
            throw fault(
                tree.nodes[child].first, "a sampled index selects rows and is no number", remedy: "write A[i] or y[i]")
        }
    }

    private func condition(_ child: Int) throws(DefinitionError) -> Graph.Node {
        guard values[child].kind == .condition else {
            throw fault(
                tree.nodes[child].first, "a number is not a comparison", remedy: "compare it with something, as x > 0")
        }
        return values[child].node
    }

    /// A whole number that is known now.
    private func whole(_ child: Int, _ graph: Graph) throws(DefinitionError) -> Int {
        let node = try number(child)
        guard graph.shape(node).isScalar, let value = graph.values(node)?[0] else {
            throw fault(
                tree.nodes[child].first, "must be a whole number that parameters decide",
                remedy: "indices and lengths may not depend on variables or samples")
        }
        guard value == value.rounded(), value.magnitude <= 1e9 else {
            throw fault(
                tree.nodes[child].first, "must be a whole number", value: "\(value)",
                remedy: "use floor(...) where a division is meant to give one")
        }
        return Int(value)
    }

    // MARK: Nodes

    private mutating func value(_ node: SyntaxTree.Node, _ graph: inout Graph) throws(DefinitionError) -> Typed {
        switch node.kind {
        case .number(let value): return Typed(node: graph.number(value))
        case .text:
            throw fault(node.token, "a text is not a number", remedy: "remove the quotes")
        case .name(let name): return try load(name, node, &graph)
        case .group: return values[node.children[0]]
        case .negate: return Typed(node: graph.element(.negate, [try number(node.children[0])]))
        case .plus: return Typed(node: try number(node.children[0]))
        case .not:
            return Typed(node: graph.element(.not, [try condition(node.children[0])]), kind: .condition)
        case .binary(let sign): return try binary(sign, node, &graph)
        case .chain(let first, let second):
            let left = try compare(first, node.children[0], node.children[1], node, &graph)
            let right = try compare(second, node.children[1], node.children[2], node, &graph)
            try requireFit(left, right, node, &graph)
            return Typed(node: graph.element(.and, [left, right]), kind: .condition)
        case .call(let name): return try call(name, node, &graph)
        case .index(let subscripts): return try index(subscripts, node, &graph)
        case .list: return Typed(node: try list(node, &graph))
        }
    }

    private func load(
        _ name: String, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Typed {
        if let value = try scope.value(of: name, &graph) { return value }
        if name == "pi" { return Typed(node: graph.number(.pi)) }
        if name == "e" { return Typed(node: graph.number(0x1.5bf0a8b145769p+1)) }
        if DefinedFunction(rawValue: name) != nil || scope.functions.contains(name) {
            throw fault(node.token, "a function needs its arguments", remedy: "write \(name)(...)")
        }
        throw fault(
            node.token, "is not a known name", remedy: NearestName.remedy(for: name, among: scope.names + ["pi", "e"]))
    }

    private func requireFit(
        _ a: Graph.Node, _ b: Graph.Node, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) {
        guard graph.shape(a).broadcast(with: graph.shape(b)) == nil else { return }
        throw fault(
            node.token, "shapes \(graph.shape(a)) and \(graph.shape(b)) do not fit element by element",
            remedy: "lengths must be the same, or 1; @ is the product of matrices")
    }

    private func binary(
        _ sign: SyntaxTree.Operator, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Typed {
        let (left, right) = (node.children[0], node.children[1])
        if sign.isComparison {
            return Typed(node: try compare(sign, left, right, node, &graph), kind: .condition)
        }
        if sign == .and || sign == .or {
            let a = try condition(left), b = try condition(right)
            try requireFit(a, b, node, &graph)
            return Typed(node: graph.element(sign == .and ? .and : .or, [a, b]), kind: .condition)
        }
        let a = try number(left), b = try number(right)
        if sign == .product { return Typed(node: try product(a, b, node, &graph)) }
        try requireFit(a, b, node, &graph)
        if sign == .remainder {
            let whole = graph.element(.floor, [graph.element(.divide, [a, b])])
            return Typed(node: graph.element(.subtract, [a, graph.element(.multiply, [b, whole])]))
        }
        let operation: Tape.Operation =
            switch sign {
            case .add: .add
            case .subtract: .subtract
            case .multiply: .multiply
            case .divide: .divide
            default: .power
            }
        return Typed(node: graph.element(operation, [a, b]))
    }

    private func compare(
        _ sign: SyntaxTree.Operator, _ left: Int, _ right: Int, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Graph.Node {
        let a = try number(left), b = try number(right)
        try requireFit(a, b, node, &graph)
        switch sign {
        case .less: return graph.element(.less, [a, b])
        case .lessOrEqual: return graph.element(.lessOrEqual, [a, b])
        case .greater: return graph.element(.less, [b, a])
        case .greaterOrEqual: return graph.element(.lessOrEqual, [b, a])
        case .equal: return graph.element(.equal, [a, b])
        default: return graph.element(.notEqual, [a, b])
        }
    }

    /// `@`, with NumPy's rules for vectors.
    private func product(
        _ a: Graph.Node, _ b: Graph.Node, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Graph.Node {
        let (left, right) = (graph.shape(a), graph.shape(b))
        guard !left.isScalar, !right.isScalar else {
            throw fault(
                node.token, "multiplies vectors and matrices, not \(left) and \(right)", remedy: "write * for numbers")
        }
        let inner = (left.columns, right.isVector ? right.columns : right.rows)
        guard inner.0 == inner.1 else {
            throw fault(
                node.token, "shapes \(left) and \(right) do not fit: \(counted(inner.0, "column")) meet \(counted(inner.1, "row"))",
                remedy: "transpose one of them, or check their sizes")
        }
        let (rows, columns) = (left.isMatrix ? left.rows : 1, right.isMatrix ? right.columns : 1)
        let work = rows.multipliedReportingOverflow(by: inner.0).partialValue.multipliedReportingOverflow(by: columns)
        guard !work.overflow, work.partialValue <= Self.mostWork, rows * columns <= Self.mostElements else {
            throw fault(
                node.token, "shapes \(left) and \(right) take more than \(Self.mostWork) multiplications",
                remedy: "use smaller sizes")
        }
        if left.isVector, right.isVector { return graph.sum(graph.element(.multiply, [a, b])) }
        let first = left.isVector ? graph.reshape(a, .matrix(1, inner.0)) : a
        let second = right.isVector ? graph.reshape(b, .matrix(inner.0, 1)) : b
        let shape = left.isVector ? Shape.vector(columns) : right.isVector ? Shape.vector(rows) : .matrix(rows, columns)
        return graph.reshape(graph.product(first, second), shape)
    }

    private func list(_ node: SyntaxTree.Node, _ graph: inout Graph) throws(DefinitionError) -> Graph.Node {
        guard !node.children.isEmpty else { throw fault(node.token, "is an empty list", remedy: "give numbers") }
        var items: [Graph.Node] = []
        for child in node.children { items.append(try number(child)) }
        let shape = graph.shape(items[0])
        for (child, item) in zip(node.children, items) where graph.shape(item) != shape || shape.isMatrix {
            throw fault(
                tree.nodes[child].first, "a list holds numbers, or vectors of one length, not \(graph.shape(item))",
                remedy: "write [[1, 2], [3, 4]] for a matrix")
        }
        let whole = shape.isScalar ? Shape.vector(items.count) : .matrix(items.count, shape.count)
        return graph.assemble(
            items.enumerated().map { (View(offset: $0 * shape.count, rowStride: 0, columnStride: 1), $1) }, whole)
    }

    // MARK: Indexing

    private func index(
        _ subscripts: [SyntaxTree.Subscript], _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Typed {
        let base = try number(node.children[0])
        var shape = graph.shape(base)
        guard subscripts.count <= shape.lengths.count else {
            throw fault(
                node.token, shape.isScalar ? "a number has no elements" : "a value of shape \(shape) takes fewer indices than \(subscripts.count)",
                remedy: shape.isScalar ? "remove the brackets" : "use one index for each length")
        }
        var children = Array(node.children.dropFirst())
        var result = base
        var subscripts = subscripts
        // Lengths that stay as they are before those that the other subscripts are about.
        var skipped = 0
        if subscripts.first == .at, case .index(let bound) = values[children[0]].kind {
            let (rows, isRowGone) = try gather(base, values[children[0]].node, bound, node, &graph)
            result = rows
            shape = graph.shape(result)
            skipped = isRowGone ? 0 : 1
            children.removeFirst()
            subscripts.removeFirst()
            guard !subscripts.isEmpty else { return Typed(node: result) }
        }
        // What is left are parts along the lengths that are left.
        var parts: [(start: Int, count: Int, isSingle: Bool)] = []
        if skipped == 1 { parts.append((0, shape.lengths[0], false)) }
        for part in subscripts { parts.append(try range(part, &children, shape.lengths[parts.count], node, graph)) }
        while parts.count < shape.lengths.count { parts.append((0, shape.lengths[parts.count], false)) }
        let strides = shape.isMatrix ? [shape.columns, 1] : [1]
        let offset = zip(parts, strides).reduce(0) { $0 + $1.0.start * $1.1 }
        let kept = zip(parts, strides).filter { !$0.0.isSingle }
        let view = View(
            offset: offset, rowStride: kept.count == 2 ? kept[0].1 : 0, columnStride: kept.last?.1 ?? 0)
        return Typed(node: graph.view(result, view, Shape(kept.map { $0.0.count })))
    }

    /// One index or slice along a length, from 0 or, negative, from the end.
    private func range(
        _ part: SyntaxTree.Subscript, _ children: inout [Int], _ length: Int, _ node: SyntaxTree.Node, _ graph: Graph
    ) throws(DefinitionError) -> (start: Int, count: Int, isSingle: Bool) {
        func next() throws(DefinitionError) -> (value: Int, child: Int) {
            let child = children.removeFirst()
            if case .index = values[child].kind {
                throw fault(
                    tree.nodes[child].first, "a sampled index selects rows: it stands first",
                    remedy: "write transpose(A)[i] for columns")
            }
            return (try whole(child, graph), child)
        }
        switch part {
        case .at:
            let (value, child) = try next()
            guard (-length..<length).contains(value) else {
                throw fault(
                    tree.nodes[child].first, "is outside the length \(length)", value: "\(value)",
                    remedy: "indices run from 0 to \(length - 1), or from -1 to -\(length) from the end")
            }
            return (value < 0 ? value + length : value, 1, true)
        case .slice(let hasLower, let hasUpper):
            func end(_ value: Int) -> Int { min(length, max(0, value < 0 ? value + length : value)) }
            let lower = hasLower ? end(try next().value) : 0
            let upper = hasUpper ? end(try next().value) : length
            guard lower < upper else {
                throw fault(node.token, "selects nothing of the length \(length)", remedy: "check the ends of the slice")
            }
            return (lower, upper - lower, false)
        }
    }

    /// The rows that indices select; of a single index one row without its length.
    private func gather(
        _ base: Graph.Node, _ indices: Graph.Node, _ bound: Int, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> (Graph.Node, isRowGone: Bool) {
        let shape = graph.shape(base)
        guard shape.lengths[0] == bound else {
            throw fault(
                node.token, "the index runs over \(bound), and the first length of \(shape) is \(shape.lengths[0])",
                remedy: "draw the index from as many as there are rows")
        }
        let isSingle = graph.shape(indices).isScalar
        // All of them: the value as it is.
        if graph.values(indices)?.count == bound, !isSingle { return (base, false) }
        let columns = shape.isMatrix ? shape.columns : 1
        let matrix = shape.isMatrix ? base : graph.reshape(base, .matrix(bound, 1))
        let rows = graph.gather(matrix, indices)
        let count = graph.shape(indices).count
        switch (isSingle, shape.isMatrix) {
        case (true, true): return (graph.reshape(rows, .vector(columns)), true)
        case (true, false): return (graph.reshape(rows, .scalar), true)
        case (false, true): return (rows, false)
        case (false, false): return (graph.reshape(rows, .vector(count)), false)
        }
    }

    // MARK: Functions

    private func call(
        _ name: String, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Typed {
        guard let function = DefinedFunction(rawValue: name) else {
            guard scope.functions.contains(name) else {
                throw fault(
                    node.token, "is not a known function",
                    remedy: NearestName.remedy(
                        for: name, among: scope.functions + DefinedFunction.allCases.map(\.rawValue)))
            }
            return Typed(node: try ask(name, node, &graph) ?? graph.number(.nan))
        }
        guard function.arguments.contains(node.children.count) else {
            let wanted = function.arguments.count == 1
                ? "\(function.arguments.lowerBound)" : "\(function.arguments.lowerBound) or more"
            throw fault(
                node.token, "\(name) takes \(wanted) argument\(wanted == "1" ? "" : "s"), not \(node.children.count)",
                remedy: "write \(function.example)")
        }
        if function == .if {
            let condition = try condition(node.children[0])
            let a = try number(node.children[1]), b = try number(node.children[2])
            try requireFit(a, b, node, &graph)
            try requireFit(condition, a, node, &graph)
            try requireFit(condition, b, node, &graph)
            return Typed(node: graph.element(.select, [condition, a, b]))
        }
        var arguments: [Graph.Node] = []
        for child in node.children { arguments.append(try number(child)) }
        if let operation = function.operation {
            for pair in zip(arguments, arguments.dropFirst()) { try requireFit(pair.0, pair.1, node, &graph) }
            guard arguments.count > 1 else { return Typed(node: graph.element(operation, arguments)) }
            return Typed(node: arguments.dropFirst().reduce(arguments[0]) { graph.element(operation, [$0, $1]) })
        }
        _ = try ask(name, node, &graph)
        return Typed(node: try apply(function, arguments, node, &graph))
    }

    /// What the scope makes of a function.
    private func ask(
        _ name: String, _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Graph.Node? {
        var arguments: [Graph.Node] = []
        for child in node.children { arguments.append(try number(child)) }
        return try scope.call(name, arguments, &graph) { fault(node.token, $0, remedy: $1) }
    }

    private func apply(
        _ function: DefinedFunction, _ arguments: [Graph.Node], _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Graph.Node {
        let a = arguments[0], shape = graph.shape(a)
        func require(_ condition: Bool, _ what: String) throws(DefinitionError) {
            guard !condition else { return }
            let shapes = arguments.map { "\(graph.shape($0))" }.joined(separator: " and ")
            throw fault(node.token, "\(function.rawValue) \(what), not \(shapes)", remedy: "write \(function.example)")
        }
        switch function {
        case .sum: return graph.sum(a)
        case .mean: return graph.element(.divide, [graph.sum(a), graph.number(Double(shape.count))])
        case .norm: return graph.norm(a)
        case .norm1: return graph.sum(graph.element(.absolute, [a]))
        case .normInf: return graph.largest(graph.element(.absolute, [a]))
        case .largest: return graph.largest(a)
        case .smallest:
            let negated = graph.element(.negate, [a])
            return graph.element(.negate, [graph.largest(negated)])
        case .unit:
            let inverse = graph.element(.reciprocalOrZero, [graph.norm(a)])
            return graph.element(.multiply, [inverse, a])
        case .dot:
            try require(shape == graph.shape(arguments[1]) && !shape.isMatrix, "takes two vectors of one length")
            return graph.sum(graph.element(.multiply, arguments))
        case .log10:
            return graph.element(.divide, [graph.element(.logarithm, [a]), graph.number(0x1.26bb1bbb55516p+1)])
        case .transpose:
            try require(shape.isMatrix, "takes a matrix")
            return graph.transpose(a)
        case .outer:
            let other = graph.shape(arguments[1])
            try require(shape.isVector && other.isVector, "takes two vectors")
            return graph.element(
                .multiply, [graph.reshape(a, .matrix(shape.count, 1)), graph.reshape(arguments[1], .matrix(1, other.count))])
        case .diag:
            try require(shape.isVector || shape.isMatrix, "takes a vector or a matrix")
            if shape.isMatrix {
                return graph.view(
                    a, View(offset: 0, rowStride: 0, columnStride: shape.columns + 1),
                    .vector(min(shape.rows, shape.columns)))
            }
            try require(shape.count * shape.count <= Self.mostElements, "takes a shorter vector")
            return graph.assemble(
                [(View(offset: 0, rowStride: 0, columnStride: shape.count + 1), a)], .matrix(shape.count, shape.count))
        case .trace:
            try require(shape.isMatrix && shape.rows == shape.columns, "takes a square matrix")
            let diagonal = graph.view(
                a, View(offset: 0, rowStride: 0, columnStride: shape.columns + 1), .vector(shape.rows))
            return graph.sum(diagonal)
        case .reshape:
            var lengths: [Int] = []
            for child in node.children.dropFirst() { lengths.append(try whole(child, graph)) }
            let count = lengths.reduce(1.0) { $0 * Double($1) }
            try require(lengths.allSatisfy { $0 > 0 } && count == Double(shape.count), "keeps the number of elements")
            return graph.reshape(a, Shape(lengths))
        case .concat: return try concat(arguments, node, &graph)
        default: preconditionFailure("\(function.rawValue) acts element by element")
        }
    }

    /// Vectors and numbers one after the other, or matrices below each other.
    private func concat(
        _ arguments: [Graph.Node], _ node: SyntaxTree.Node, _ graph: inout Graph
    ) throws(DefinitionError) -> Graph.Node {
        let shapes = arguments.map { graph.shape($0) }
        let isMatrix = shapes[0].isMatrix
        for shape in shapes where shape.isMatrix != isMatrix || isMatrix && shape.columns != shapes[0].columns {
            throw fault(
                node.token, "concat puts vectors in a row, or matrices of equal width below each other, not "
                    + "\(shapes[0]) and \(shape)", remedy: "reshape or transpose them first")
        }
        var offset = 0
        var parts: [(view: View, node: Graph.Node)] = []
        for (argument, shape) in zip(arguments, shapes) {
            parts.append((View(offset: offset, rowStride: shape.isMatrix ? shape.columns : 0, columnStride: 1), argument))
            offset += shape.count
        }
        guard offset <= Self.mostElements else {
            throw fault(node.token, "has more than \(Self.mostElements) numbers", remedy: "use smaller sizes")
        }
        return graph.assemble(parts, isMatrix ? .matrix(offset / shapes[0].columns, shapes[0].columns) : .vector(offset))
    }
}
