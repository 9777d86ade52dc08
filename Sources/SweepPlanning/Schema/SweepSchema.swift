import Definitions
import JSONText
import ScalingFits
import TrialContract

/// The JSON Schema of the sweep file (draft 2020-12), for editors: completion, descriptions and most mistakes while
/// typing. What one field demands of another is checked by the planner alone.
package enum SweepSchema {
    /// The schema as indented JSON with a line break at its end.
    package static func json(catalogue: ComponentCatalogue) throws -> String {
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
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("properties", .object(axes)), ownAxis,
        ])
        case .zip: return described([("type", .string("array")), ("minItems", .number(1)), ("items", zipped)])
        case .derive: return described(derived)
        case .condition: return condition(field.summary)
        case .record:
            return named(
                .statistic, field.summary, usually: SweepDecoder.usualStatistics,
                orOwn: [ownStatistic(), usedStatistic, statisticWithParameters])
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
    ///
    /// - Parameter isOfTrajectory: whether it is taken at recorded steps, rather than of a trial.
    private func ownStatistic(isOfTrajectory: Bool = false) -> JSONValue {
        let over = JSONValue.object([
            ("description", .string("of which iterates it is taken; first: the first step at which it holds")),
            ("enum", strings(DefinedStatistic.Moment.allCases.map(\.rawValue))),
            ("default", .string(DefinedStatistic.Moment.end.rawValue)),
        ])
        let parameters = JSONValue.object([
            ("description", .string("numbers that the expression names")), ("type", .string("object")),
            ("patternProperties", .object([("^[A-Za-z_][A-Za-z0-9_]{0,63}$", .object([("type", .string("number"))]))])),
            ("additionalProperties", .boolean(false)),
        ])
        return .object([
            ("description", .string("a statistic of one's own: a number, a comparison or a vector over the problem's variables")),
            ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings(["name", "value"])),
            ("properties", .object(
                [
                    ("name", .object([("type", .string("string")), ("pattern", .string(Self.nameOfStatistic))])),
                    ("value", .object([("type", strings(["string", "number"]))])),
                ] + (isOfTrajectory ? [] : [("over", over)]) + [
                    ("parameters", parameters),
                    ("allow_large", .object([
                        ("description", .string(
                            "whether a vector of more than \(StatisticDefinition.usualNumbers) numbers is recorded, up to "
                                + "\(StatisticDefinition.largestNumbers)")),
                        ("type", .string("boolean")), ("default", .boolean(false)),
                    ])),
                    ("summary", .object([("type", .string("string"))])), ("formula", .object([("type", .string("string"))])),
                    ("citation", .object([("type", .string("string"))])),
                ])),
        ])
    }

    private static let nameOfStatistic = "^[a-z][a-z0-9_]{0,63}$"

    /// A statistic of the library or of a file under `use`, with other values of its parameters.
    private var statisticWithParameters: JSONValue {
        .object([
            ("description", .string("a statistic that is defined elsewhere, with parameters: its name and numbers")),
            ("type", .string("object")), ("required", strings(["name"])),
            ("not", .object([("anyOf", .array(["value", "over"].map { .object([("required", strings([$0]))]) }))])),
            ("properties", .object([
                ("name", .object([("type", .string("string")), ("pattern", .string(Self.nameOfStatistic))]))
            ])),
            ("additionalProperties", .object([("type", .string("number"))])),
        ])
    }

    /// The names of those of the library.
    private var builtInStatistics: [JSONValue] {
        builtIn.filter { $0.kind == .statistic }.map {
            .object([("description", .string("\($0.summary): \($0.formula)")), ("const", .string($0.name))])
        }
    }

    private var usedStatistic: JSONValue {
        .object([
            ("description", .string("a statistic of a file under use: its name")), ("type", .string("string")),
            ("pattern", .string(Self.nameOfStatistic)),
        ])
    }

    /// What may stand in `axes`: of numbers also ranges whose values a run chooses.
    private var axes: [(String, JSONValue)] {
        fields.fields.map { field in
            let listed = reference("axis.\(field.name)")
            return (field.name, field.isInteger ? listed : .object([("anyOf", .array([listed, reference("adaptive")]))]))
        } + ComponentKind.choices.map { ($0.fieldName, choice($0)) }
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

extension SchemaWriter {
    /// One component or a list of them.
    func choice(_ kind: ComponentKind) -> JSONValue {
        .object([
            ("description", .string(kind.fieldSummary)),
            ("anyOf", .array([reference(kind.fieldName), list(kind)])),
        ])
    }

    private func list(_ kind: ComponentKind) -> JSONValue {
        .object([
            ("type", .string("array")), ("minItems", .number(1)), ("items", reference(kind.fieldName)),
        ])
    }

    var definitions: [(String, JSONValue)] {
        ComponentKind.choices.flatMap(definitions) + [
            ("range", range(countIsNeeded: true)), ("spread", range(countIsNeeded: false)),
            ("eigenvalues", eigenvalues), ("block", block), ("adaptive", adaptive),
        ] + claimDefinitions + fields.fields.map { ("axis.\($0.name)", axis($0)) }
    }

    /// What may stand where one component does; of those that files of definitions hold, with the names that these have.
    private func definitions(_ kind: ComponentKind) -> [(String, JSONValue)] {
        guard Self.definable.contains(kind) else { return [(kind.fieldName, definition(kind))] }
        let name = ("name", JSONValue.object([("type", .string("string")), ("pattern", .string(DefinedName.pattern))]))
        let used = JSONValue.object([
            ("description", .string("a definition of a file under use: its name, with parameters beside it")),
            ("anyOf", .array([
                .object([("type", .string("string")), ("pattern", .string(DefinedName.pattern))]),
                .object([
                    ("type", .string("object")), ("required", strings(["name"])), ("properties", .object([name])),
                ]),
            ])),
        ])
        return [
            (Self.known(kind), definition(kind)),
            (kind.fieldName, .object([("anyOf", .array([reference(Self.known(kind)), used]))])),
        ]
    }

    private static let definable = DefinitionSection.kinds.filter(ComponentKind.choices.contains)
    private static func known(_ kind: ComponentKind) -> String { "\(kind.fieldName).known" }

    /// A sweep that uses no file names what the program knows.
    var withoutFiles: [(String, JSONValue)] {
        let known = Self.definable.map { kind in
            (kind.fieldName, JSONValue.object([
                ("anyOf", .array([
                    reference(Self.known(kind)),
                    .object([("type", .string("array")), ("items", reference(Self.known(kind)))]),
                ]))
            ]))
        }
        return [
            ("if", .object([("not", .object([("required", strings(["use"]))]))])),
            ("then", .object([
                ("properties", .object(known + [
                    ("record", named(
                        .statistic, "what is recorded", usually: SweepDecoder.usualStatistics,
                        orOwn: [ownStatistic(), statisticWithParameters] + builtInStatistics)),
                ]))
            ])),
        ]
    }

    /// A name, or a map with the name and parameters.
    private func definition(_ kind: ComponentKind) -> JSONValue {
        let members = catalogue.all(kind) + builtIn.filter { $0.kind == kind }
        // A name alone does where nothing else must be given.
        let names = JSONValue.object([("enum", strings(members.filter { $0.objective?.takesData != true }.map(\.name)))])
        let own: [JSONValue] = switch kind {
        case .problem: [definedProblem]
        case .optimizer: [definedAlgorithm]
        case .learningRateSchedule, .rhoSchedule: [definedSchedule(kind)]
        default: []
        }
        return .object([("anyOf", .array([names] + members.map { component(kind, $0) } + own))])
    }

    private func component(_ kind: ComponentKind, _ description: ComponentDescription) -> JSONValue {
        var properties: [(String, JSONValue)] = [("name", .object([("const", .string(description.name))]))]
        if kind == .problem, description.takesEigenvalues {
            properties.append(("eigenvalues", reference("eigenvalues")))
        }
        if description.objective?.takesData == true {
            properties.append(("data", .object([
                ("description", .string("a file of examples, LIBSVM text or HDF5 with X and y, from the sweep file's folder")),
                ("type", .string("string")),
            ])))
        }
        properties += description.parameters.map { ($0.name, parameter($0, kind)) }
        if kind == .problem, builtIn.contains(where: { $0.name == description.name }) {
            properties.append(("start", definedStarts))
        }
        var text = "\(description.summary): \(description.formula)"
        if !description.citation.isEmpty { text += " (\(description.citation))" }
        return .object([
            ("description", .string(text)), ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings(description.objective?.takesData == true ? ["name", "data"] : ["name"])),
            ("properties", .object(properties)),
        ])
    }

    private func parameter(_ parameter: ParameterDescription, _ kind: ComponentKind) -> JSONValue {
        guard parameter.isBoolean else { return number(NumericField(kind, parameter)) }
        let defaults = parameter.defaultValue.map { [("default", JSONValue.boolean($0 != 0))] } ?? []
        return .object([("description", .string(parameter.summary)), ("type", .string("boolean"))] + defaults)
    }

    private func range(countIsNeeded: Bool) -> JSONValue {
        .object([("anyOf", .array(RangeKind.allCases.map { range($0, countIsNeeded: countIsNeeded) }))])
    }

    private func range(_ kind: RangeKind, countIsNeeded: Bool) -> JSONValue {
        let ends = bounds(kind.isGeometric ? .positive : ParameterRange(-.infinity, .infinity), isInteger: false)
        let text = kind.isGeometric
            ? "equal ratios; from and to are the values themselves, not exponents" : "equal distances"
        let parts: [(String, JSONValue)] = [
            ("from", .object(ends)), ("to", .object(ends)),
            ("count", .object([
                ("type", .string("integer")), ("minimum", .number(1)),
                ("maximum", .number(Double(NumberListReader.mostValues))),
            ])),
        ]
        return .object([
            ("description", .string(text)), ("type", .string("object")), ("additionalProperties", .boolean(false)),
            ("required", strings([kind.rawValue])),
            ("properties", .object([
                (kind.rawValue, .object([
                    ("type", .string("object")), ("additionalProperties", .boolean(false)),
                    ("required", strings(countIsNeeded ? ["from", "to", "count"] : [])),
                    ("properties", .object(parts)),
                ]))
            ])),
        ])
    }

    private var positive: JSONValue { .object(bounds(.positive, isInteger: false)) }

    private var eigenvalues: JSONValue {
        .object([
            ("description", .string("a number for all coordinates, a range over them, or a list: one block per entry")),
            ("anyOf", .array([
                positive, reference("spread"), reference("block"),
                .object([
                    ("type", .string("array")), ("minItems", .number(1)),
                    ("items", .object([("anyOf", .array([positive, reference("block"), reference("range")]))])),
                ]),
            ])),
        ])
    }

    private var block: JSONValue {
        .object([
            ("description", .string("an eigenvalue that several coordinates share")), ("type", .string("object")),
            ("additionalProperties", .boolean(false)), ("required", strings(["value"])),
            ("properties", .object([
                ("value", positive),
                ("multiplicity", .object(bounds(ParameterRange(1, FieldCatalogue.largestDimension), isInteger: true))),
            ])),
        ])
    }
}

extension SchemaWriter {
    /// `curves`: at which steps, and of what.
    var curve: [(String, JSONValue)] {
        [
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["at"])),
            ("properties", .object([
                ("at", numbers("steps from 0 to the last; rounded to whole ones, each taken once", .nonNegative)),
                ("of", named(
                    .curveQuantity, "what is recorded there", usually: SweepDecoder.usualCurves,
                    orOwn: [ownStatistic(isOfTrajectory: true), usedStatistic, statisticWithParameters])),
            ])),
        ]
    }
}

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
