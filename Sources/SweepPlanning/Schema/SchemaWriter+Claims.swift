import JSONText
import ScalingFits
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

    private func map(
        _ required: [String], _ properties: [(String, JSONValue)], _ description: String? = nil
    ) -> JSONValue {
        .object((description.map { [("description", .string($0))] } ?? []) + [
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
        map(ClaimField.all.filter(\.isRequired).map(\.name), ClaimField.all.map { ($0.name, form(of: $0)) })
    }

    /// What a key may hold, with its description.
    private func form(of field: ClaimField) -> JSONValue {
        let description = ("description", JSONValue.string(field.summary))
        func described(_ members: [(String, JSONValue)]) -> JSONValue { .object([description] + members) }
        func reference(_ name: String) -> JSONValue { described([("$ref", .string("#/$defs/claim.\(name)"))]) }
        switch field.form {
        case .name: return described([("type", .string("string")), ("pattern", .string(NameRule.claim.pattern))])
        case .paragraph, .holds: return text(field.summary)
        case .condition: return reference("condition")
        case .every, .mean: return reference("measured")
        case .law(let parameter): return law(parameter, field.summary)
        case .baseline: return described([("type", .string("object"))])
        case .dimensions: return reference("names")
        case .bound: return reference("value")
        case .tolerance: return described(bounds(.nonNegative, isInteger: false))
        case .constant: return reference("constant")
        case .table: return reference("table")
        case .confidence:
            return described(
                bounds(ClaimDecoder.confidences, isInteger: false) + [("default", .number(Claim.standardConfidence))])
        }
    }

    private func law(_ parameter: ClaimLaw.Parameter, _ description: String) -> JSONValue {
        let models = JSONValue.object([("enum", strings(ModelCatalogue.claimable(with: parameter.rawValue)))])
        return map(
            ["of", "against"],
            [("of", reference("claim.measured")), ("against", reference("claim.value")), ("model", models)],
            description)
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
