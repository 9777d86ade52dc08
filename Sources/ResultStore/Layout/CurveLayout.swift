import TrialContract

/// The trajectories of a result: for each quantity, summaries over the trials of a cell at some steps.
struct CurveLayout: Sendable, Equatable {
    struct Quantity: Sendable, Equatable {
        /// As in `curves.of` of the sweep file.
        let name: String
        let summary: String
    }

    /// The coordinate of `step`.
    let steps: [Int]
    let quantities: [Quantity]

    init(steps: [Int], quantities: [Quantity]) {
        self.steps = steps
        self.quantities = quantities
    }

    init(_ curve: PlannedCurve) {
        self.init(steps: curve.steps, quantities: curve.quantities.map { Quantity(name: $0.name, summary: $0.summary) })
    }

    static let stepName = "step"
    static let quantileName = "quantile"
    static let checksumPath = "samsweep/curve_checksums"

    /// Quantity after quantity, the kinds of each in their order.
    var variables: [CurveVariable] {
        quantities.flatMap { quantity in
            CurveVariable.Kind.allCases.map { CurveVariable(quantity: quantity, kind: $0, steps: steps.count) }
        }
    }

    var bytesPerCell: Int { variables.reduce(8) { $0 + $1.cellBytes } }
}

/// A variable over all dimensions but `trial`, and `step`: one number of the summaries of a quantity.
///
/// Cell `c` of it lies at `c * cellBytes`.
struct CurveVariable: Sendable, Equatable {
    enum Kind: String, CaseIterable {
        case count, mean, standardError = "standard_error", median, quantiles
    }

    let name: String
    let kind: Kind
    let longName: String
    private let steps: Int

    init(quantity: CurveLayout.Quantity, kind: Kind, steps: Int) {
        name = "\(quantity.name)_curve_\(kind.rawValue)"
        self.kind = kind
        self.steps = steps
        let what = switch kind {
        case .count: "trials that had not diverged, for"
        case .mean: "mean over trials of"
        case .standardError: "standard error of the mean over trials of"
        case .median: "median over trials of"
        case .quantiles: "quantiles over trials of"
        }
        longName = "\(what) \(quantity.summary)"
    }

    var element: ElementType { kind == .count ? .int64 : .float64 }
    /// What comes behind the dimensions of the grid.
    var ownDimensions: [String] {
        [CurveLayout.stepName] + (kind == .quantiles ? [CurveLayout.quantileName] : [])
    }
    var ownLengths: [Int] { [steps] + (kind == .quantiles ? [CurveSummary.probabilities.count] : []) }
    var cellBytes: Int { 8 * ownLengths.reduce(1, *) }

    /// The numbers of a cell as they are stored, from its summaries by step.
    func bytes(_ summaries: [CurveSummary]) -> [UInt8] {
        func raw<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }
        return switch kind {
        case .count: raw(summaries.map { Int64($0.count) })
        case .mean: raw(summaries.map(\.mean))
        case .standardError: raw(summaries.map(\.standardError))
        case .median: raw(summaries.map(\.median))
        case .quantiles: raw(summaries.flatMap(\.quantiles))
        }
    }
}
