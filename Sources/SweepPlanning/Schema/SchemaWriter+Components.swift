import JSONText
import TrialContract

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
            ("eigenvalues", eigenvalues), ("block", block),
        ] + claimDefinitions + fields.fields.map { ("axis.\($0.name)", axis($0)) }
    }

    /// What may stand where one component does; of those that files of definitions hold, with the names that these have.
    private func definitions(_ kind: ComponentKind) -> [(String, JSONValue)] {
        guard Self.definable.contains(kind) else { return [(kind.fieldName, definition(kind))] }
        let name = ("name", JSONValue.object([("type", .string("string")), ("pattern", .string(Self.usedName))]))
        let used = JSONValue.object([
            ("description", .string("a definition of a file under use: its name, with parameters beside it")),
            ("anyOf", .array([
                .object([("type", .string("string")), ("pattern", .string(Self.usedName))]),
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

    private static let usedName = "^[a-z0-9][a-z0-9-]{0,99}$"
    private static let definable: [ComponentKind] = [.problem, .optimizer]
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
            ("then", .object([("properties", .object(known))])),
        ]
    }

    /// A name, or a map with the name and parameters.
    private func definition(_ kind: ComponentKind) -> JSONValue {
        let members = catalogue.all(kind) + builtIn.filter { $0.kind == kind }
        // A name alone does where nothing else must be given.
        let names = JSONValue.object([("enum", strings(members.filter { $0.objective?.takesData != true }.map(\.name)))])
        let own = kind == .problem ? [definedProblem] : kind == .optimizer ? [definedAlgorithm] : []
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
