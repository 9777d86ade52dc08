import ArgumentParser
import ClusterSubmission
import JSONText
import KernelSelection
import ScalingFits
import SweepPlanning
import SweepReports
import TrialContract

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists what there is: what sweeps are made of, fit models, report formats, schedulers.")

    @Argument(help: "What to list: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")); everything where it is left out.")
    var kind: Kind?

    @Argument(help: ArgumentHelp(
        "One of them; a definition of a file is printed as the file has it, ready to copy and change.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("A file of definitions whose problems, optimizers and schedules are listed, too. May be given several times.", valueName: "file"))
    var use: [String] = []

    @Option(help: "Output format: text or json.")
    var format: TextOrJSON = .text

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case problems, optimizers, noises, schedules, statistics, curves, models, formats, schedulers
    }

    func run() throws {
        let own = try use.flatMap { try SweepLoading.definitions($0) }
        // What the user's files define goes before the library's of the same name, as in sweeps.
        let library = try SweepPlanner.builtInDefinitions(catalogue: KernelSelection.catalogue).filter { built in
            !own.contains { $0.description.kind == built.description.kind && $0.description.name == built.description.name }
        }
        let defined = library + own
        guard let kind else { return try printAll(defined) }
        var entries = kind.entries(defined)
        if let name {
            let named = entries.filter { $0.name == name }
            guard !named.isEmpty else {
                throw ValidationError(
                    "there is no '\(name)' among the \(kind.rawValue): they are \(entries.map(\.name).joined(separator: ", "))")
            }
            if format == .text { return try StandardOutput.print(Self.whole(named)) }
            entries = named
        }
        switch format {
        case .text: try StandardOutput.print(Self.text(entries, name == nil ? kind.note : nil))
        case .json: try StandardOutput.print(JSONValue.array(entries.map(\.json)).pretty)
        }
    }

    /// Kind after kind, each under its name.
    private func printAll(_ defined: [DefinitionListing]) throws {
        switch format {
        case .text:
            let parts = Kind.allCases.map { "\($0.rawValue.uppercased())\n\n" + Self.text($0.entries(defined), $0.note) }
            try StandardOutput.print(parts.joined(separator: "\n\n\n"))
        case .json:
            let parts = Kind.allCases.map { ($0.rawValue, JSONValue.array($0.entries(defined).map(\.json))) }
            try StandardOutput.print(JSONValue.object(parts).pretty)
        }
    }

    /// What there is of one name, each definition once: a schedule may be one of both rates.
    private static func whole(_ entries: [CatalogueEntry]) -> String {
        var texts: [String] = []
        for entry in entries where !texts.contains(entry.definition ?? entry.text) { texts.append(entry.definition ?? entry.text) }
        return texts.joined(separator: "\n\n")
    }

    private static func text(_ entries: [CatalogueEntry], _ note: String?) -> String {
        (entries.map(\.text) + [note].compactMap(\.self)).joined(separator: "\n\n")
    }
}

/// Output for people or for programs.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension ListCommand.Kind {
    /// What there is beside the members.
    fileprivate var note: String? {
        guard case .schedules = self else { return nil }
        return "Both also take a formula of the step t, of steps and of the cell's values, as {factor: \"min(1, 20 / (t + 1))\"}."
    }

    fileprivate func entries(_ defined: [DefinitionListing]) -> [CatalogueEntry] {
        switch self {
        case .problems: components(.problem) + Self.entries(defined, .problem)
        case .optimizers: components(.optimizer) + Self.entries(defined, .optimizer)
        case .noises: components(.noiseModel)
        case .schedules:
            [(ComponentKind.learningRateSchedule, "learning_rate_schedule"), (.rhoSchedule, "rho_schedule")].flatMap { kind, field in
                components(kind, as: field) + Self.entries(defined, kind, as: field)
            }
        case .statistics: components(.statistic)
        case .curves: components(.curveQuantity)
        case .models:
            ModelCatalogue.descriptions.map {
                CatalogueEntry(name: $0.name, summary: $0.summary, formula: $0.formula)
            }
        case .formats: ReportCatalogue.all.map { CatalogueEntry(name: $0.name, summary: $0.summary) }
        case .schedulers: SchedulerCatalogue.all.map { CatalogueEntry(name: $0.name, summary: $0.summary) }
        }
    }

    private func components(_ kind: ComponentKind, as field: String? = nil) -> [CatalogueEntry] {
        KernelSelection.catalogue.all(kind).map { CatalogueEntry($0, as: field) }
    }

    private static func entries(
        _ defined: [DefinitionListing], _ kind: ComponentKind, as field: String? = nil
    ) -> [CatalogueEntry] {
        defined.filter { $0.description.kind == kind }.map { listing in
            var entry = CatalogueEntry(listing.description, as: field)
            entry.definition = listing.text
            entry.gradientsPerStep = listing.gradientsPerStep
            return entry
        }
    }
}

extension CatalogueEntry {
    fileprivate init(_ component: ComponentDescription, as field: String? = nil) {
        self.init(
            name: component.name, field: field, summary: component.summary, formula: component.formula,
            citation: component.citation, parameters: component.parameters,
            constraints: component.constraints, maximumDimension: component.maximumDimension,
            gradientsPerStep: component.kind == .optimizer ? KernelSelection.catalogue.gradientsPerStep[component.name] : nil)
    }
}

/// One thing that exists, as people and programs read of it.
private struct CatalogueEntry {
    var name: String
    /// The sweep file's field it belongs to, where a list mixes several.
    var field: String?
    var summary: String
    var formula = ""
    var citation = ""
    var parameters: [ParameterDescription] = []
    var constraints: [String] = []
    var maximumDimension: Int?
    /// Of an optimizer.
    var gradientsPerStep: Double?
    /// What a file of definitions says of it.
    var definition: String?

    var text: String {
        var lines = [(field.map { "\(name) (\($0))" } ?? name) + ": " + summary]
        if !formula.isEmpty { lines.append("    " + formula) }
        lines += parameters.map { parameter in
            let standard = parameter.defaultsToRho
                ? ", default the cell's rho"
                : parameter.defaultValue.map { ", default \(JSONValue.number($0).line)" } ?? ", must be given"
            return "    \(parameter.name) in \(parameter.range.text)\(standard): \(parameter.summary)"
        }
        if !constraints.isEmpty { lines.append("    where \(constraints.joined(separator: " and "))") }
        if let maximumDimension { lines.append("    up to dimension \(maximumDimension)") }
        if let gradientsPerStep { lines.append("    gradients a step: \(Figures.concise(gradientsPerStep))") }
        if !citation.isEmpty { lines.append("    \(citation)") }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .object([
            ("name", .string(name)), ("field", .optional(field)), ("summary", .string(summary)),
            ("formula", .string(formula)), ("citation", .string(citation)),
            ("parameters", .array(parameters.map(json))), ("constraints", .array(constraints.map(JSONValue.string))),
            ("maximum_dimension", .optional(maximumDimension)), ("gradients_per_step", .optional(gradientsPerStep)),
        ] + (definition.map { [("definition", .string($0))] } ?? []))
    }

    private func json(_ parameter: ParameterDescription) -> JSONValue {
        .object([
            ("name", .string(parameter.name)), ("summary", .string(parameter.summary)),
            ("range", .string(parameter.range.text)), ("default", .optional(parameter.defaultValue)),
            ("default_is_rho", .boolean(parameter.defaultsToRho)),
            ("integer", .boolean(parameter.isInteger)),
        ])
    }
}
