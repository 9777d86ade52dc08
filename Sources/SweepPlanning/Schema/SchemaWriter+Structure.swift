import JSONText
import TrialContract

extension SchemaWriter {
    var start: JSONValue {
        let numbers = { (range: ParameterRange) -> JSONValue in
            let item = JSONValue.object(bounds(range, isInteger: false))
            return .object([
                ("anyOf", .array([
                    item, reference("range"),
                    .object([
                        ("type", .string("array")), ("minItems", .number(1)),
                        ("items", .object([("anyOf", .array([item, reference("range")]))])),
                    ]),
                ]))
            ])
        }
        let forms: [(String, String, JSONValue)] = [
            ("radius", "x0 - x* = radius (1, ..., 1)/sqrt(d)", number(FieldCatalogue.radius)),
            ("vector", "x0 itself", numbers(ParameterRange(-.infinity, .infinity))),
            ("blocks", "the norm in each eigen-block", numbers(.nonNegative)),
            ("sphere", "uniform on the sphere, from the trial's own stream", number(FieldCatalogue.sphere)),
        ]
        return .object([
            ("description", .string("where trials begin")),
            ("oneOf", .array(forms.map { name, text, value in
                .object([
                    ("description", .string(text)), ("type", .string("object")), ("additionalProperties", .boolean(false)),
                    ("required", strings([name])), ("properties", .object([(name, value)])),
                ])
            })),
        ])
    }

    var zip: JSONValue {
        .object([
            ("description", .string("axes that run side by side; a zip is one dimension and multiplies with the rest")),
            ("type", .string("array")), ("minItems", .number(1)),
            ("items", .object([
                ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["name"])),
                ("minProperties", .number(3)),
                ("properties", .object(
                    [("name", .object([
                        ("type", .string("string")), ("pattern", .string("^[a-z][a-z0-9_-]{0,99}$")),
                    ]))] + swept)), ownAxis,
            ])),
        ])
    }

    var condition: JSONValue {
        .object([
            ("description", .string(
                "cells to keep, as learning_rate * smoothness < 2; arithmetic, comparisons, and or not, "
                    + "\(functions), the axes' names, dimension, steps, smoothness, strong_convexity, "
                    + "condition_number; components are compared with names in quotes, as optimizer != 'sgd' or "
                    + "rho == 0")),
            ("type", .string("string")),
        ])
    }

    var derive: JSONValue {
        .object([
            ("description", .string("numbers computed from others, as learning_rate: 0.5 / smoothness")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("properties", .object(fields.fields.map {
                ($0.name, .object([("description", .string($0.longName)), ("type", strings(["string", "number"]))]))
            })),
            ("patternProperties", .object([
                (Self.ownParameter, .object([("type", strings(["string", "number"]))]))
            ])),
        ])
    }

    private var functions: String { ExpressionFunction.allCases.map(\.rawValue).joined(separator: " ") }

    var record: JSONValue {
        let names = JSONValue.object([
            ("anyOf", .array(catalogue.all(.statistic).map {
                .object([("description", .string("\($0.summary): \($0.formula)")), ("const", .string($0.name))])
            }))
        ])
        return .object([
            ("description", .string("quantities the result holds for every trial")),
            ("anyOf", .array([
                names,
                .object([
                    ("type", .string("array")), ("minItems", .number(1)), ("uniqueItems", .boolean(true)),
                    ("items", names),
                ]),
            ])),
            ("default", strings(["distance", "suboptimality"])),
        ])
    }
}
