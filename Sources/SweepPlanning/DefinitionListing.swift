import TrialContract

/// A definition of a file, for lists.
package struct DefinitionListing: Sendable {
    package let description: ComponentDescription
    /// The definition as the file has it, from its name on, at the margin.
    package let text: String
    /// Of an optimizer: how many gradients a step takes.
    package let gradientsPerStep: Double?
}

extension SweepPlanner {
    /// The problems, optimizers, schedules and statistics of a file of definitions and of those that it uses, in their order. Throws
    /// `SweepFileError` with everything that is wrong.
    package static func definitions(
        path: String, catalogue: ComponentCatalogue, data: DataAccess = DataAccess()
    ) throws -> [DefinitionListing] {
        let diagnostics = Diagnostics(file: path)
        var files = DefinitionFiles(diagnostics, data: data, catalogue: catalogue)
        return try listings(files.library(path: path), diagnostics, catalogue, data)
    }

    /// The problems, optimizers, schedules and statistics of the library that is built into the program, in the order of their names.
    package static func builtInDefinitions(catalogue: ComponentCatalogue) throws -> [DefinitionListing] {
        let diagnostics = Diagnostics(file: "samsweep's library"), data = DataAccess()
        var files = DefinitionFiles(diagnostics, data: data, catalogue: catalogue)
        return try listings(files.builtInLibrary(), diagnostics, catalogue, data)
    }

    private static func listings(
        _ library: DefinitionLibrary, _ diagnostics: Diagnostics, _ catalogue: ComponentCatalogue, _ data: DataAccess
    ) throws -> [DefinitionListing] {
        let algorithms = AlgorithmDecoder(diagnostics: diagnostics, sourceText: "", catalogue: catalogue)
        let schedules = ScheduleDecoder(diagnostics: diagnostics, sourceText: "")
        let listings = library.members.compactMap { member -> DefinitionListing? in
            var description: ComponentDescription?
            var gradientsPerStep: Double?
            switch member.kind {
            case .problem:
                var decoder = DefinitionDecoder(diagnostics, sourceText: "", data: data)
                description = decoder.decode(member.node, taken: []).map(withDefaults)
            case .optimizer:
                let algorithm = algorithms.decode(member.node, taken: [])
                description = algorithm?.description
                gradientsPerStep = algorithm?.gradientsPerStep
            case .statistic: description = OwnStatistic.decode(member.node, [], diagnostics, sourceText: "").map(asStated)
            default: description = schedules.decode(member.node, member.kind, taken: [])?.description
            }
            return description.map {
                DefinitionListing(description: $0, text: text(member), gradientsPerStep: gradientsPerStep)
            }
        }
        try diagnostics.throwIfAny()
        return listings
    }

    /// As it is used: a parameter that is not given has the definition's value.
    private static func withDefaults(_ problem: DefinedProblem) -> ComponentDescription {
        let given = problem.description
        return ComponentDescription(
            kind: given.kind, name: given.name, summary: given.summary, formula: given.formula, citation: given.citation,
            parameters: zip(given.parameters, problem.definition.parameters).map { description, parameter in
                ParameterDescription(
                    name: description.name, summary: description.summary, range: description.range, defaultValue: parameter.value)
            }, objective: given.objective)
    }

    /// With the formula that is stated for people.
    private static func asStated(_ statistic: OwnStatistic) -> ComponentDescription {
        let own = statistic.description
        guard let formula = statistic.statedFormula else { return own }
        return ComponentDescription(
            kind: own.kind, name: own.name, summary: own.summary, formula: formula, citation: own.citation,
            parameters: own.parameters, isOwn: own.isOwn)
    }

    /// The lines of a definition: from that with its name to the last that is deeper or empty.
    private static func text(_ member: DefinitionLibrary.Member) -> String {
        guard case .used(let document, let line, let column) = member.namePlace else { return "" }
        let lines = document.text.split(omittingEmptySubsequences: false) { $0.isNewline }.dropFirst(line - 1)
        guard let first = lines.first else { return "" }
        func isInside(_ line: Substring) -> Bool { line.prefix(column).allSatisfy { $0 == " " } }
        var own = [first.dropFirst(column - 1)] + lines.dropFirst().prefix(while: isInside).map { $0.dropFirst(column - 1) }
        while own.last?.allSatisfy(\.isWhitespace) ?? false { own.removeLast() }
        return own.joined(separator: "\n")
    }
}
