/// Every format of `fit --format`: one line adds one.
public enum ReportCatalogue {
    public static let all: [any ReportFormat] = [
        TextFormat(),
        JSONFormat(),
        CSVFormat(),
        MarkdownFormat(),
        LaTeXFormat(),
        HTMLFormat(),
    ]

    public static func find(_ name: String) -> (any ReportFormat)? {
        all.first { $0.name == name }
    }
}
