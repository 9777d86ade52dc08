import AxisRefinement
import JSONText
import TrialContract

extension SchemaWriter {
    /// A range whose values a run chooses, alone or with values beside it.
    var adaptive: JSONValue {
        let number = JSONValue.object([("type", .string("number"))])
        let range = JSONValue.object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings([SweepDecoder.adaptiveKey])),
            ("properties", .object([(SweepDecoder.adaptiveKey, inner)])),
        ])
        return .object([
            ("description", .string("a range whose values a run chooses, in rounds, where the answer needs them")),
            ("anyOf", .array([
                range,
                .object([
                    ("type", .string("array")), ("minItems", .number(1)), ("contains", range),
                    ("items", .object([("anyOf", .array([number, reference("range"), range]))])),
                ]),
            ])),
        ])
    }

    private var inner: JSONValue {
        func end(_ description: String) -> JSONValue {
            .object([("description", .string(description)), ("type", .string("number")), ("exclusiveMinimum", .number(0))])
        }
        func text(_ description: String, _ usual: String) -> JSONValue {
            .object([("description", .string(description)), ("type", .string("string")), ("default", .string(usual))])
        }
        return .object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["from", "to", "resolve"])),
            ("properties", .object([
                ("from", end("the smallest value")), ("to", end("the largest value")),
                ("at_most", .object([
                    ("description", .string("values of the range")), ("type", .string("integer")),
                    ("minimum", .number(Double(AdaptiveAxis.fewest))), ("maximum", .number(Double(AdaptiveAxis.mostAllowed))),
                    ("default", .number(Double(AdaptiveAxis.usualMost))),
                ])),
                ("resolve", .object([
                    ("description", .string("what the values are for: where two settings cross, where the local exponent changes, the course between")),
                    ("enum", strings(AdaptiveAxis.Target.allCases.map(\.rawValue))),
                ])),
                ("of", .object([
                    ("description", .string("the response; of a crossing the two that cross, every two where it is left out")),
                    ("anyOf", .array([
                        .object([("type", .string("string"))]),
                        .object([
                            ("type", .string("array")), ("items", .object([("type", .array([.string("string"), .string("number")]))])),
                            ("minItems", .number(2)), ("maxItems", .number(2)),
                        ]),
                    ])),
                ])),
                ("over", text("of a crossing: the dimension that the two are values of", "optimizer")),
                ("response", text("of a crossing: a recorded statistic, or distance_squared", SweepDecoder.usualResponse)),
                ("values", .object([
                    ("description", .string("values that an earlier run took; written into results")), ("type", .string("array")),
                    ("items", .object([("type", .string("number"))])),
                ])),
            ])),
        ])
    }
}
