import Definitions
import TrialContract

/// A statistic that a sweep file, or a file that it uses, defines, with what the planner needs beside it.
final class OwnStatistic: Sendable {
    private struct Key: Hashable {
        var problem: String
        var parameters: [String: Double]
        var dimension: Int
    }

    let definition: StatisticDefinition
    let description: ComponentDescription
    /// The formula as people are to read it; `nil`: the definition's text.
    let statedFormula: String?
    /// Where texts stand, by their source number: those of the problem's definition first.
    let places: [(field: String, node: SourceNode)]
    private let statistics = DefinitionCache<Key, DefinedStatistic>()

    /// - Parameter parts: of the definition, for people.
    private init(_ definition: StatisticDefinition, _ parts: [SourceEntry], places: [(field: String, node: SourceNode)]) {
        self.definition = definition
        self.places = places
        statedFormula = parts["formula"]?.text
        let formula = statedFormula ?? definition.writtenText
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        description = ComponentDescription(
            kind: .statistic, name: definition.name, summary: parts["summary"]?.text ?? "own statistic: \(formula)",
            // What it is computed as is what tells it from others.
            formula: definition.writtenText, citation: parts["citation"]?.text ?? "",
            parameters: definition.parameters.map {
                ParameterDescription(
                    name: $0.name, summary: "parameter \($0.name) of the statistic", range: any, defaultValue: $0.value)
            }, isOwn: true)
    }

    static let keys = ["name", "value", "over", "summary", "formula", "citation", "parameters", "allow_large"]
    static let demandOfName = "must be made of a-z, 0-9 and _, begin with a letter and have at most 64 of them"
    static let remedyOfName = "choose another name, as balancedness"

    static func isName(_ name: String) -> Bool { name.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil }

    /// Whether a node is meant as a definition rather than as the name of one, with parameters.
    static func isDefinition(_ node: SourceNode) -> Bool { node.map.map { $0["value"] != nil || $0["over"] != nil } ?? false }

    /// The statistic that a node defines under its name, or `nil` after reporting.
    ///
    /// - Parameters:
    ///   - before: places of the texts that come before its own.
    ///   - field: where it stands, as `record`.
    ///   - keys: what it may have; of a trajectory no `over`.
    static func decode(
        _ node: SourceNode, _ before: [(field: String, node: SourceNode)], _ diagnostics: Diagnostics, sourceText: String,
        field: String = "record", keys: [String] = keys
    ) -> OwnStatistic? {
        let reader = ValueReader(diagnostics: diagnostics)
        guard let parts = reader.map(node, field, keys: keys), let name = parts["name"]?.text else { return nil }
        var moment = DefinedStatistic.Moment.end
        if let over = parts["over"], keys.contains("over") {
            let words = DefinedStatistic.Moment.allCases.map(\.rawValue)
            guard let word = reader.word(over, "\(field).over", among: words),
                let given = DefinedStatistic.Moment(rawValue: word)
            else { return nil }
            moment = given
        }
        var isLarge = false
        if let large = parts["allow_large"] {
            guard let flag = reader.flag(large, "\(field).allow_large") else { return nil }
            isLarge = flag
        }
        guard let parameters = parameters(parts["parameters"], field, reader) else { return nil }
        guard let value = parts["value"], let text = value.text, !value.isNull else {
            diagnostics.report(
                parts["value"] ?? node, "\(field).value", "must be an expression of the problem's variables",
                remedy: "write it in quotes, as \"norm(x)\"")
            return nil
        }
        let places = before + [(field: "\(field).value", node: value)]
        do {
            let expression = try DefinedExpression(text, source: places.count - 1)
            return OwnStatistic(
                StatisticDefinition(
                    name: name, value: expression, moment: moment, parameters: parameters,
                    mostNumbers: isLarge ? StatisticDefinition.largestNumbers : StatisticDefinition.usualNumbers),
                parts, places: places)
        } catch {
            diagnostics.report(error, places, sourceText)
            return nil
        }
    }

    /// Numbers of its own by name, or `nil` after reporting.
    private static func parameters(
        _ node: SourceNode?, _ field: String, _ reader: ValueReader
    ) -> [(name: String, value: Double)]? {
        guard let node else { return [] }
        guard let entries = node.map else {
            reader.diagnostics.report(
                node, "\(field).parameters", "must be a map from names to numbers", remedy: "write {name: number}")
            return nil
        }
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        let taken = Set(keys + ["x", "objective", "gradient", "distance", "suboptimality"])
        let parameters = entries.map { entry -> (name: String, value: Double)? in
            let field = "\(field).parameters.\(entry.key)"
            let isName = entry.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
            let fault: String? =
                !isName ? "must begin with a letter and go on with letters, digits and _"
                : ProblemDefinition.isReserved(entry.key) ? "is a word of the language"
                : taken.contains(entry.key) ? "means something else in a statistic" : nil
            if let fault {
                reader.diagnostics.report(entry.keyPlace, field, fault, value: entry.key, remedy: "choose another name")
                return nil
            }
            return reader.number(entry.value, field, any, isInteger: false).map { (entry.key, $0) }
        }
        return parameters.contains { $0 == nil } ? nil : parameters.compactMap(\.self)
    }

    /// The statistic on a problem of the sweep; made once as long as few are in use, since statistics are compared by
    /// identity.
    func statistic(
        on problem: ComponentEntry, parameters: [String: Double], dimension: Int
    ) throws(DefinitionError) -> DefinedStatistic {
        let key = Key(problem: problem.description.name, parameters: parameters, dimension: dimension)
        return try statistics.value(key) { () throws(DefinitionError) in
            let objective: ProblemDefinition =
                if let own = problem.defined?.definition { own } else {
                    try .compiled(problem.description.name, source: definition.value.source)
                }
            return try definition.build(on: objective, parameters: parameters, dimension: dimension)
        }
    }
}

extension SweepDecoder {
    /// A statistic of the sweep's own or of a file that it uses, or `nil` after reporting.
    ///
    /// - Parameters:
    ///   - field: where it stands, as `record`.
    ///   - keys: what it may have.
    func ownStatistic(_ node: SourceNode, field: String, keys: [String]) -> OwnStatistic? {
        guard nameOfStatistic(node.map?["name"], node, field) != nil else { return nil }
        return OwnStatistic.decode(node, defined?.places ?? [], diagnostics, sourceText: sourceText, field: field, keys: keys)
    }

    private func nameOfStatistic(_ node: SourceNode?, _ statistic: SourceNode, _ field: String) -> String? {
        guard let node, let name = node.text, !node.isNull else {
            diagnostics.report(
                node ?? statistic, field, "a statistic of one's own needs a name",
                remedy: "add name: it becomes a variable of the result")
            return nil
        }
        guard OwnStatistic.isName(name) else {
            diagnostics.report(node, "\(field).name", OwnStatistic.demandOfName, remedy: OwnStatistic.remedyOfName)
            return nil
        }
        guard !isTaken(name) else {
            diagnostics.report(node, "\(field).name", "is the name of something else", remedy: "choose another name")
            return nil
        }
        if let kind = partOfProblem(name) {
            diagnostics.report(
                node, "\(field).name", "is the name of a \(kind) of the problem",
                remedy: "call the statistic something else, as final_\(name)")
            return nil
        }
        return name
    }

    /// What the problem calls so that is seen beside statistics; `nil`: nothing.
    private func partOfProblem(_ name: String) -> String? {
        guard let definition = defined?.definition else { return nil }
        if definition.variables.contains(where: { $0.name == name }) { return "variable" }
        return definition.parameters.contains { $0.name == name } ? "parameter" : nil
    }

    /// Names of results, expressions and of what fits call the responses.
    private func isTaken(_ name: String) -> Bool {
        let statistics = catalogue.all(.statistic).map(\.name) + catalogue.all(.curveQuantity).map(\.name)
        let names = ReservedNames.all.union(SweepField.names).union(fields.names).union(statistics)
            .union(spec.zips.map(\.name)).union(Self.outcomeNames)
        return names.contains(name) || name == "excess" || name.hasPrefix("excess_") || name.contains("_curve_")
            || ProblemDefinition.isReserved(name)
    }
}
