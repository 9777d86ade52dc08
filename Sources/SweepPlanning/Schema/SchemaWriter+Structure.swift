import JSONText
import TrialContract

extension SchemaWriter {
    func start(_ form: StartForm) -> JSONValue {
        let value = switch form {
        case .radius, .sphere: number(form.field)
        case .vector, .blocks: numbers(nil, form.field.range)
        }
        return .object([
            ("description", .string(form.summary)), ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings([form.rawValue])), ("properties", .object([(form.rawValue, value)])),
        ])
    }

    /// An entry of `zip`.
    var zipped: JSONValue {
        .object([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["name"])),
            ("minProperties", .number(3)),
            ("properties", .object(
                [("name", .object([("type", .string("string")), ("pattern", .string(NameRule.zip.pattern))]))] + swept)),
            ownAxis,
        ])
    }

    /// A bound, or a map that says of what.
    var divergence: [(String, JSONValue)] {
        func bound(_ quantity: DivergenceBound.Quantity) -> JSONValue {
            .object(bounds(SweepDecoder.boundRange(quantity), isInteger: false))
        }
        let named = DivergenceBound.Quantity.allCases.map { ($0.rawValue, bound($0)) }
        return [
            ("anyOf", .array([
                .object(bounds(SweepDecoder.boundRange(.objective), isInteger: false)),
                .object([
                    ("type", .string("object")), ("additionalProperties", .boolean(false)), ("minProperties", .number(1)),
                    ("maxProperties", .number(1)), ("properties", .object(named)),
                ]),
            ]))
        ]
    }

    func condition(_ summary: String) -> JSONValue {
        .object([
            ("description", .string(
                "\(summary), as learning_rate * smoothness < 2; arithmetic, comparisons, and or not, "
                    + "\(functions), the axes' names, dimension, steps, smoothness, strong_convexity, "
                    + "condition_number, gradients_per_step; components are compared with names in quotes, as optimizer != 'sgd' or "
                    + "rho == 0")),
            ("type", .string("string")),
        ])
    }

    var derived: [(String, JSONValue)] {
        [
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("properties", .object(fields.fields.map {
                ($0.name, .object([("description", .string($0.longName)), ("type", strings(["string", "number"]))]))
            })),
            ("patternProperties", .object([
                (Self.ownParameter, .object([("type", strings(["string", "number"]))]))
            ])),
        ]
    }

    private var functions: String { ExpressionFunction.allCases.map(\.rawValue).joined(separator: " ") }
}
