import TrialContract

/// The trajectories of a result: for each quantity, summaries over the trials of a cell at some steps.
struct CurveLayout: Sendable, Equatable {
    struct Quantity: Sendable, Equatable {
        /// As in `curves.of` of the sweep file.
        let name: String
        let summary: String
        /// The dimension of its numbers and how many they are; `nil` of one number.
        let inner: (name: String, length: Int)?
        /// What it is computed as, where a sweep has defined it; `nil` for what the program knows itself.
        let formula: String?

        init(name: String, summary: String, inner: (name: String, length: Int)? = nil, formula: String? = nil) {
            self.name = name
            self.summary = summary
            self.inner = inner
            self.formula = formula
        }

        /// Numbers of a point.
        var width: Int { inner?.length ?? 1 }

        /// Two of one name in files of the same sweep: what people read of one that the sweep defines may be spaced in another
        /// way.
        static func == (a: Quantity, b: Quantity) -> Bool {
            a.name == b.name && a.inner?.name == b.inner?.name && a.width == b.width
                && (a.formula != nil || a.summary == b.summary) && a.isComputed(as: b)
        }

        func isComputed(as other: Quantity) -> Bool { TrialVariable.areAlike(formula, other.formula) }
    }

    /// The coordinate of `step`.
    let steps: [Int]
    let quantities: [Quantity]

    init(steps: [Int], quantities: [Quantity]) {
        self.steps = steps
        self.quantities = quantities
    }

    /// - Parameter coordinates: the largest dimension of any cell.
    init(_ curve: PlannedCurve, coordinates: Int) {
        self.init(steps: curve.steps, quantities: curve.quantities.map { quantity in
            Quantity(
                name: quantity.name, summary: quantity.summary,
                inner: ResultLayout.innerDimension(of: quantity).map { ($0, quantity.storage.width(dimension: coordinates)) },
                formula: quantity.isOwn ? quantity.formula : nil)
        })
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
    let formula: String?
    private let inner: (name: String, length: Int)?
    private let steps: Int

    init(quantity: CurveLayout.Quantity, kind: Kind, steps: Int) {
        name = "\(quantity.name)_curve_\(kind.rawValue)"
        self.kind = kind
        self.steps = steps
        inner = quantity.inner
        formula = quantity.formula
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
        [CurveLayout.stepName] + (inner.map { [$0.name] } ?? []) + (kind == .quantiles ? [CurveLayout.quantileName] : [])
    }
    var ownLengths: [Int] {
        [steps] + (inner.map { [$0.length] } ?? []) + (kind == .quantiles ? [CurveSummary.probabilities.count] : [])
    }
    var cellBytes: Int { 8 * ownLengths.reduce(1, *) }

    /// The summaries of a cell that they are made of.
    var summaryCount: Int { steps * (inner?.length ?? 1) }

    static func == (a: CurveVariable, b: CurveVariable) -> Bool {
        a.name == b.name && a.kind == b.kind && a.longName == b.longName && a.ownLengths == b.ownLengths
            && a.ownDimensions == b.ownDimensions && TrialVariable.areAlike(a.formula, b.formula)
    }

    /// The numbers of a cell as they are stored, from its summaries by step and number.
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
