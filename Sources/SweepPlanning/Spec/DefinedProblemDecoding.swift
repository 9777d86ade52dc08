import Definitions
import ExpressionSyntax
import TrialContract

/// What a sweep file's own objective means for the rest of the file.
extension SweepDecoder {
    /// The sweep's own objective as its problem; `nil` after reporting.
    func definedComponent(_ node: SourceNode, isOnlyProblem: Bool) -> ComponentEntry? {
        guard isOnlyProblem else {
            diagnostics.report(
                node, "problem", "an objective of one's own must be the only problem of a sweep",
                remedy: "write a sweep file for it alone, with the definition under problem:")
            return nil
        }
        // Without a definition everything has been reported.
        guard let defined else { return nil }
        var entry = ComponentEntry(description: defined.description, label: defined.description.name, place: node.place)
        entry.defined = defined
        for parameter in defined.definition.parameters where !swept.contains("problem.\(parameter.name)") {
            entry.given[parameter.name] = parameter.value
        }
        guard Set(entry.given.keys).union(["dimension"]).isSuperset(of: sizes(defined)) else { return entry }
        if sizes(defined).contains("dimension") { return entry }
        do {
            entry.definedCount = try defined.definition.coordinateCount(parameters: entry.given, dimension: nil)
        } catch {
            diagnostics.report(error, defined.places, sourceText)
            return nil
        }
        return entry
    }

    /// The names that decide how many coordinates there are.
    private func sizes(_ defined: DefinedProblem) -> Set<String> { defined.namesOfSizes.subtracting(["pi", "e"]) }

    /// Where parameters that are swept decide how many coordinates there are, the dimension is computed from them.
    func decodeDefinedDimension() {
        guard let defined, let entry = spec.choices[.problem]?.entries.first, entry.defined != nil else { return }
        let names = sizes(defined)
        let parameters = defined.definition.parameters.map(\.name)
        guard names.contains(where: { parameters.contains($0) && entry.given[$0] == nil }) else { return }
        let node = defined.places[defined.definition.variables[0].source].node
        guard !names.contains("dimension") else {
            diagnostics.report(
                node, "problem.variables", "have lengths of dimension and of parameters that are swept",
                remedy: "use a parameter in the place of dimension")
            return
        }
        assign(FieldCatalogue.dimension, [], .derived, node.place)
        guard spec.numbers["dimension"]?.source == .derived else { return }
        let text = defined.definition.variables.map { variable in
            variable.value.map { "(\($0.canonicalText))" }.joined(separator: " * ")
        }.joined(separator: " + ")
        do {
            var program = try ProgramCompiler.compile(
                text, scope: ExpressionScope(numbers: parameters), wantsCondition: false)
            program.names = program.names.map { "problem.\($0)" }
            spec.derived.append(DerivedSpec(field: FieldCatalogue.dimension, node: node, program: program))
        } catch {
            diagnostics.report(
                node, "problem.variables", error.message, remedy: "use arithmetic of the parameters: \(error.remedy)")
        }
    }

    /// Starts that are measured from a minimiser need one.
    func checkStartOfDefined() {
        guard let defined else { return }
        let node = root["start"]
        let place = node?.place ?? defined.places[defined.definition.source].node.place
        switch spec.start {
        case .radius, .sphere:
            // A start of another form that could not be read has been reported.
            let isOther = node?.map.map { !$0.contains { ["radius", "sphere"].contains($0.key) } } ?? false
            guard defined.definition.minimisers.isEmpty, !isOther else { return }
            let example = defined.definition.variables.map { "\($0.name): 0.5" }.joined(separator: ", ")
            diagnostics.report(
                place, "start",
                "is measured from a minimiser, and \(defined.definition.name) states none",
                value: node?.summary ?? "radius 1, where nothing is said",
                remedy: "say where it begins, as start: {\(example)} under problem:, or state minimisers")
        case .blocks:
            diagnostics.report(
                place, "start.blocks", "belongs to problems with eigenvalues", remedy: "use vector, radius or sphere")
        case .vector, .defined: return
        }
    }

    /// Whether the sweep's problem tells what a recorded quantity needs to know.
    func knows(_ needs: ObjectiveKnowledge?) -> Bool {
        guard let defined else { return true }
        switch needs {
        case nil: return true
        case .minimum?: return defined.definition.minimum != nil
        case .minimiser?: return defined.definition.knowsDistance
        }
    }

    /// What is recorded where the file does not say: as much of the usual as is known, and f itself where its least value is not.
    var usualStatistics: [String] {
        let known = Self.usualStatistics.filter { knows(catalogue.find(.statistic, $0)?.needs) }
        return known.contains("suboptimality") ? known : known + ["objective"]
    }

    /// Reports a quantity that needs what the objective's definition does not say.
    func reportUnknown(_ quantity: ComponentDescription, _ item: SourceNode, _ field: String) -> Bool {
        guard let defined, !knows(quantity.needs) else { return false }
        let name = defined.definition.name
        if quantity.needs == .minimum {
            diagnostics.report(
                item, field, "needs the least value of the objective, and \(name) does not state it",
                remedy: "record objective, or add minimum: to the problem")
        } else {
            diagnostics.report(
                item, field, "needs a minimiser, and \(name) does not state one",
                remedy: "record objective, or add minimisers: or distance: to the problem")
        }
        return true
    }
}
