import TrialContract

/// A claim as the sweep file gives it, before its expressions know the grid.
struct ClaimSpec: Sendable {
    var name: String
    var statement = ""
    var source = ""
    var confidence = Claim.standardConfidence
    var place: SourcePlace
    var selection: ExpressionSpec?
    var measure: MeasureSpec
    /// Dimensions with values, as `optimizer: sgd`.
    var baseline: [SourceEntry]?
    var extreme: ExtremeSpec?
    var expectation: ExpectationSpec

    /// The dotted path of one of its fields, for messages.
    func path(_ field: String) -> String { "claims.\(name).\(field)" }
}

/// An expression that has been read.
struct ExpressionSpec: Sendable {
    var node: SourceNode
    var field: String
    var program: Program
}

enum MeasureSpec: Sendable {
    case every(ExpressionSpec)
    case mean(ExpressionSpec)
    case law(ClaimLaw.Parameter, response: ExpressionSpec, abscissa: ExpressionSpec, model: String)

    /// Of a trial.
    var expression: ExpressionSpec {
        switch self {
        case .every(let expression), .mean(let expression), .law(_, let expression, _, _): expression
        }
    }
}

struct ExtremeSpec: Sendable {
    var isLargest: Bool
    /// Names of dimensions.
    var names: [SourceNode]
    var field: String
}

enum ExpectationSpec: Sendable {
    case band(BandSpec)
    case table(TableSpec)
}

struct BandSpec: Sendable {
    var atLeast: ExpressionSpec?
    var atMost: ExpressionSpec?
    var center: ExpressionSpec?
    var margin: ExpressionSpec?
    var tolerance = 0.0
    var constant: (selection: ExpressionSpec, allowance: Double)?

    /// All expressions of it that are computed for a cell.
    var expressions: [ExpressionSpec] { [atLeast, atMost, center, margin].compactMap(\.self) }
}

struct TableSpec: Sendable {
    var rows: SourceNode
    var columns: SourceNode
    var outcomes: [(name: String, band: BandSpec)]
    /// By row, then column: the outcome's name.
    var expected: [SourceEntry]
    var place: SourcePlace
}
