import ExpressionSyntax

/// Compiles an expression of `where` or `derive`, whose values are numbers, conditions and names of components.
struct ProgramCompiler {
    /// What stands on the stack.
    private enum Kind: Equatable {
        case number, condition
        /// A choice of components, not yet compared.
        case choice(String)
        case text(String)
    }

    private let scope: ExpressionScope
    private let tree: SyntaxTree
    private var program = Program()
    private var height = 0
    private var kinds: [Kind] = []
    /// What each node belongs to: the position of that, and which operand it is.
    private var parents: [(node: Int, place: Int)?]

    /// - Parameter wantsCondition: whether the expression must be a comparison or a number.
    static func compile(
        _ text: String, scope: ExpressionScope, wantsCondition: Bool
    ) throws(ExpressionError) -> Program {
        var compiler = ProgramCompiler(scope, try SyntaxParser.parse(text))
        try compiler.compile()
        let first = compiler.tree.tokens[0], kind = compiler.kinds[compiler.kinds.count - 1]
        switch kind {
        case .condition where !wantsCondition:
            throw ExpressionError(
                offset: first.offset, message: "must be a number, not a comparison",
                remedy: "give arithmetic, as 0.5 / smoothness")
        case .number where wantsCondition:
            throw ExpressionError(
                offset: first.offset, message: "must be a comparison, not a number",
                remedy: "compare it with something, as learning_rate * smoothness < 2")
        case .condition, .number: break
        case .choice, .text: throw compiler.mistaken(compiler.tree.nodes.count - 1)
        }
        compiler.program.isCondition = wantsCondition
        compiler.program.canonicalText = compiler.tree.canonicalText
        return compiler.program
    }

    private init(_ scope: ExpressionScope, _ tree: SyntaxTree) {
        self.scope = scope
        self.tree = tree
        parents = Array(repeating: nil, count: tree.nodes.count)
        for (index, node) in tree.nodes.enumerated() {
            for (place, child) in node.children.enumerated() { parents[child] = (index, place) }
        }
    }

    private mutating func emit(_ code: Program.Code, _ operand: Int = 0) {
        switch code {
        case .constant, .load, .tuck: height += 1
        case .isMember, .negate, .not, .unary, .swap: break
        default: height -= 1
        }
        program.depth = max(program.depth, height)
        program.instructions.append(Program.Instruction(code: code, operand: operand))
    }

    private mutating func compile() throws(ExpressionError) {
        for node in tree.nodes {
            guard case .call(let name) = node.kind, ExpressionFunction(rawValue: name) == nil else { continue }
            throw ExpressionError(
                offset: tree.tokens[node.token].offset, message: "is not a known function", value: name,
                remedy: NearestName.remedy(for: name, among: ExpressionFunction.allCases.map(\.rawValue)))
        }
        for index in tree.nodes.indices {
            kinds.append(try finish(tree.nodes[index]))
            if let parent = parents[index] { try continueParent(parent.node, parent.place) }
        }
    }

    /// What a node's parent does between its operands.
    private mutating func continueParent(_ parent: Int, _ place: Int) throws(ExpressionError) {
        let node = tree.nodes[parent]
        switch node.kind {
        case .call(let name):
            let argument = tree.nodes[node.children[place]]
            if case .binary(let sign) = argument.kind, sign.isComparison || sign == .and || sign == .or {
                throw unexpected(argument, ", or )")
            }
            try require(.number, node.children[place])
            let function = ExpressionFunction(rawValue: name)
            if place > 0, let function, function.arguments.upperBound > 1 { emit(.binary, function.index) }
        case .chain(let first, _) where place == 1:
            guard kinds[node.children[0]] == .number else { throw unexpected(node, "one comparison of names at a time") }
            try require(.number, node.children[1])
            // The right side is needed again: it is kept below and brought up afterwards.
            emit(.tuck)
            emit(code(first))
            emit(.swap)
        default: break
        }
    }

    private mutating func finish(_ node: SyntaxTree.Node) throws(ExpressionError) -> Kind {
        switch node.kind {
        case .number(let value):
            program.constants.append(value)
            emit(.constant, program.constants.count - 1)
            return .number
        case .text(let text): return .text(text)
        case .name(let name): return try load(name, tree.tokens[node.token])
        case .group: return kinds[node.children[0]]
        case .negate, .plus:
            try require(.number, node.children[0])
            if node.kind == .negate { emit(.negate) }
            return .number
        case .not:
            try require(.condition, node.children[0])
            emit(.not)
            return .condition
        case .binary(let sign): return try binary(sign, node)
        case .chain(_, let second):
            try require(.number, node.children[2])
            emit(code(second))
            emit(.and)
            return .condition
        case .call(let name): return try call(name, node)
        case .index, .list:
            throw ExpressionError(
                offset: tree.tokens[node.token].offset, message: "is for vectors, and here are numbers only",
                value: tree.tokens[node.token].text, remedy: "write arithmetic, as 0.5 / smoothness")
        }
    }

    private mutating func binary(_ sign: SyntaxTree.Operator, _ node: SyntaxTree.Node) throws(ExpressionError) -> Kind {
        let (left, right) = (node.children[0], node.children[1])
        if sign == .and || sign == .or {
            try require(.condition, left)
            try require(.condition, right)
            emit(sign == .and ? .and : .or)
            return .condition
        }
        if sign.isComparison, kinds[left] != .number { return try names(sign, node) }
        if sign == .product {
            throw ExpressionError(
                offset: tree.tokens[node.token].offset, message: "multiplies matrices, and here are numbers only",
                value: "@", remedy: "write *")
        }
        try require(.number, left)
        try require(.number, right)
        emit(code(sign))
        return sign.isComparison ? .condition : .number
    }

    private func code(_ sign: SyntaxTree.Operator) -> Program.Code {
        switch sign {
        case .add: .add
        case .subtract: .subtract
        case .multiply, .product: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .power: .power
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .equal: .equal
        case .notEqual: .notEqual
        case .and: .and
        case .or: .or
        }
    }

    /// A component compared with a name, in either order.
    private mutating func names(_ sign: SyntaxTree.Operator, _ node: SyntaxTree.Node) throws(ExpressionError) -> Kind {
        let (left, right) = (node.children[0], node.children[1])
        guard kinds[left] != .condition else { throw mistaken(left) }
        guard sign == .equal || sign == .notEqual else {
            throw ExpressionError(
                offset: tree.tokens[node.token].offset, message: "names have no order",
                value: tree.tokens[node.token].text, remedy: "compare them with == or !=")
        }
        switch (kinds[left], kinds[right]) {
        case (.choice(let name), .text(let text)): try emitMembership(name, text, tree.beginning(of: right))
        case (.text(let text), .choice(let name)): try emitMembership(name, text, tree.beginning(of: left))
        default: throw mistaken(left)
        }
        if sign == .notEqual { emit(.not) }
        return .condition
    }

    private mutating func emitMembership(
        _ name: String, _ text: String, _ at: ExpressionToken
    ) throws(ExpressionError) {
        guard case .choice(let members)? = scope.meanings[name] else { return }
        let set = members.map { $0.name == text || $0.label == text }
        // Where the components could not be read, that has been reported.
        guard set.contains(true) || members.isEmpty else {
            let labels = members.flatMap { $0.name == $0.label ? [$0.name] : [$0.name, $0.label] }
            throw ExpressionError(
                offset: at.offset, message: "no \(name) of this sweep has this name", value: at.text,
                remedy: NearestName.remedy(for: text, among: labels))
        }
        program.sets.append(set)
        emit(.isMember, program.sets.count - 1)
    }

    private mutating func load(_ name: String, _ here: ExpressionToken) throws(ExpressionError) -> Kind {
        switch scope.meanings[name] {
        case .number?:
            emit(.load, place(of: name))
            return .number
        case .choice?:
            emit(.load, place(of: name))
            return .choice(name)
        case .unavailable(let reason, let remedy)?:
            throw ExpressionError(offset: here.offset, message: reason, value: name, remedy: remedy)
        case nil:
            let isFunction = ExpressionFunction(rawValue: name) != nil
            throw ExpressionError(
                offset: here.offset, message: isFunction ? "a function needs its arguments" : "is not a known name",
                value: name,
                remedy: isFunction ? "write \(name)(...)" : NearestName.remedy(for: name, among: scope.names))
        }
    }

    private mutating func place(of name: String) -> Int {
        if let known = program.names.firstIndex(of: name) { return known }
        program.names.append(name)
        return program.names.count - 1
    }

    private mutating func call(_ name: String, _ node: SyntaxTree.Node) throws(ExpressionError) -> Kind {
        guard let function = ExpressionFunction(rawValue: name) else { return .number }
        guard function.arguments.contains(node.children.count) else {
            let wanted = function.arguments.count == 1 ? "\(function.arguments.lowerBound)" : "2 or more"
            throw ExpressionError(
                offset: tree.tokens[node.token].offset,
                message: "\(name) takes \(wanted) argument\(wanted == "1" ? "" : "s")", value: "\(node.children.count)",
                remedy: "write \(name)(\(wanted == "1" ? "x" : "x, y"))")
        }
        if function.arguments.upperBound == 1 { emit(.unary, function.index) }
        return .number
    }

    // MARK: Messages

    private func require(_ wanted: Kind, _ node: Int) throws(ExpressionError) {
        if kinds[node] != wanted { throw mistaken(node) }
    }

    private func unexpected(_ node: SyntaxTree.Node, _ wanted: String) -> ExpressionError {
        ExpressionError(
            offset: tree.tokens[node.token].offset, message: "expected \(wanted)", value: tree.tokens[node.token].text,
            remedy: "see the expression at this place")
    }

    /// A part of the expression that is of another kind than its place needs.
    private func mistaken(_ node: Int) -> ExpressionError {
        let at = tree.beginning(of: node)
        switch kinds[node] {
        case .choice(let name):
            return ExpressionError(
                offset: at.offset, message: "\(name) is a name, not a number",
                remedy: "compare it with == or != and a name in quotes, as \(name) == 'NAME'")
        case .text:
            return ExpressionError(
                offset: at.offset, message: "a text is not a number", value: at.text,
                remedy: "compare it with == or != and a component, as optimizer == 'sgd'")
        case .condition:
            let (place, remedy) = numberNeeded(at: node)
            return ExpressionError(
                offset: at.offset, message: "a comparison is not a number\(place)", value: text(of: node), remedy: remedy)
        case .number:
            return ExpressionError(
                offset: at.offset, message: "a number is not a comparison", value: text(of: node),
                remedy: comparisonMeant(by: node).map { "write \($0)" } ?? "compare it with something, as \(text(of: node)) > 0")
        }
    }

    /// What needs a number where a comparison stands, and what may have been meant.
    private func numberNeeded(at node: Int) -> (place: String, remedy: String) {
        guard let parent = parents[node].map({ tree.nodes[$0.node] }) else { return ("", "give arithmetic, as 0.5 / smoothness") }
        switch parent.kind {
        case .binary(let sign):
            let sides = parent.children.map(text)
            let areConditions = parent.children.allSatisfy { $0 < kinds.count && kinds[$0] == .condition }
            let remedy = switch sign {
            case .multiply where areConditions: "where both are to hold, write \(sides[0]) and \(sides[1])"
            case .add where areConditions: "where one of them is to hold, write \(sides[0]) or \(sides[1])"
            case .equal where areConditions: "where both hold or neither, write \(sides[0]) and \(sides[1]) or not \(sides[0]) and not \(sides[1])"
            case _ where sign.isComparison: "two comparisons are joined with and, or: write what is compared on each side"
            default: "write a number in its place, or join comparisons with and, or"
            }
            return (", and \(sign.rawValue) needs one", remedy)
        case .call(let name): return (", and \(name) needs one", "write a number in its place")
        case .negate: return (", and - needs one", "write not \(text(of: node))")
        case .plus: return (", and + needs one", "leave out the +")
        default: return ("", "write a number in its place")
        }
    }

    /// `rho == 0.1 or 0.2` is to say `rho == 0.2`.
    private func comparisonMeant(by node: Int) -> String? {
        guard let place = parents[node], case .binary(let sign) = tree.nodes[place.node].kind, sign == .and || sign == .or,
            place.place == 1, case .binary(let comparison) = tree.nodes[tree.nodes[place.node].children[0]].kind,
            comparison.isComparison
        else { return nil }
        let left = tree.nodes[tree.nodes[place.node].children[0]].children[0]
        return "\(text(of: tree.nodes[place.node].children[0])) \(sign.rawValue) \(text(of: left)) \(comparison.rawValue) \(text(of: node))"
    }

    /// A part of the expression as it was written, cut where it is long.
    private func text(of node: Int) -> String {
        var (last, brackets) = (node, 0)
        while true {
            switch tree.nodes[last].kind {
            case .group, .call, .index, .list: brackets += 1
            default: break
            }
            guard let child = tree.nodes[last].children.last else { break }
            last = child
        }
        let end = min(tree.nodes[last].token + brackets, tree.tokens.count - 1)
        var whole = "", previous = ""
        for text in tree.tokens[tree.nodes[node].first...max(end, tree.nodes[node].first)].map(\.text) {
            let isTight = whole.isEmpty || previous == "(" || text == ")" || text == ","
                || text == "(" && ExpressionFunction(rawValue: previous) != nil
            whole += (isTight ? "" : " ") + text
            previous = text
        }
        return whole.count <= 60 ? whole : whole.prefix(59) + "…"
    }
}

extension ExpressionFunction {
    /// Position among all functions.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
