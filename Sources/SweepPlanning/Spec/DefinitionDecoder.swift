import Definitions
import ExpressionSyntax
import TrialContract
import Wording

/// An objective that a sweep file defines, with what the planner needs beside it.
final class DefinedProblem: Sendable {
    private struct Key: Hashable {
        var parameters: [Double]
        var dimension: Int
    }

    let definition: ProblemDefinition
    let description: ComponentDescription
    /// Where the definition's texts stand, by their source number.
    let places: [(field: String, node: SourceNode)]
    /// The files that constants are from, each with the place of its path and the field that this stands in.
    let files: [(reference: DataFileReference, field: String, node: SourceNode)]
    /// Everything that decides its values, parameters apart: what fingerprints see.
    let canonicalText: String
    private let objectives = DefinitionCache<Key, DefinedObjective>()

    init(
        _ definition: ProblemDefinition, description: ComponentDescription, places: [(field: String, node: SourceNode)],
        files: [(reference: DataFileReference, field: String, node: SourceNode)], canonicalText: String
    ) {
        self.files = files
        self.definition = definition
        self.description = description
        self.places = places
        self.canonicalText = canonicalText
    }

    /// The objective for given parameters; built once as long as few are in use.
    func objective(parameters: [String: Double], dimension: Int) throws(DefinitionError) -> DefinedObjective {
        let key = Key(parameters: definition.parameters.map { parameters[$0.name] ?? .nan }, dimension: dimension)
        return try objectives.value(key) { () throws(DefinitionError) in
            try definition.build(parameters: parameters, dimension: dimension)
        }
    }

    /// The names of parameters that decide how many coordinates there are; `dimension` is among them where lengths are the
    /// sweep's own.
    var namesOfSizes: Set<String> { definition.namesOfSizes }
}

/// Reads an objective's definition and reports everything that is wrong with its form.
struct DefinitionDecoder {
    static let keys = [
        "name", "summary", "formula", "citation", "parameters", "variables", "constants", "let", "objective", "sample",
        "stochastic", "minimum", "minimisers", "distance", "smoothness", "strong_convexity", "start",
    ]
    /// The name of a definition that has none.
    static let usualName = "own"
    private static let laws = ["normal", "rademacher", "uniform"]
    /// Laws of samples, with what stands beside them.
    private static let sampleKeys = [
        "normal": [], "rademacher": [], "uniform": [], "student_t": ["freedom"], "cauchy": [], "choice": ["weights"],
        "batch": ["of", "replacement"],
    ]

    private let diagnostics: Diagnostics
    private let reader: ValueReader
    private let sourceText: String
    private let data: DataAccess
    private var places: [(field: String, node: SourceNode)] = []
    private var files: [(reference: DataFileReference, field: String, node: SourceNode)] = []
    private var lines: [String] = []
    private var hasFailed = false

    init(_ diagnostics: Diagnostics, sourceText: String, data: DataAccess) {
        self.diagnostics = diagnostics
        self.sourceText = sourceText
        self.data = data
        reader = ValueReader(diagnostics: diagnostics)
    }

    /// Whether a node is meant as a definition.
    static func isDefinition(_ node: SourceNode) -> Bool {
        let own = ["objective", "variables", "constants", "let", "sample", "stochastic", "minimisers"]
        return node.map?.contains { own.contains($0.key) } ?? false
    }

    /// The definition, or `nil` after reporting.
    ///
    /// - Parameter taken: names of the catalogue's problems.
    mutating func decode(_ node: SourceNode, taken: [String]) -> DefinedProblem? {
        guard let parts = reader.map(node, "problem", keys: Self.keys) else { return nil }
        guard let objective = parts["objective"] else {
            diagnostics.report(
                node, "problem", "defines an objective and does not give it",
                remedy: "add objective: an expression of the variables, as sum(x^2) / 2")
            return nil
        }
        let name = self.name(parts["name"], taken)
        guard let text = expression(objective, "problem.objective") else { return nil }
        var definition = ProblemDefinition(name: name, source: add("problem", node), objective: text)
        readParameters(parts["parameters"], &definition)
        readVariables(parts["variables"], node, &definition)
        readConstants(parts["constants"], &definition)
        readLets(parts["let"], &definition)
        lines.append("objective=\(text.canonicalText)")
        readSamples(parts["sample"], &definition)
        definition.stochastic = optional(parts["stochastic"], "stochastic")
        definition.minimum = optional(parts["minimum"], "minimum")
        definition.distance = optional(parts["distance"], "distance")
        readMinimisers(parts["minimisers"], &definition)
        readStart(parts["start"], &definition)
        checkNames(definition)
        if let stochastic = parts["stochastic"], definition.samples.isEmpty {
            report(stochastic, "problem.stochastic", "there is no sample that it could differ by",
                   remedy: "add sample: {xi: {normal: ...}}, or leave stochastic out")
        }
        let names = definition.parameters.map(\.name)
        let constants = ["smoothness", "strong_convexity"].map { constant(parts[$0], $0, names) }
        guard !hasFailed else { return nil }
        let description = ComponentDescription(
            kind: .problem, name: name, summary: parts["summary"]?.text ?? "defined in \(node.place.document?.shownName ?? "the sweep file")",
            formula: parts["formula"]?.text ?? "f(x) = \(objective.text ?? "")", citation: parts["citation"]?.text ?? "",
            parameters: definition.parameters.map {
                ParameterDescription(
                    name: $0.name, summary: "parameter \($0.name) of \(name)",
                    range: ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true), defaultValue: nil)
            },
            objective: ObjectiveProperties(smoothness: constants[0], strongConvexity: constants[1]))
        return DefinedProblem(
            definition, description: description, places: places, files: files, canonicalText: lines.joined(separator: "\n"))
    }

    // MARK: Places and messages

    private mutating func add(_ field: String, _ node: SourceNode) -> DefinitionSource {
        places.append((field, node))
        return places.count - 1
    }

    private mutating func report(_ node: SourceNode, _ field: String, _ message: String, remedy: String) {
        diagnostics.report(node, field, message, remedy: remedy)
        hasFailed = true
    }

    /// An expression, or `nil` after reporting.
    private mutating func expression(_ node: SourceNode, _ field: String) -> DefinedExpression? {
        guard let text = node.text, !node.isNull else {
            report(node, field, "must be an expression", remedy: "write it in quotes, as \"sum(x^2) / 2\"")
            return nil
        }
        let source = add(field, node)
        do {
            return try DefinedExpression(text, source: source)
        } catch {
            diagnostics.report(error, places, sourceText)
            hasFailed = true
            return nil
        }
    }

    private mutating func optional(_ node: SourceNode?, _ key: String) -> DefinedExpression? {
        guard let node, let text = expression(node, "problem.\(key)") else { return nil }
        lines.append("\(key)=\(text.canonicalText)")
        return text
    }

    private mutating func name(_ node: SourceNode?, _ taken: [String]) -> String {
        guard let node else { return Self.usualName }
        guard let name = node.text, DefinedName.isPlain(name) else {
            report(node, "problem.name", DefinedName.demand, remedy: DefinedName.remedy)
            return Self.usualName
        }
        if taken.contains(name) {
            report(node, "problem.name", "is the name of a problem of the catalogue, or of a file that the sweep uses", remedy: "choose another name")
        }
        return name
    }

    /// The entries of a map of names.
    private mutating func named(_ node: SourceNode?, _ key: String) -> [SourceEntry] {
        guard let node else { return [] }
        guard let entries = node.map else {
            report(node, "problem.\(key)", "must be a map from names", remedy: "write {name: ...}")
            return []
        }
        return entries.filter { entry in
            let isName = entry.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
            if !isName || ProblemDefinition.isReserved(entry.key) {
                diagnostics.report(
                    entry.keyPlace, "problem.\(key).\(entry.key)",
                    isName ? "is a word of the language" : "must begin with a letter and go on with letters, digits and _",
                    remedy: "choose another name")
                hasFailed = true
                return false
            }
            return true
        }
    }

    private mutating func checkNames(_ definition: ProblemDefinition) {
        var seen: Set<String> = []
        let all = definition.parameters.map { ($0.name, $0.source) } + definition.variables.map { ($0.name, $0.source) }
            + definition.constants.map { ($0.name, $0.source) } + definition.lets.map { ($0.name, $0.source) }
            + definition.samples.map { ($0.name, $0.source) }
        for (name, source) in all where !seen.insert(name).inserted {
            report(places[source].node, places[source].field, "the name \(name) is given twice", remedy: "rename one of the two")
        }
    }

    // MARK: Parts

    private mutating func readParameters(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        for entry in named(node, "parameters") {
            let field = "problem.\(entry.key)"
            guard let value = reader.number(entry.value, field, any, isInteger: false) else {
                hasFailed = true
                continue
            }
            definition.parameters.append(.init(entry.key, source: add(field, entry.value), value))
        }
    }

    private mutating func readVariables(_ node: SourceNode?, _ place: SourceNode, _ definition: inout ProblemDefinition) {
        guard let node else {
            let source = add("problem.variables", place)
            guard let size = try? DefinedExpression("dimension", source: source) else { return }
            definition.variables = [.init("x", source: source, [size])]
            lines.append("variable x=dimension")
            return
        }
        for entry in named(node, "variables") {
            let field = "problem.variables.\(entry.key)"
            guard let lengths = lengths(entry.value, field) else { continue }
            definition.variables.append(.init(entry.key, source: add(field, entry.value), lengths))
            lines.append("variable \(entry.key)=\(Self.text(lengths))")
        }
        if node.map?.isEmpty == true {
            report(node, "problem.variables", "names no variable", remedy: "write {x: dimension}")
        }
    }

    /// One or two lengths.
    private mutating func lengths(_ node: SourceNode, _ field: String) -> [DefinedExpression]? {
        let items = node.list ?? [node]
        guard (1...2).contains(items.count) else {
            report(node, field, "must have one length or two", remedy: "write n for a vector, [m, n] for a matrix")
            return nil
        }
        var lengths: [DefinedExpression] = []
        for item in items {
            guard let length = expression(item, field) else { return nil }
            lengths.append(length)
        }
        return lengths
    }

    private static func text(_ lengths: [DefinedExpression]) -> String {
        lengths.map(\.canonicalText).joined(separator: " x ")
    }

    private mutating func readLets(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        for entry in named(node, "let") {
            let field = "problem.let.\(entry.key)"
            guard let text = expression(entry.value, field) else { continue }
            definition.lets.append(.init(entry.key, source: text.source, text))
            lines.append("let \(entry.key)=\(text.canonicalText)")
        }
    }

    private mutating func readMinimisers(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        guard let node else { return }
        // A list of numbers is one point, a list of lists several.
        let points = node.list.map { $0.contains { $0.list != nil } ? $0 : [node] } ?? [node]
        for point in points {
            guard let list = numberList(point, "problem.minimisers") else { return }
            definition.minimisers.append(list)
            lines.append("minimiser=\(text(list))")
        }
    }

    /// Numbers, or an expression that gives some; a list with expressions in it is one expression.
    private mutating func numberList(_ node: SourceNode, _ field: String) -> ProblemDefinition.NumberList? {
        guard let items = node.list else {
            if let text = node.text, case .number(let value) = JSONNumber.parse(text) {
                return .numbers([value], source: add(field, node))
            }
            return expression(node, field).map { .expression($0) }
        }
        var numbers: [Double] = []
        for item in items {
            if let text = item.text, case .number(let value) = JSONNumber.parse(text) { numbers.append(value) }
        }
        if numbers.count == items.count, !items.isEmpty { return .numbers(numbers, source: add(field, node)) }
        let texts = items.compactMap(\.text)
        guard texts.count == items.count, !texts.isEmpty else {
            report(node, field, "must be a list of numbers or expressions", remedy: "write [1, \"1/sqrt(3)\"]")
            return nil
        }
        let joined = SourceNode(.scalar("[\(texts.joined(separator: ", "))]", isPlain: true), place: node.place)
        return expression(joined, field).map { .expression($0) }
    }

    private func text(_ list: ProblemDefinition.NumberList) -> String {
        switch list {
        case .numbers(let values, _): values.map(brief).joined(separator: ",")
        case .expression(let text): text.canonicalText
        }
    }

    private mutating func readStart(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        for entry in named(node, "start") {
            let field = "problem.start.\(entry.key)"
            guard let law = startLaw(entry.value, field) else { continue }
            definition.start.append(.init(entry.key, source: add(field, entry.value), law))
            let text =
                switch law {
                case .values(let list): text(list)
                case .normal(let scale): "normal \(scale.canonicalText)"
                case .uniform(let from, let to): "uniform \(from.canonicalText) \(to.canonicalText)"
                case .sphere(let radius): "sphere \(radius.canonicalText)"
                }
            lines.append("start \(entry.key)=\(text)")
        }
    }

    private mutating func startLaw(_ node: SourceNode, _ field: String) -> ProblemDefinition.StartLaw? {
        guard let parts = node.map else { return numberList(node, field).map { .values($0) } }
        guard parts.count == 1, let part = parts.first, ["normal", "uniform", "sphere"].contains(part.key) else {
            report(
                node, field, "must be a number, a list, or one of normal, uniform, sphere",
                remedy: "write {normal: 0.1}, {uniform: [-1, 1]} or {sphere: 1}")
            return nil
        }
        if part.key == "uniform" {
            guard let ends = part.value.list, ends.count == 2, let from = expression(ends[0], field),
                let to = expression(ends[1], field)
            else {
                report(part.value, field, "must have two ends", remedy: "write {uniform: [-1, 1]}")
                return nil
            }
            return .uniform(from, to)
        }
        guard let size = expression(part.value, field) else { return nil }
        return part.key == "normal" ? .normal(size) : .sphere(size)
    }

    private mutating func readSamples(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        for entry in named(node, "sample") {
            let field = "problem.sample.\(entry.key)"
            guard let (law, text) = sampleLaw(entry.value, field) else { continue }
            definition.samples.append(.init(entry.key, source: add(field, entry.value), law))
            lines.append("sample \(entry.key)=\(text)")
        }
    }

    private mutating func sampleLaw(
        _ node: SourceNode, _ field: String
    ) -> (ProblemDefinition.SampleLaw, text: String)? {
        let forms = "{normal: n}, {rademacher: n}, {uniform: n}, {student_t: n, freedom: 3}, {cauchy: n}, {choice: n}, "
            + "{choice: n, weights: w} or {batch: b, of: n}"
        guard let parts = node.map, let kind = parts.first(where: { Self.sampleKeys[$0.key] != nil })
        else {
            report(node, field, "must say what is drawn", remedy: "write \(forms)")
            return nil
        }
        let before = diagnostics.isEmpty
        reader.reportUnknown(parts, field, keys: [kind.key] + (Self.sampleKeys[kind.key] ?? []))
        if before != diagnostics.isEmpty { hasFailed = true }
        switch kind.key {
        case "choice":
            guard let bound = expression(kind.value, field) else { return nil }
            guard let node = parts["weights"] else { return (.choice(of: bound, weights: nil), "choice \(bound.canonicalText)") }
            guard let weights = expression(node, "\(field).weights") else { return nil }
            return (
                .choice(of: bound, weights: weights), "choice \(bound.canonicalText) weights \(weights.canonicalText)"
            )
        case "batch":
            guard let of = parts["of"] else {
                report(node, field, "a batch needs of, the number of examples", remedy: "write {batch: 32, of: n}")
                return nil
            }
            let replacement = parts["replacement"].map { reader.flag($0, "\(field).replacement") } ?? false
            guard let replacement, let size = expression(kind.value, field), let bound = expression(of, field) else {
                hasFailed = true
                return nil
            }
            return (
                .batch(size, of: bound, withReplacement: replacement),
                "batch \(size.canonicalText) of \(bound.canonicalText)\(replacement ? " with replacement" : "")"
            )
        default:
            guard let shape = lengths(kind.value, field) else { return nil }
            let text = "\(kind.key) \(Self.text(shape))"
            switch kind.key {
            case "normal": return (.normal(shape: shape), text)
            case "rademacher": return (.rademacher(shape: shape), text)
            case "cauchy": return (.cauchy(shape: shape), text)
            case "student_t":
                guard let given = parts["freedom"] else {
                    report(node, field, "needs freedom, the degrees of freedom", remedy: "write {student_t: n, freedom: 3}")
                    return nil
                }
                return expression(given, "\(field).freedom").map { freedom in
                    (.studentT(shape: shape, freedom: freedom), "\(text) freedom \(freedom.canonicalText)")
                }
            default: return (.uniform(shape: shape), text)
            }
        }
    }

    /// `smoothness` or `strong_convexity`, in the grammar of `where` over the parameters.
    private mutating func constant(_ node: SourceNode?, _ key: String, _ names: [String]) -> ObjectiveConstant {
        guard let node else { return .absent }
        guard let text = node.text, !node.isNull else {
            report(node, "problem.\(key)", "must be a number or an expression of the parameters", remedy: "write \(key): 4")
            return .absent
        }
        do {
            _ = try ProgramCompiler.compile(text, scope: ExpressionScope(numbers: names), wantsCondition: false)
        } catch {
            diagnostics.report(
                SourcePositions(sourceText).place(node, offset: error.offset), "problem.\(key)", error.message,
                value: error.value ?? node.summary, remedy: error.remedy)
            hasFailed = true
        }
        return .expression(text)
    }
}

// MARK: Constants

extension DefinitionDecoder {
    private mutating func readConstants(_ node: SourceNode?, _ definition: inout ProblemDefinition) {
        for entry in named(node, "constants") {
            let field = "problem.constants.\(entry.key)"
            guard let (constant, text) = constant(entry.value, field) else {
                hasFailed = true
                continue
            }
            definition.constants.append(.init(entry.key, source: add(field, entry.value), constant))
            lines.append("constant \(entry.key)=\(text)")
        }
    }

    /// What a constant is, with its text for fingerprints; `nil` after reporting.
    private mutating func constant(
        _ node: SourceNode, _ field: String
    ) -> (ProblemDefinition.Constant, text: String)? {
        if node.list != nil { return typed(node, field) }
        guard let parts = node.map else {
            return expression(node, field).map { (.expression($0), $0.canonicalText) }
        }
        let forms = ["file", "list", "linspace", "logspace", "geomspace"] + Self.laws
        guard let form = parts.first(where: { forms.contains($0.key) }) else {
            report(node, field, "must be numbers, an expression, or one of \(forms.joined(separator: ", "))",
                   remedy: "write {normal: [n, d], seed: 7}, {list: [...], pad_to: d} or {file: data.csv}")
            return nil
        }
        switch form.key {
        case "file": return file(form.value, parts, field)
        case "list":
            guard known(parts, ["list", "pad_to"], field) else { return nil }
            return padded(form.value, parts["pad_to"], field)
        case "linspace", "logspace", "geomspace":
            guard known(parts, [form.key], field) else { return nil }
            return spaced(form, field)
        default:
            guard known(parts, [form.key, "seed"], field) else { return nil }
            return drawn(form, parts["seed"], node, field)
        }
    }

    private func known(_ parts: [SourceEntry], _ keys: [String], _ field: String) -> Bool {
        reader.reportUnknown(parts, field, keys: keys)
        return parts.allSatisfy { keys.contains($0.key) }
    }

    private func numbers(_ items: [SourceNode], _ field: String) -> [Double]? {
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        var values: [Double] = []
        for item in items {
            guard let value = reader.number(item, field, any, isInteger: false) else { return nil }
            values.append(value)
        }
        return values
    }

    private mutating func typed(_ node: SourceNode, _ field: String) -> (ProblemDefinition.Constant, text: String)? {
        let items = node.list ?? []
        guard let first = items.first else {
            report(node, field, "is empty", remedy: "give at least one number")
            return nil
        }
        if first.list == nil {
            guard let list = numberList(node, field) else { return nil }
            switch list {
            case .numbers(let values, let source):
                return (.numbers(values, rows: nil, columns: values.count, source: source), text(list))
            case .expression(let expression): return (.expression(expression), expression.canonicalText)
            }
        }
        var values: [Double] = []
        let columns = first.list?.count ?? 0
        for row in items {
            guard let cells = row.list, cells.count == columns, columns > 0 else {
                report(row, field, "has rows of different lengths", remedy: "give every row \(counted(columns, "number"))")
                return nil
            }
            guard let numbers = numbers(cells, field) else { return nil }
            values += numbers
        }
        return (
            .numbers(values, rows: items.count, columns: columns, source: add(field, node)),
            "\(items.count)x\(columns):\(values.map(brief).joined(separator: ","))"
        )
    }

    private mutating func padded(
        _ node: SourceNode, _ length: SourceNode?, _ field: String
    ) -> (ProblemDefinition.Constant, text: String)? {
        guard let items = node.list, let values = numbers(items, field), !values.isEmpty else {
            if node.list?.isEmpty ?? true { report(node, field, "must be a list of numbers", remedy: "write {list: [1, 2], pad_to: d}") }
            return nil
        }
        let text = values.map(brief).joined(separator: ",")
        guard let length else {
            return (.numbers(values, rows: nil, columns: values.count, source: add(field, node)), text)
        }
        return expression(length, "\(field).pad_to").map { (.padded(values, to: $0), "\(text) padded to \($0.canonicalText)") }
    }

    private mutating func spaced(_ form: SourceEntry, _ field: String) -> (ProblemDefinition.Constant, text: String)? {
        let name = "\(field).\(form.key)"
        guard let parts = reader.map(form.value, name, keys: ["from", "to", "count"]) else { return nil }
        guard let from = parts["from"], let to = parts["to"], let count = parts["count"] else {
            report(form.value, name, "needs from, to and count", remedy: "write {\(form.key): {from: 0.1, to: 1, count: d}}")
            return nil
        }
        guard let from = expression(from, "\(name).from"), let to = expression(to, "\(name).to"),
            let count = expression(count, "\(name).count")
        else { return nil }
        let isGeometric = form.key != "linspace"
        return (
            .spaced(isGeometric: isGeometric, from: from, to: to, count: count),
            "\(isGeometric ? "logspace" : "linspace") \(from.canonicalText) \(to.canonicalText) \(count.canonicalText)"
        )
    }

    private mutating func drawn(
        _ form: SourceEntry, _ seed: SourceNode?, _ node: SourceNode, _ field: String
    ) -> (ProblemDefinition.Constant, text: String)? {
        guard let law = ProblemDefinition.DrawnLaw(rawValue: form.key), let shape = lengths(form.value, field) else { return nil }
        guard let seed else {
            report(node, field, "is drawn and needs a seed", remedy: "write {\(form.key): ..., seed: 1}")
            return nil
        }
        guard let number = reader.number(seed, "\(field).seed", FieldCatalogue.seeds, isInteger: true) else { return nil }
        return (
            .drawn(law, shape: shape, seed: UInt64(number), source: add(field, node)),
            "\(law.rawValue) \(Self.text(shape)) seed \(brief(number))"
        )
    }

    private mutating func file(
        _ node: SourceNode, _ parts: [SourceEntry], _ field: String
    ) -> (ProblemDefinition.Constant, text: String)? {
        guard known(parts, ["file", "dataset", "array"], field), let name = reader.text(node, "\(field).file") else { return nil }
        let path = DataFile.path(name, besides: besides(node))
        let part = (parts["dataset"] ?? parts["array"])?.text
        do {
            let table = try TableFile.read(path, part: part, numbers: data.numbers)
            guard table.values.allSatisfy(\.isFinite) else { throw DataFileError("has a value that is no finite number") }
            guard table.values.count <= 1 << 22 else { throw DataFileError("has more than \(1 << 22) numbers") }
            files.append((DataFileReference(written: name, path: path, digest: table.digest), "\(field).file", node))
            return (
                .numbers(table.values, rows: table.rows, columns: table.columns, source: add(field, node)),
                "file \(table.digest) \(part ?? "")"
            )
        } catch let error as DataFileError {
            report(
                node, "\(field).file", data.told(error).text,
                remedy: "give the path of a CSV, NumPy (.npy), LIBSVM or HDF5 file from the folder of the file that names it: "
                    + "\(path) was looked at")
        } catch {
            report(
                node, "\(field).file", data.told(DataFileError("\(error)")).text, remedy: "check the file \(path)")
        }
        return nil
    }
}

extension DefinitionDecoder {
    /// The files beside which a path that a node writes is looked for: that of the definition first.
    private func besides(_ node: SourceNode) -> [String] {
        let sweeps = [diagnostics.file] + data.besides
        guard let document = node.place.document else { return sweeps }
        guard !document.name.hasPrefix("/") else { return [document.name] + sweeps }
        return sweeps.map { sweep in sweep.lastIndex(of: "/").map { String(sweep[...$0]) + document.name } ?? document.name } + sweeps
    }
}

extension Diagnostics {
    /// What is wrong with a definition.
    func report(_ error: DefinitionError, _ places: [(field: String, node: SourceNode)], _ sourceText: String) {
        let (field, node) = places[error.source]
        let place = error.offset.map { SourcePositions(sourceText).place(node, offset: $0) } ?? node.place
        report(place, field, error.message, value: error.value ?? node.summary, remedy: error.remedy)
    }
}
