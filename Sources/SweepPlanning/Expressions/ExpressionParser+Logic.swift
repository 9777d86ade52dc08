extension ExpressionParser {
    private static let comparisons = ["<=", ">=", "==", "!=", "<", ">"]

    mutating func disjunction() throws(ExpressionError) -> Kind {
        let first = token
        let kind = try conjunction()
        guard token.kind == .name("or") else { return kind }
        try require(kind, .condition, first)
        while take("or") {
            let next = token
            try require(try conjunction(), .condition, next)
            emit(.or)
        }
        return .condition
    }

    private mutating func conjunction() throws(ExpressionError) -> Kind {
        let first = token
        let kind = try negation()
        guard token.kind == .name("and") else { return kind }
        try require(kind, .condition, first)
        while take("and") {
            let next = token
            try require(try negation(), .condition, next)
            emit(.and)
        }
        return .condition
    }

    private mutating func negation() throws(ExpressionError) -> Kind {
        guard take("not") else { return try comparison() }
        let first = token
        let kind = try nested { parser throws(ExpressionError) in try parser.negation() }
        try require(kind, .condition, first)
        emit(.not)
        return .condition
    }

    func require(_ kind: Kind, _ wanted: Kind, _ at: ExpressionToken) throws(ExpressionError) {
        if kind != wanted { throw notANumber(kind, at) }
    }

    private mutating func comparison() throws(ExpressionError) -> Kind {
        let left = token
        let kind = try sum()
        guard isComparison(token) else { return kind }
        guard kind == .number else { return try names(kind, left) }
        try link()
        if isComparison(token) {
            try link(isSecond: true)
            emit(.and)
        }
        guard !isComparison(token) else {
            throw ExpressionError(
                offset: token.offset, message: "chains more than two comparisons", remedy: "join comparisons with and")
        }
        return .condition
    }

    /// A sign and the number on its right, compared with what is on the stack.
    private mutating func link(isSecond: Bool = false) throws(ExpressionError) {
        guard let sign = take(oneOf: Self.comparisons) else { return }
        let right = token
        try require(try sum(), .number, right)
        let isChained = !isSecond && isComparison(token)
        // The right side is needed again: it is kept below and brought up afterwards.
        if isChained { emit(.tuck) }
        emit(code(sign))
        if isChained { emit(.swap) }
    }

    private func isComparison(_ token: ExpressionToken) -> Bool {
        if case .sign(let sign) = token.kind { return Self.comparisons.contains(sign) }
        return false
    }

    private func code(_ sign: String) -> Program.Code {
        switch sign {
        case "<": .less
        case "<=": .lessOrEqual
        case ">": .greater
        case ">=": .greaterOrEqual
        case "==": .equal
        default: .notEqual
        }
    }

    /// A component compared with a name, in either order.
    private mutating func names(_ leftKind: Kind, _ left: ExpressionToken) throws(ExpressionError) -> Kind {
        guard leftKind != .condition else { throw notANumber(leftKind, left) }
        guard let sign = take(oneOf: ["==", "!="]) else {
            throw ExpressionError(
                offset: token.offset, message: "names have no order", value: token.text,
                remedy: "compare them with == or !=")
        }
        let right = token
        let rightKind = try sum()
        switch (leftKind, rightKind) {
        case (.choice(let name), .text(let text)): try emitMembership(name, text, right)
        case (.text(let text), .choice(let name)): try emitMembership(name, text, left)
        default: throw notANumber(leftKind, left)
        }
        guard !isComparison(token) else { throw unexpected("one comparison of names at a time") }
        if sign == "!=" { emit(.not) }
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
}
