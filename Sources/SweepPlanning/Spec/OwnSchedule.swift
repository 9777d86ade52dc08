import Definitions
import ExpressionSyntax
import TrialContract

/// A schedule that a sweep file, or a file that it uses, defines by a formula, with what the planner needs beside it.
final class OwnSchedule: Sendable {
    private struct Key: Hashable {
        var values: [Double]
        var steps: Int
    }

    /// Factors kept for cells to come, 32 MB of them.
    private static let mostKept = 1 << 22

    let kind: ComponentKind
    let definition: ScheduleDefinition
    let description: ComponentDescription
    /// Where the definition's texts stand, by their source number.
    let places: [(field: String, node: SourceNode)]
    /// Everything that decides its values: what fingerprints see.
    let canonicalText: String
    private let schedules = DefinitionCache<Key, DefinedSchedule>(atMost: mostKept) { $0.factors.count }

    init(
        _ definition: ScheduleDefinition, description: ComponentDescription, places: [(field: String, node: SourceNode)]
    ) {
        kind = description.kind
        self.definition = definition
        self.description = description
        self.places = places
        let parameters = description.parameters.map { "parameter \($0.name)=\($0.defaultValue.map(brief) ?? "")" }
        canonicalText = (parameters + [definition.factor.canonicalText]).joined(separator: "\n")
    }

    /// Whether a node is meant as a definition.
    static func isDefinition(_ node: SourceNode) -> Bool { node.map?["factor"] != nil }

    /// Values of the cell that the formula names: what it names and is no parameter of its own.
    var cellNames: [String] { definition.inputs.filter { !isParameter($0) } }

    private func isParameter(_ name: String) -> Bool { description.parameters.contains { $0.name == name } }

    /// The factors for a cell; made once as long as few are in use, since schedules are compared by identity.
    ///
    /// - Parameters:
    ///   - parameters: its own.
    ///   - value: what a name means in the cell.
    func schedule(
        parameters: [String: Double], steps: Int, value: (String) -> Double
    ) throws(DefinitionError) -> DefinedSchedule {
        let values = definition.inputs.map { isParameter($0) ? parameters[$0] ?? .nan : value($0) }
        return try schedules.value(Key(values: values, steps: steps)) { () throws(DefinitionError) in
            try definition.build(values, steps: steps)
        }
    }
}

/// Reads a schedule's definition and reports everything that is wrong with its form.
struct ScheduleDecoder {
    static let keys = ["name", "summary", "formula", "citation", "factor", "parameters"]
    /// A formula that is longer needs a name to be called by.
    private static let longestLabel = 100
    /// Of each rate: what is looked up among more of them would take minutes.
    private static let most = 1000

    let diagnostics: Diagnostics
    let sourceText: String

    /// All schedules that a sweep defines or uses, wherever they stand in it.
    func schedules(_ root: SourceNode, _ catalogue: ComponentCatalogue, _ library: DefinitionLibrary) -> [OwnSchedule] {
        let places = [root, root.map?["axes"]] + (root.map?["zip"]?.list ?? [])
        return [ComponentKind.learningRateSchedule, .rhoSchedule].flatMap { kind -> [OwnSchedule] in
            var found: [OwnSchedule] = []
            let names = catalogue.all(kind).map(\.name)
            let nodes = places.compactMap { $0?.map?[kind.fieldName] }.flatMap { $0.list ?? [$0] }
            let own = nodes.filter(OwnSchedule.isDefinition)
            guard own.count <= Self.most else {
                diagnostics.report(
                    own[Self.most], kind.fieldName, "has \(own.count) schedules of its own, and at most \(Self.most) may be",
                    remedy: "make one of them with parameters, and these axes")
                return []
            }
            for node in nodes {
                let known = found.map(\.description.name)
                if OwnSchedule.isDefinition(node) {
                    if let own = decode(node, kind, taken: names + library.names(kind) + known) { found.append(own) }
                } else if let member = library.member(kind, namedBy: node), !known.contains(member.name) {
                    if let own = decode(member.node, kind, taken: names) { found.append(own) }
                }
            }
            return found
        }
    }

    /// The definition, or `nil` after reporting.
    ///
    /// - Parameter taken: names of other schedules of the kind.
    func decode(_ node: SourceNode, _ kind: ComponentKind, taken: [String]) -> OwnSchedule? {
        let reader = ValueReader(diagnostics: diagnostics), field = kind.fieldName
        guard let parts = reader.map(node, field, keys: Self.keys), let factor = parts["factor"] else { return nil }
        guard let text = factor.text, !factor.isNull else {
            diagnostics.report(
                factor, "\(field).factor", "must be an expression of t", remedy: "write it in quotes, as \"1 / (t + 1)\"")
            return nil
        }
        let places = [(field: "\(field).factor", node: factor)]
        let definition: ScheduleDefinition
        do {
            definition = try ScheduleDefinition(DefinedExpression(text, source: 0))
        } catch {
            diagnostics.report(error, places, sourceText)
            return nil
        }
        let formula = definition.factor.canonicalText
        guard let name = name(parts["name"], factor, kind, formula, taken),
            let parameters = parameters(parts["parameters"], kind, reader)
        else { return nil }
        let base = kind == .rhoSchedule ? ("rho_t", "rho") : ("eta_t", "learning_rate")
        let origin = node.place.document.map { "defined in \($0.shownName)" } ?? "own \(kind.noun): \(definition.factor.writtenText)"
        return OwnSchedule(
            definition,
            description: ComponentDescription(
                kind: kind, name: name, summary: parts["summary"]?.text ?? origin,
                formula: parts["formula"]?.text ?? "\(base.0) = \(base.1) * (\(definition.factor.writtenText))", citation: parts["citation"]?.text ?? "",
                parameters: parameters, isOwn: true),
            places: places)
    }

    /// The name that is given, or the formula itself.
    private func name(
        _ node: SourceNode?, _ factor: SourceNode, _ kind: ComponentKind, _ formula: String, _ taken: [String]
    ) -> String? {
        guard let node else {
            guard formula.count <= Self.longestLabel else {
                diagnostics.report(
                    factor, kind.fieldName, "has a formula of more than \(Self.longestLabel) signs and no name to be called by",
                    remedy: "add name: my-schedule")
                return nil
            }
            return formula
        }
        return DefinedName.read(
            node, "\(kind.fieldName).name", taken: taken, other: "another \(kind.noun), of the catalogue, of this file or of one that it uses", diagnostics)
    }

    private func parameters(_ node: SourceNode?, _ kind: ComponentKind, _ reader: ValueReader) -> [ParameterDescription]? {
        guard let node else { return [] }
        guard let entries = node.map else {
            diagnostics.report(
                node, "\(kind.fieldName).parameters", "must be a map from names to numbers", remedy: "write {name: number}")
            return nil
        }
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        let taken = ReservedNames.all.union(SweepField.names).union(Self.keys)
        let parameters = entries.map { entry -> ParameterDescription? in
            let field = "\(kind.fieldName).parameters.\(entry.key)"
            let isName = entry.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
            let fault: String? =
                !isName ? "must begin with a letter and go on with letters, digits and _"
                : entry.key == ScheduleDefinition.stepName || ProblemDefinition.isReserved(entry.key) ? "is a word of the language"
                : taken.contains(entry.key) ? "means something else in a sweep" : nil
            if let fault {
                diagnostics.report(entry.keyPlace, field, fault, value: entry.key, remedy: "choose another name")
                return nil
            }
            return reader.number(entry.value, field, any, isInteger: false).map {
                ParameterDescription(name: entry.key, summary: "parameter \(entry.key) of the \(kind.noun)", range: any, defaultValue: $0)
            }
        }
        return parameters.contains { $0 == nil } ? nil : parameters.compactMap(\.self)
    }
}

extension SweepDecoder {
    /// A schedule of one's own as a component of the sweep; `nil` where it could not be read, which has been reported.
    func ownSchedule(_ kind: ComponentKind, _ node: SourceNode, parametersInLabel: Bool) -> ComponentEntry? {
        guard let own = schedules.first(where: { $0.kind == kind && $0.places[0].node.place == node.map?["factor"]?.place })
        else { return nil }
        var entry = ComponentEntry(description: own.description, label: own.description.name, place: node.place)
        entry.schedule = own
        guard parametersInLabel else { return entry }
        // Of several schedules each has its own parameters, unless they are swept.
        for parameter in own.description.parameters where !swept.contains("\(kind.fieldName).\(parameter.name)") {
            entry.given[parameter.name] = parameter.defaultValue
        }
        let details = own.description.parameters.compactMap { parameter in
            entry.given[parameter.name].map { "\(parameter.name)=\(brief($0))" }
        }
        if !details.isEmpty { entry.label += "(\(details.joined(separator: ",")))" }
        return entry
    }

    /// What formulas of schedules name must have a value in the cell.
    func checkScheduleNames() {
        var scope = scope()
        scope.meanings["seed"] = .unavailable(reason: "is no part of a schedule", remedy: "use t, steps and the cell's other values")
        for own in schedules {
            let numbers = scope.meanings.compactMap { name, meaning in if case .number = meaning { name } else { nil } }
            let names = numbers + own.description.parameters.map(\.name) + [ScheduleDefinition.stepName, "pi", "e"]
            for name in own.cellNames {
                let fault: (message: String, remedy: String)
                switch scope.meanings[name] {
                case .number: continue
                case .choice: fault = ("is a name and no number", "use numbers, as learning_rate")
                case .unavailable(let reason, let remedy): fault = (reason, remedy)
                case nil: fault = ("is not a known name", NearestName.remedy(for: name, among: names.sorted()))
                }
                let tree = own.definition.factor.tree
                let token = tree.nodes.first { $0.kind == .name(name) }.map { tree.tokens[$0.token] }
                diagnostics.report(
                    DefinitionError(source: 0, offset: token?.offset, message: fault.message, value: name, remedy: fault.remedy),
                    own.places, sourceText)
            }
        }
    }
}
