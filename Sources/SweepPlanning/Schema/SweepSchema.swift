import JSONText
import TrialContract

/// The JSON Schema of the sweep file (draft 2020-12), for editors: completion, descriptions and most mistakes while
/// typing. What one field demands of another is checked by the planner alone.
public enum SweepSchema {
    /// The schema as indented JSON with a line break at its end.
    public static func json(catalogue: ComponentCatalogue) throws -> String {
        let builtIn = try SweepPlanner.builtInDefinitions(catalogue: catalogue).map(\.description)
        return SchemaWriter(catalogue: catalogue, builtIn: builtIn).root.pretty + "\n"
    }
}

/// Puts the schema together from the catalogue and the fields.
struct SchemaWriter {
    let catalogue: ComponentCatalogue
    /// What the program's library defines beside the catalogue.
    let builtIn: [ComponentDescription]
    let fields: FieldCatalogue

    init(catalogue: ComponentCatalogue, builtIn: [ComponentDescription]) {
        self.catalogue = catalogue
        self.builtIn = builtIn
        fields = FieldCatalogue(catalogue)
    }

    var root: JSONValue {
        .object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("samsweep sweep file")),
            ("description", .string("A sweep of stochastic SAM trials; schema version 1.")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings(SweepField.required)),
            ("properties", .object(properties)),
        ] + withoutFiles + [("$defs", .object(definitions))])
    }

    private var properties: [(String, JSONValue)] { SweepField.all.map { ($0.name, form(of: $0)) } }

    /// What a field may hold, with its description.
    private func form(of field: SweepField) -> JSONValue {
        let description = ("description", JSONValue.string(field.summary))
        func described(_ members: [(String, JSONValue)]) -> JSONValue { .object([description] + members) }
        switch field.form {
        case .version: return described([("const", .number(SweepDecoder.schemaVersion))])
        case .name: return described([("type", .string("string")), ("pattern", .string(NameRule.sweep.pattern))])
        case .title: return described([("type", strings(["string", "number"]))])
        case .number(let number): return self.number(number)
        case .trials(let number): return trials(number)
        case .budget: return budget(field.summary)
        case .word(let words, _): return described([("enum", strings(words)), ("default", .string(words[0]))])
        case .flag(let flag, _): return described([("type", .string("boolean")), ("default", .boolean(flag))])
        case .choice(let kind): return choice(kind)
        case .start: return described([("oneOf", .array(StartForm.allCases.map(start)))])
        case .axes: return described([
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("properties", .object(swept)), ownAxis,
        ])
        case .zip: return described([("type", .string("array")), ("minItems", .number(1)), ("items", zipped)])
        case .derive: return described(derived)
        case .condition: return condition(field.summary)
        case .record:
            return named(.statistic, field.summary, usually: SweepDecoder.usualStatistics, orOwn: [ownStatistic])
        case .curves: return described(curve)
        case .divergence: return described(divergence)
        case .claims: return described([("type", .string("array")), ("items", reference("claim"))])
        case .use: return described([
            ("anyOf", .array([
                .object([("type", .string("string"))]),
                .object([("type", .string("array")), ("items", .object([("type", .string("string"))]))]),
            ]))
        ])
        case .used: return described([
            ("type", .string("object")), ("additionalProperties", .object([("type", .string("string"))])),
        ])
        }
    }

    /// Members of a kind: one name or a list.
    func named(_ kind: ComponentKind, _ description: String, usually standard: [String], orOwn own: [JSONValue] = []) -> JSONValue {
        let names = JSONValue.object([
            ("anyOf", .array(own + catalogue.all(kind).map {
                .object([("description", .string("\($0.summary): \($0.formula)")), ("const", .string($0.name))])
            }))
        ])
        return .object([
            ("description", .string(description)),
            ("anyOf", .array([
                names,
                .object([
                    ("type", .string("array")), ("minItems", .number(1)), ("uniqueItems", .boolean(true)),
                    ("items", names),
                ]),
            ])),
            ("default", strings(standard)),
        ])
    }

    /// A statistic of the sweep's own.
    private var ownStatistic: JSONValue {
        .object([
            ("description", .string("a statistic of one's own: one number over the problem's variables")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings(["name", "value"])),
            ("properties", .object([
                ("name", .object([("type", .string("string")), ("pattern", .string("^[a-z][a-z0-9_]{0,63}$"))])),
                ("value", .object([("type", strings(["string", "number"]))])),
                ("over", .object([
                    ("enum", strings(DefinedStatistic.Moment.allCases.map(\.rawValue))),
                    ("default", .string(DefinedStatistic.Moment.end.rawValue)),
                ])),
            ])),
        ])
    }

    /// Everything that can be an axis, in `axes` and in a zip.
    var swept: [(String, JSONValue)] {
        fields.fields.map { ($0.name, reference("axis.\($0.name)")) }
            + ComponentKind.choices.map { ($0.fieldName, choice($0)) }
    }

    func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    func reference(_ name: String) -> JSONValue { .object([("$ref", .string("#/$defs/\(name)"))]) }

    /// The members of a number: its type and bounds.
    func bounds(_ range: ParameterRange, isInteger: Bool) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [("type", .string(isInteger ? "integer" : "number"))]
        if range.lower > -.infinity {
            members.append((range.lowerIsOpen ? "exclusiveMinimum" : "minimum", .number(range.lower)))
        }
        if range.upper < .infinity {
            members.append((range.upperIsOpen ? "exclusiveMaximum" : "maximum", .number(range.upper)))
        }
        return members
    }

    /// A single number.
    func number(_ field: NumericField) -> JSONValue {
        let defaults = field.defaultValue.map { [("default", JSONValue.number($0))] } ?? []
        return .object(
            [("description", .string(field.longName))] + bounds(field.range, isInteger: field.isInteger) + defaults)
    }

    func axis(_ field: NumericField) -> JSONValue { numbers(field.longName, field.range, isInteger: field.isInteger) }

    /// A number, a range, or a list of both.
    func numbers(_ description: String?, _ range: ParameterRange, isInteger: Bool = false) -> JSONValue {
        let single = JSONValue.object(bounds(range, isInteger: isInteger))
        return .object((description.map { [("description", .string($0))] } ?? []) + [
            ("anyOf", .array([
                single, reference("range"),
                .object([
                    ("type", .string("array")), ("minItems", .number(1)),
                    ("items", .object([("anyOf", .array([single, reference("range")]))])),
                ]),
            ])),
        ])
    }
}
