import JSONText
import TrialContract

extension SchemaWriter {
    /// A number of trials or a goal.
    func trials(_ field: NumericField) -> JSONValue {
        let counts = bounds(ParameterRange(2, field.range.upper), isInteger: true)
        func count(_ description: String, _ usual: Int) -> JSONValue {
            .object([("description", .string(description))] + counts + [("default", .number(Double(usual)))])
        }
        let goal = closed([
            ("at_least", count("trials that every cell gets", TrialGoal.usualLeast)),
            ("at_most", count("trials that no cell goes beyond", TrialGoal.usualMost)),
            ("until", until),
            ("confidence", .object([
                ("description", .string("of the intervals that the goal speaks of")), ("type", .string("number")),
                ("minimum", .number(0.5)), ("exclusiveMaximum", .number(1)), ("default", .number(TrialGoal.usualConfidence)),
            ])),
        ], required: ["until"])
        return .object([
            ("description", .string(field.longName + "; or a goal, and trials are added in rounds until it is reached")),
            ("anyOf", .array([.object(bounds(field.range, isInteger: true)), goal])),
            ("default", .number(field.defaultValue ?? 1)),
        ])
    }

    private var until: JSONValue {
        let response = JSONValue.object([
            ("description", .string("a recorded statistic, or distance_squared")), ("type", .string("string")),
            ("default", .string(SweepDecoder.usualResponse)),
        ])
        func number(_ description: String, below end: Double? = nil) -> JSONValue {
            .object([
                ("description", .string(description)), ("type", .string("number")), ("exclusiveMinimum", .number(0)),
            ] + (end.map { [("exclusiveMaximum", .number($0))] } ?? []))
        }
        return .object([
            ("description", .string("when enough is known")),
            ("oneOf", .array([
                closed([
                    ("relative_error", number("each cell: half-width of the mean's interval over the mean", below: 1)),
                    ("of", response),
                ], required: ["relative_error"]),
                closed([
                    ("absolute_error", number("each cell: half-width of the mean's interval")), ("of", response),
                ], required: ["absolute_error"]),
                closed([
                    ("exponent", number("each group: the longer arm of the exponent's interval")), ("of", response),
                    ("against", .object([
                        ("description", .string("the axis of the law")), ("type", .string("string")), ("default", .string("rho")),
                    ])),
                ], required: ["exponent"]),
                closed([
                    ("crossing", number("each crossing of two settings: the longer arm of its interval over the crossing", below: 1)),
                    ("of", .object([
                        ("description", .string("the two that cross, as [n-sam, sgd]")), ("type", .string("array")),
                        ("items", .object([("type", .array([.string("string"), .string("number")]))])), ("minItems", .number(2)),
                        ("maxItems", .number(2)),
                    ])),
                    ("over", .object([
                        ("description", .string("the dimension they are values of")), ("type", .string("string")),
                        ("default", .string("optimizer")),
                    ])),
                    ("response", response),
                    ("against", .object([
                        ("description", .string("the axis along which they cross")), ("type", .string("string")), ("default", .string("rho")),
                    ])),
                ], required: ["crossing", "of"]),
                closed([
                    ("claims", .object([
                        ("description", .string("every claim passes or fails")), ("const", .string(SweepDecoder.decided)),
                    ])),
                ], required: ["claims"]),
            ])),
        ])
    }

    /// Where to stop though the goal is not reached.
    func budget(_ summary: String) -> JSONValue {
        let meanings = [
            "gradients": "evaluations of the gradient, over all trials", "seconds": "seconds of one run",
            "trials": "trials of all cells",
        ]
        return .object([
            ("description", .string(summary)),
            ("oneOf", .array(SweepDecoder.budgetKeys.map { key in
                closed([
                    (key, .object([
                        ("description", .string(meanings[key] ?? "")), ("type", .string("number")), ("exclusiveMinimum", .number(0)),
                    ])),
                ], required: [key])
            })),
        ])
    }

    private func closed(_ properties: [(String, JSONValue)], required: [String]) -> JSONValue {
        .object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(required)),
            ("properties", .object(properties)),
        ])
    }
}
