import JSONText
import TrialContract

extension SchemaWriter {
    /// What claims refer to.
    var claimDefinitions: [(String, JSONValue)] {
        [
            ("claim", claim), ("claim.value", expression("a number or an expression over the cell's values")),
            ("claim.condition", text("a condition over the cell's values")),
            ("claim.measured", expression("an expression over recorded statistics and the cell's values")),
            ("claim.names", names), ("claim.constant", constant), ("claim.table", table),
        ]
    }

    private func text(_ description: String) -> JSONValue {
        .object([("description", .string(description)), ("type", .string("string"))])
    }

    private func expression(_ description: String) -> JSONValue {
        .object([("description", .string(description)), ("type", strings(["string", "number"]))])
    }

    private func map(_ required: [String], _ properties: [(String, JSONValue)]) -> JSONValue {
        .object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(required)),
            ("properties", .object(properties)),
        ])
    }

    private var names: JSONValue {
        let name = JSONValue.object([("type", .string("string"))])
        return .object([
            ("description", .string("one or several dimensions")),
            ("anyOf", .array([
                name, .object([("type", .string("array")), ("minItems", .number(1)), ("items", name)]),
            ])),
        ])
    }

    private var claim: JSONValue {
        let header: [(String, JSONValue)] = [
            ("name", .object([("type", .string("string")), ("pattern", .string(NameRule.claim.pattern))])),
            ("says", text("the claim in words")), ("source", text("where it is from")),
            ("where", reference("claim.condition")),
            ("holds", text("a condition that every trial must meet")),
            ("every", reference("claim.measured")), ("mean", reference("claim.measured")),
        ]
        let laws = ClaimLaw.Parameter.allCases.map { ($0.rawValue, law($0)) }
        let rest: [(String, JSONValue)] = [
            ("minus", .object([
                ("description", .string("the cell whose value of the same trial is subtracted, as {rho: 0}")),
                ("type", .string("object")),
            ])),
            ("largest_over", reference("claim.names")), ("smallest_over", reference("claim.names")),
        ]
        let confidence = JSONValue.object(
            [("description", .string("probability with which all intervals of the claim hold the truth"))]
                + bounds(ClaimDecoder.confidences, isInteger: false)
                + [("default", .number(Claim.standardConfidence))])
        return map(
            ["name", "says"],
            header + laws + rest + band + [("table", reference("claim.table")), ("confidence", confidence)])
    }

    /// What agrees with a claim.
    private var band: [(String, JSONValue)] {
        [
            ("at_least", reference("claim.value")), ("at_most", reference("claim.value")),
            ("is", reference("claim.value")), ("within", reference("claim.value")),
            ("tolerance", .object(
                [("description", .string("how far off a value may be, in parts of it"))]
                    + bounds(.nonNegative, isInteger: false))),
            ("constant", reference("claim.constant")),
        ]
    }

    private func law(_ parameter: ClaimLaw.Parameter) -> JSONValue {
        let models = JSONValue.object([("enum", strings(ClaimLaw.models(with: parameter)))])
        return map(
            ["of", "against"],
            [("of", reference("claim.measured")), ("against", reference("claim.value")), ("model", models)])
    }

    private var constant: JSONValue {
        map(["found_where"], [
            ("found_where", reference("claim.condition")),
            ("allowance", .object([("type", .string("number")), ("minimum", .number(1)), ("default", .number(1))])),
        ])
    }

    private var table: JSONValue {
        let any = JSONValue.object([("type", .string("object"))])
        let name = JSONValue.object([("type", .string("string"))])
        return map(
            ["rows", "columns", "outcomes", "expect"],
            [("rows", name), ("columns", name), ("outcomes", any), ("expect", any)])
    }
}
