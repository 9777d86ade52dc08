import Definitions
import TrialContract

/// An algorithm that a sweep file defines, with what the planner needs beside it.
final class OwnAlgorithm: Sendable {
    private struct Key: Hashable {
        var parameters: [Double]
        var dimension: Int
        var steps: Int
        var problem: [String: Double]
    }

    let definition: AlgorithmDefinition
    let description: ComponentDescription
    /// Where the definition's texts stand, by their source number.
    let places: [(field: String, node: SourceNode)]
    /// Everything that decides its values: what fingerprints see.
    let canonicalText: String
    private let algorithms = DefinitionCache<Key, DefinedAlgorithm>()

    init(
        _ definition: AlgorithmDefinition, description: ComponentDescription, places: [(field: String, node: SourceNode)],
        canonicalText: String
    ) {
        self.definition = definition
        self.description = description
        self.places = places
        self.canonicalText = canonicalText
    }

    /// The algorithm for given parameters; made once as long as few are in use, since algorithms are compared by identity.
    ///
    /// - Parameter problem: what the problem states of the names that the program asks for.
    func algorithm(
        parameters: [String: Double], dimension: Int, steps: Int, problem: [String: Double]
    ) throws(DefinitionError) -> DefinedAlgorithm {
        let key = Key(
            parameters: definition.parameters.map { parameters[$0.name] ?? $0.value }, dimension: dimension, steps: steps,
            problem: problem)
        return try algorithms.value(key) { () throws(DefinitionError) in
            try definition.build(parameters: parameters, dimension: dimension, steps: steps, problem: problem)
        }
    }

    /// With the parameters it has of itself, in a dimension that it takes; what is wrong with it is reported elsewhere.
    private var example: DefinedAlgorithm? {
        let problem = Dictionary(uniqueKeysWithValues: AlgorithmDefinition.problemNames.map { ($0, 1.0) })
        for dimension in [2, 64, 1, 3, 4096] {
            if let algorithm = try? algorithm(parameters: [:], dimension: dimension, steps: 1, problem: problem) { return algorithm }
        }
        return nil
    }

    /// How many gradients a step takes: told by the text, whatever the parameters. `nil` where it cannot be understood.
    var gradientsPerStep: Double? { example.map { Double($0.gradientsPerStep) } }

    /// How many vectors of noise a step draws.
    var noiseVectors: Int {
        guard let algorithm = example else { return 1 }
        return [.first, .second, .third].count { algorithm.asks($0) } + algorithm.draws.count
    }
}

/// Reads an algorithm's definition and reports everything that is wrong with its form.
struct AlgorithmDecoder {
    static let keys = ["name", "summary", "formula", "citation", "parameters", "memory", "step"]

    let diagnostics: Diagnostics
    let sourceText: String
    /// What every optimizer has beside its own parameters.
    let common: [ParameterDescription]

    init(diagnostics: Diagnostics, sourceText: String, catalogue: ComponentCatalogue) {
        self.diagnostics = diagnostics
        self.sourceText = sourceText
        // What all of them have, as momentum and averaging.
        let optimizers = catalogue.all(.optimizer)
        common = optimizers.first?.parameters.filter { parameter in
            optimizers.allSatisfy { $0.parameters.contains(parameter) }
        } ?? []
    }

    /// Whether a node is meant as a definition.
    static func isDefinition(_ node: SourceNode) -> Bool { node.map?["step"] != nil }

    /// The definition, or `nil` after reporting.
    ///
    /// - Parameter taken: names of other optimizers.
    func decode(_ node: SourceNode, taken: [String]) -> OwnAlgorithm? {
        let reader = ValueReader(diagnostics: diagnostics)
        guard let parts = reader.map(node, "optimizer", keys: Self.keys), let step = parts["step"] else { return nil }
        guard let name = name(parts["name"] ?? node, isGiven: parts["name"] != nil, taken) else { return nil }
        guard let text = step.text, !step.isNull else {
            diagnostics.report(
                step, "optimizer.step", "must be a program",
                remedy: "write step: \"x = x - learning_rate * grad(x)\", or several lines after step: |")
            return nil
        }
        var places = [(field: "optimizer", node: node), (field: "optimizer.step", node: step)]
        var definition: AlgorithmDefinition
        do {
            definition = try AlgorithmDefinition(name: name, source: 0, step: text, stepSource: 1)
        } catch {
            diagnostics.report(error, places, sourceText)
            return nil
        }
        var seen: Set<String> = []
        guard let parameters = numbers(parts["parameters"], "parameters", reader, &places, &seen),
            let memory = numbers(parts["memory"], "memory", reader, &places, &seen)
        else { return nil }
        definition.parameters = parameters
        definition.memory = memory
        let own = parameters.map {
            ParameterDescription(
                name: $0.name, summary: "parameter \($0.name) of \(name)",
                range: ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true), defaultValue: $0.value)
        }
        let description = ComponentDescription(
            kind: .optimizer, name: name, summary: parts["summary"]?.text ?? "defined in \(node.place.document?.shownName ?? "the sweep file")",
            formula: parts["formula"]?.text ?? definition.canonicalText, citation: parts["citation"]?.text ?? "",
            parameters: own + common)
        let lines = parameters.map { "parameter \($0.name)=\(brief($0.value))" }
            + memory.map { "memory \($0.name)=\(brief($0.value))" } + [definition.canonicalText]
        return OwnAlgorithm(
            definition, description: description, places: places, canonicalText: lines.joined(separator: "\n"))
    }

    private func name(_ node: SourceNode, isGiven: Bool, _ taken: [String]) -> String? {
        guard isGiven else {
            diagnostics.report(node, "optimizer", "defines an algorithm without a name", remedy: "add name: my-sam")
            return nil
        }
        return DefinedName.read(
            node, "optimizer.name", taken: taken,
            other: "another optimizer, of the catalogue, of this file or of one that it uses", diagnostics)
    }

    /// A map from names to numbers; `nil` after reporting.
    private func numbers(
        _ node: SourceNode?, _ key: String, _ reader: ValueReader, _ places: inout [(field: String, node: SourceNode)],
        _ seen: inout Set<String>
    ) -> [ProblemDefinition.Named<Double>]? {
        guard let node else { return [] }
        guard let entries = node.map else {
            diagnostics.report(
                node, "optimizer.\(key)", "must be a map from names to numbers", remedy: "write {name: number}")
            return nil
        }
        let any = ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        let common = Set(self.common.map(\.name))
        var numbers: [ProblemDefinition.Named<Double>] = []
        var isWrong = false
        for entry in entries {
            let field = "optimizer.\(key).\(entry.key)"
            let isName = entry.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,63}/) != nil
            let fault: String? =
                !isName ? "must begin with a letter and go on with letters, digits and _"
                : AlgorithmDefinition.isReserved(entry.key) ? "is a word of the language"
                : common.contains(entry.key) ? "is a parameter that every optimizer has"
                : !seen.insert(entry.key).inserted ? "is the name of a parameter and of a memory" : nil
            if let fault {
                diagnostics.report(entry.keyPlace, field, fault, value: entry.key, remedy: "choose another name")
                isWrong = true
                continue
            }
            guard let value = reader.number(entry.value, field, any, isInteger: false) else {
                isWrong = true
                continue
            }
            places.append((field, entry.value))
            numbers.append(.init(entry.key, source: places.count - 1, value))
        }
        return isWrong ? nil : numbers
    }
}
