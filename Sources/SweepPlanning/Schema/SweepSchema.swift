import JSONText
import TrialContract

/// The JSON Schema of the sweep file (draft 2020-12), for editors: completion, descriptions and most mistakes while
/// typing. What one field demands of another is checked by the planner alone.
public enum SweepSchema {
    /// The schema as indented JSON with a line break at its end.
    public static func json(catalogue: ComponentCatalogue) -> String {
        SchemaWriter(catalogue: catalogue).root.pretty + "\n"
    }
}

/// Puts the schema together from the catalogue and the fields.
struct SchemaWriter {
    let catalogue: ComponentCatalogue
    let fields: FieldCatalogue

    init(catalogue: ComponentCatalogue) {
        self.catalogue = catalogue
        fields = FieldCatalogue(catalogue)
    }

    var root: JSONValue {
        .object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("samsweep sweep file")),
            ("description", .string("A sweep of stochastic SAM trials; schema version 1.")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings(["schema", "name"])),
            ("properties", .object(properties)),
            ("$defs", .object(definitions)),
        ])
    }

    private var properties: [(String, JSONValue)] {
        let choices = ComponentKind.choices.map { ($0.fieldName, choice($0)) }
        let numbers = [
            FieldCatalogue.steps, FieldCatalogue.seed, FieldCatalogue.learningRate, FieldCatalogue.rho,
            FieldCatalogue.noise, FieldCatalogue.dimension,
        ].map { ($0.name, number($0)) }
        return header + choices + words + numbers + [
            ("start", start),
            ("axes", .object([
                ("description", .string("What is swept: a list of values and ranges for each name. All are combined.")),
                ("type", .string("object")), ("additionalProperties", .boolean(false)),
                ("properties", .object(swept)), ownAxis,
            ])),
            ("zip", zip), ("where", condition), ("derive", derive), ("record", record), ("curves", curves),
            ("claims", claims),
        ]
    }

    /// Everything that can be an axis, in `axes` and in a zip.
    var swept: [(String, JSONValue)] {
        fields.fields.map { ($0.name, reference("axis.\($0.name)")) }
            + ComponentKind.choices.map { ($0.fieldName, choice($0)) }
    }

    private var header: [(String, JSONValue)] {
        [
            ("schema", .object([
                ("description", .string("version of the sweep file's grammar")),
                ("const", .number(SweepDecoder.schemaVersion)),
            ])),
            ("name", .object([
                ("description", .string("names the result")), ("type", .string("string")),
                ("pattern", .string("^[a-z0-9-]{1,100}$")),
            ])),
            ("title", .object([
                ("description", .string("one line about the sweep; defaults to the name")),
                ("type", strings(["string", "number"])),
            ])),
            ("trials", .object([
                ("description", .string("trials (seeds) per cell, numbered from 0")), ("type", .string("integer")),
                ("minimum", .number(1)), ("maximum", .number(9_007_199_254_740_991)), ("default", .number(1)),
            ])),
        ]
    }

    private var words: [(String, JSONValue)] {
        [
            ("noise_scale", word(
                ["total", "per_coordinate"],
                "total: E|xi|^2 = noise^2 (the literature's sigma^2); per_coordinate: every coordinate's variance is "
                    + "noise^2")),
            ("noise_precision", word(
                NoisePrecision.allCases.map(\.rawValue),
                "at what resolution noise is drawn; the state is double precision")),
            ("method", word(SweepDecoder.methods, "full simulation, or the exact reduction to block norms")),
            ("common_random_numbers", .object([
                ("description", .string("whether the same trial sees the same unit noise in every cell")),
                ("type", .string("boolean")), ("default", .boolean(true)),
            ])),
        ]
    }

    private func word(_ words: [String], _ description: String) -> JSONValue {
        .object([
            ("description", .string(description)), ("enum", strings(words)), ("default", .string(words[0])),
        ])
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

    /// A number, a range, or a list of both.
    func axis(_ field: NumericField) -> JSONValue {
        let single = JSONValue.object(bounds(field.range, isInteger: field.isInteger))
        return .object([
            ("description", .string(field.longName)),
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
