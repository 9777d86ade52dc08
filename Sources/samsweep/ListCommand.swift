import ArgumentParser
import ClusterSubmission
import JSONText
import KernelSelection
import ScalingFits
import SweepReports
import TrialContract

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists what there is: what sweeps are made of, fit models, report formats, schedulers.")

    @Argument(help: "What to list: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")); everything where it is left out.")
    var kind: Kind?

    @Option(help: "Output format: text or json.")
    var format: TextOrJSON = .text

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case problems, optimizers, noises, schedules, statistics, curves, models, formats, schedulers
    }

    func run() throws {
        guard let kind else { return try printAll() }
        let entries = kind.entries
        switch format {
        case .text: try StandardOutput.print(Self.text(entries))
        case .json: try StandardOutput.print(JSONValue.array(entries.map(\.json)).pretty)
        }
    }

    /// Kind after kind, each under its name.
    private func printAll() throws {
        switch format {
        case .text:
            let parts = Kind.allCases.map { "\($0.rawValue.uppercased())\n\n" + Self.text($0.entries) }
            try StandardOutput.print(parts.joined(separator: "\n\n\n"))
        case .json:
            let parts = Kind.allCases.map { ($0.rawValue, JSONValue.array($0.entries.map(\.json))) }
            try StandardOutput.print(JSONValue.object(parts).pretty)
        }
    }

    private static func text(_ entries: [CatalogueEntry]) -> String {
        entries.map(\.text).joined(separator: "\n\n")
    }
}

/// Output for people or for programs.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension ListCommand.Kind {
    fileprivate var entries: [CatalogueEntry] {
        switch self {
        case .problems: components(.problem)
        case .optimizers: components(.optimizer)
        case .noises: components(.noiseModel)
        case .schedules:
            components(.learningRateSchedule, as: "learning_rate_schedule") + components(.rhoSchedule, as: "rho_schedule")
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
        KernelSelection.catalogue.all(kind).map { component in
            CatalogueEntry(
                name: component.name, field: field, summary: component.summary, formula: component.formula,
                citation: component.citation, parameters: component.parameters,
                constraints: component.constraints, maximumDimension: component.maximumDimension)
        }
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

    var text: String {
        var lines = [(field.map { "\(name) (\($0))" } ?? name) + ": " + summary]
        if !formula.isEmpty { lines.append("    " + formula) }
        lines += parameters.map { parameter in
            let standard = parameter.defaultsToRho ? ", default the cell's rho"
                : parameter.defaultValue.map { ", default \(JSONValue.number($0).line)" } ?? ", must be given"
            return "    \(parameter.name) in \(parameter.range.text)\(standard): \(parameter.summary)"
        }
        if !constraints.isEmpty { lines.append("    where \(constraints.joined(separator: " and "))") }
        if let maximumDimension { lines.append("    up to dimension \(maximumDimension)") }
        if !citation.isEmpty { lines.append("    \(citation)") }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .object([
            ("name", .string(name)), ("field", .optional(field)), ("summary", .string(summary)),
            ("formula", .string(formula)), ("citation", .string(citation)),
            ("parameters", .array(parameters.map(json))), ("constraints", .array(constraints.map(JSONValue.string))),
            ("maximum_dimension", .optional(maximumDimension)),
        ])
    }

    private func json(_ parameter: ParameterDescription) -> JSONValue {
        .object([
            ("name", .string(parameter.name)), ("summary", .string(parameter.summary)),
            ("range", .string(parameter.range.text)), ("default", .optional(parameter.defaultValue)),
            ("integer", .boolean(parameter.isInteger)),
        ])
    }
}
