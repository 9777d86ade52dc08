import Definitions
import JSONText
import TrialContract

/// Objectives, algorithms and schedules of one's own.
extension SchemaWriter {
    /// Parameters of a sweep's own objective, algorithms and schedules as axes: as `problem.` or `optimizer.` and a name.
    static let ownParameter = "^(problem|optimizer|learning_rate_schedule|rho_schedule)\\.[A-Za-z_][A-Za-z0-9_]*$"

    /// What such an axis may hold.
    var ownAxis: (String, JSONValue) {
        let any = NumericField("problem", "parameter of the sweep's own objective, algorithm or schedule", ParameterRange(-.infinity, .infinity))
        return ("patternProperties", .object([(Self.ownParameter, axis(any))]))
    }

    var definedProblem: JSONValue {
        .object([
            ("description", .string("an objective of one's own: what is minimised, as an expression of its variables")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["objective"])),
            ("properties", .object([
                ("name", .object([("type", .string("string")), ("pattern", .string(DefinedName.pattern))])),
                ("summary", text("one line about it")), ("formula", text("the formula as a paper has it")),
                ("citation", text("where it is from")),
                ("parameters", map("numbers that can be axes, as problem.NAME", .object([("type", .string("number"))]))),
                ("variables", map(
                    "what x is made of: a length for a vector, two for a matrix, 1 for a number; default {x: dimension}",
                    lengths)),
                ("constants", map("numbers that stay: typed in, computed, drawn once, or from a file", definedConstant)),
                ("let", map("shorthand for expressions", expression("an expression"))),
                ("objective", expression("f, one number, as sum(x^2) / 2")),
                ("sample", map("what a stochastic gradient draws in each step", sampleLaw)),
                ("stochastic", expression("what a stochastic gradient is the gradient of; default: the objective")),
                ("minimum", expression("the least value of the objective")),
                ("minimisers", numberList("one point, or a list of points, where it is smallest")),
                ("distance", expression("the distance to the minimisers, as an expression")),
                ("smoothness", expression("the Lipschitz constant of the gradient, of the parameters")),
                ("strong_convexity", expression("the constant of strong convexity, of the parameters")),
                ("start", definedStarts),
            ])),
        ])
    }

    var definedAlgorithm: JSONValue {
        let number = JSONValue.object([("type", .string("number"))])
        return .object([
            ("description", .string("an algorithm of one's own: what a step does, one assignment a line")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["name", "step"])),
            ("properties", .object([
                ("name", .object([("type", .string("string")), ("pattern", .string(DefinedName.pattern))])),
                ("summary", text("one line about it")), ("formula", text("the formula as a paper has it")),
                ("citation", text("where it is from")),
                ("parameters", map("numbers that can be axes, as optimizer.NAME", number)),
                ("memory", map("numbers or vectors kept from step to step, with their first value", number)),
                ("step", text("the program, as x = x - learning_rate * grad(x + rho * unit(grad(x)))")),
            ])),
        ])
    }

    func definedSchedule(_ kind: ComponentKind) -> JSONValue {
        .object([
            ("description", .string("a \(kind.noun) of one's own: its factor at step t, as a formula")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["factor"])),
            ("properties", .object([
                ("name", .object([("type", .string("string")), ("pattern", .string(DefinedName.pattern))])),
                ("summary", text("one line about it")), ("formula", text("the formula as a paper has it")),
                ("citation", text("where it is from")),
                ("factor", expression("what the base value is multiplied with at t = 0 ... steps - 1, as 1 / (t + 1)")),
                ("parameters", map(
                    "numbers that can be axes, as \(kind.fieldName).NAME", .object([("type", .string("number"))]))),
            ])),
        ])
    }

    private func text(_ description: String) -> JSONValue {
        .object([("description", .string(description)), ("type", .string("string"))])
    }

    private func expression(_ description: String) -> JSONValue {
        .object([("description", .string(description)), ("type", strings(["string", "number"]))])
    }

    private func map(_ description: String, _ value: JSONValue) -> JSONValue {
        .object([
            ("description", .string(description)), ("type", .string("object")),
            ("patternProperties", .object([("^[A-Za-z_][A-Za-z0-9_]{0,63}$", value)])), ("additionalProperties", .boolean(false)),
        ])
    }

    private var lengths: JSONValue {
        let length = expression("a length")
        return .object([
            ("anyOf", .array([
                length,
                .object([
                    ("type", .string("array")), ("items", length), ("minItems", .number(1)), ("maxItems", .number(2)),
                ]),
            ]))
        ])
    }

    /// Numbers or expressions, or lists of them.
    private func numberList(_ description: String) -> JSONValue {
        let item = expression("a number")
        let row = JSONValue.object([("type", .string("array")), ("items", item), ("minItems", .number(1))])
        return .object([
            ("description", .string(description)),
            ("anyOf", .array([
                item, row, .object([("type", .string("array")), ("items", .object([("anyOf", .array([item, row]))]))]),
            ])),
        ])
    }

    private func object(_ properties: [(String, JSONValue)], required: [String]) -> JSONValue {
        .object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(required)),
            ("properties", .object(properties)),
        ])
    }

    private var definedConstant: JSONValue {
        let laws = ProblemDefinition.DrawnLaw.allCases.map(\.rawValue)
        let ends = [("from", expression("the first")), ("to", expression("the last")), ("count", expression("how many"))]
        let seed = JSONValue.object([("type", .string("integer")), ("minimum", .number(0))])
        return .object([
            ("anyOf", .array(
                [numberList("numbers")]
                    + laws.map { object([($0, lengths), ("seed", seed)], required: [$0, "seed"]) }
                    + RangeKind.allCases.map { kind in
                        object([(kind.rawValue, object(ends, required: ends.map { $0.0 }))], required: [kind.rawValue])
                    } + [
                        object([("list", numberList("numbers")), ("pad_to", expression("a length"))], required: ["list"]),
                        object(
                            [
                                ("file", text("CSV, .npy, HDF5 or LIBSVM text")), ("dataset", text("of an HDF5 file")),
                                ("array", text("X or y of LIBSVM text")),
                            ], required: ["file"]),
                    ]))
        ])
    }

    private var sampleLaw: JSONValue {
        let laws = ["normal", "rademacher", "uniform", "cauchy"]
        return .object([
            ("anyOf", .array(
                laws.map { object([($0, lengths)], required: [$0]) } + [
                    object(
                        [("student_t", lengths), ("freedom", expression("degrees of freedom, above 0"))],
                        required: ["student_t", "freedom"]),
                    object(
                        [
                            ("choice", expression("one index below this")),
                            ("weights", expression("a weight of 0 or more for each index; default: all alike")),
                        ], required: ["choice"]),
                    object(
                        [
                            ("batch", expression("how many indices")), ("of", expression("of how many")),
                            ("replacement", .object([("type", .string("boolean")), ("default", .boolean(false))])),
                        ], required: ["batch", "of"]),
                ]))
        ])
    }

    var definedStarts: JSONValue { map("where each variable begins", definedStart) }

    private var definedStart: JSONValue {
        .object([
            ("anyOf", .array([
                numberList("one number for all, or one for each"),
                object([("normal", expression("standard deviation"))], required: ["normal"]),
                object([("sphere", expression("radius"))], required: ["sphere"]),
                object(
                    [("uniform", .object([
                        ("type", .string("array")), ("items", expression("an end")), ("minItems", .number(2)),
                        ("maxItems", .number(2)),
                    ]))], required: ["uniform"]),
            ]))
        ])
    }
}
