/// Every format of `fit --format`: one line adds one.
package enum ReportCatalogue {
    package static let all: [any ReportFormat] = [
        TextFormat(),
        JSONFormat(),
        CSVFormat(),
        MarkdownFormat(),
        LaTeXFormat(),
        HTMLFormat(),
    ]

    package static func find(_ name: String) -> (any ReportFormat)? {
        all.first { $0.name == name }
    }
}
