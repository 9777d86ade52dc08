extension ExpressionParser {
    mutating func sum() throws(ExpressionError) -> Kind {
        let first = token
        let kind = try product()
        while let sign = take(oneOf: ["+", "-"]) {
            try require(kind, .number, first)
            let next = token
            try require(try product(), .number, next)
            emit(sign == "+" ? .add : .subtract)
        }
        return kind
    }

    private mutating func product() throws(ExpressionError) -> Kind {
        let first = token
        let kind = try signed()
        while let sign = take(oneOf: ["*", "/"]) {
            try require(kind, .number, first)
            let next = token
            try require(try signed(), .number, next)
            emit(sign == "*" ? .multiply : .divide)
        }
        return kind
    }

    private mutating func signed() throws(ExpressionError) -> Kind {
        guard let sign = take(oneOf: ["-", "+"]) else { return try power() }
        let first = token
        let kind = try nested { parser throws(ExpressionError) in try parser.signed() }
        try require(kind, .number, first)
        if sign == "-" { emit(.negate) }
        return .number
    }

    private mutating func power() throws(ExpressionError) -> Kind {
        let first = token
        let kind = try atom()
        guard take(oneOf: ["**", "^"]) != nil else { return kind }
        try require(kind, .number, first)
        let exponent = token
        let exponentKind = try nested { parser throws(ExpressionError) in try parser.signed() }
        try require(exponentKind, .number, exponent)
        emit(.power)
        return .number
    }

    private mutating func atom() throws(ExpressionError) -> Kind {
        let here = token
        switch here.kind {
        case .number(let value):
            position += 1
            program.constants.append(value)
            emit(.constant, program.constants.count - 1)
            return .number
        case .text(let text):
            position += 1
            return .text(text)
        case .sign("("):
            position += 1
            let kind = try nested { parser throws(ExpressionError) in try parser.disjunction() }
            guard take(")") else { throw unexpected(")") }
            return kind
        case .name(let name):
            guard !["and", "or", "not"].contains(name) else { throw unexpected("a number, a name or a bracket") }
            position += 1
            return take("(") ? try call(name, here) : try load(name, here)
        case .sign, .end: throw unexpected("a number, a name or a bracket")
        }
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

    private mutating func call(_ name: String, _ here: ExpressionToken) throws(ExpressionError) -> Kind {
        guard let function = ExpressionFunction(rawValue: name) else {
            throw ExpressionError(
                offset: here.offset, message: "is not a known function", value: name,
                remedy: NearestName.remedy(for: name, among: ExpressionFunction.allCases.map(\.rawValue)))
        }
        var count = 0
        if token.kind != .sign(")") {
            repeat {
                let argument = token
                let kind = try nested { parser throws(ExpressionError) in try parser.sum() }
                try require(kind, .number, argument)
                count += 1
                if count > 1, function.arguments.upperBound > 1 { emit(.binary, function.index) }
            } while take(",")
        }
        guard take(")") else { throw unexpected(", or )") }
        guard function.arguments.contains(count) else {
            let wanted = function.arguments.count == 1 ? "\(function.arguments.lowerBound)" : "2 or more"
            throw ExpressionError(
                offset: here.offset, message: "\(name) takes \(wanted) argument\(wanted == "1" ? "" : "s")",
                value: "\(count)", remedy: "write \(name)(\(wanted == "1" ? "x" : "x, y"))")
        }
        if function.arguments.upperBound == 1 { emit(.unary, function.index) }
        return .number
    }
}

extension ExpressionFunction {
    /// Position among all functions.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
