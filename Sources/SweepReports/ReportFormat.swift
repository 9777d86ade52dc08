import ScalingFits

/// What a report needs to know of the place it is shown in.
package struct ReportStyle: Sendable, Equatable {
    /// Columns of the terminal, at least 20; lines of the text format do not grow beyond it.
    package var width: Int
    /// Whether signs beyond ASCII may be used in the text format.
    package var unicode: Bool

    package init(width: Int = 100, unicode: Bool = true) {
        self.width = max(20, width)
        self.unicode = unicode
    }
}

/// A way to write down fits. A new one is one file in `Formats` and one line in `ReportCatalogue`.
package protocol ReportFormat: Sendable {
    /// As `--format` names it.
    var name: String { get }
    var summary: String { get }
    /// Whether it shows a table whose columns can be chosen.
    var takesColumns: Bool { get }
    /// The whole report, ending with a newline.
    func render(_ document: FitDocument, style: ReportStyle) -> String
    /// Laws over several regressors, ending with a newline.
    func render(_ products: [ProductOutcome], style: ReportStyle) -> String
    /// The best place of each setting, ending with a newline.
    func render(best settings: [BestSetting], style: ReportStyle) -> String
    /// Two values of a dimension held against each other, ending with a newline.
    func render(comparison: PairComparison, style: ReportStyle) -> String
    /// Claims and their verdicts, ending with a newline.
    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String
}

extension ReportFormat {
    package var takesColumns: Bool { false }

    package func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        render(FitDocument(outcomes: outcomes), style: style)
    }
}
