import JSONText
import TrialContract

extension SchemaWriter {
    /// `curves`: trajectories.
    var curves: JSONValue {
        .object([
            ("description", .string("trajectories: summaries over a cell's trials at some steps on the way")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["at"])),
            ("properties", .object([("at", curveSteps), ("of", curveQuantities)])),
        ])
    }

    private var curveSteps: JSONValue {
        let step = JSONValue.object(bounds(.nonNegative, isInteger: false))
        return .object([
            ("description", .string("steps from 0 to the last; rounded to whole ones, each taken once")),
            ("anyOf", .array([
                step, reference("range"),
                .object([
                    ("type", .string("array")), ("minItems", .number(1)),
                    ("items", .object([("anyOf", .array([step, reference("range")]))])),
                ]),
            ])),
        ])
    }

    private var curveQuantities: JSONValue {
        let names = JSONValue.object([
            ("anyOf", .array(catalogue.all(.curveQuantity).map {
                .object([("description", .string("\($0.summary): \($0.formula)")), ("const", .string($0.name))])
            }))
        ])
        return .object([
            ("description", .string("what is recorded there")),
            ("anyOf", .array([
                names,
                .object([
                    ("type", .string("array")), ("minItems", .number(1)), ("uniqueItems", .boolean(true)),
                    ("items", names),
                ]),
            ])),
            ("default", strings(SweepDecoder.usualCurves)),
        ])
    }
}
