/// The two ends of an interval, `lower` <= `upper`.
public struct Interval: Sendable, Equatable {
    public var lower: Double
    public var upper: Double

    public init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    public var width: Double { upper - lower }
}

/// How well one model describes a group.
public struct ModelScore: Sendable, Equatable {
    public var model: String
    /// Akaike's criterion with the small-sample correction, up to a constant that is the same for all models of the
    /// group; `nil` where there are too few points to compute it.
    public var aicc: Double?
    /// Akaike weight among the candidates, in [0, 1]; `nil` with `aicc`.
    public var weight: Double?

    public init(model: String, aicc: Double?, weight: Double?) {
        self.model = model
        self.aicc = aicc
        self.weight = weight
    }
}

/// A parameter of a law in the user's units.
public struct FittedParameter: Sendable, Equatable {
    /// As the model names it: `floor`, `prefactor`, `exponent`, `linear`, …
    public var name: String
    public var value: Double
    /// From the scatter of the trials; `nil` without scatter.
    public var standardError: Double?
    /// By bootstrap over trials; `nil` without scatter or without resamples.
    public var interval: Interval?
}

/// A test of the hypothesis that an exponent is 2, as deterministic SAM has it.
public struct ExponentTest: Sendable, Equatable {
    public static let hypothesis = 2.0
    /// (exponent - 2) / standard error.
    public var statistic: Double
    /// Two-sided, from Student's t.
    public var probability: Double
    /// The same after Holm's correction for all groups that were fitted together.
    public var adjusted: Double
}

/// Where the window of a fit comes from.
public enum WindowOrigin: String, Sendable, Equatable {
    /// All points.
    case all
    /// Set by the user.
    case set
    /// The longest part of the group that a model describes.
    case found
}

/// The scaling law of one group. What the model does not have is `nil`.
public struct ScalingFit: Sendable, Equatable {
    public var by: GroupKey
    public var response: String
    public var against: String
    public var model: String
    /// k of C x^k; the model's own where it is fixed.
    public var exponent: Double?
    /// By bootstrap over trials; `nil` without scatter, without resamples or where the exponent is fixed.
    public var exponentInterval: Interval?
    public var confidence: Double
    /// C of C x^k, in units of the response at x = 1.
    public var prefactor: Double?
    /// The response's limit as x goes to 0, in models that have one.
    public var floor: Double?
    public var floorInterval: Interval?
    /// Every model that these points allow, in the catalogue's order.
    public var candidates: [ModelScore]
    /// Smallest and largest x that took part.
    public var window: Interval
    public var windowOrigin: WindowOrigin
    /// Cells that took part.
    public var points: Int
    /// Trials that took part, over all points.
    public var trials: Int
    /// Diverged trials of the group: counted, in no mean.
    public var diverged: Int
    /// Trials of the group that have not been computed.
    public var missing: Int
    /// Chi squared over degrees of freedom; `nil` without scatter.
    public var reducedChiSquared: Double?
    /// How likely residuals as large as these are if the model holds; `nil` without scatter.
    public var fitProbability: Double?
    /// The chosen model and those that the data do not rule out against it; empty where they decide.
    public var undecided: [String]
    public var warnings: [String]
    /// The kinds of the warnings, in their order.
    public var notes: [FitNote] = []
    /// All parameters, in the model's own order.
    public var parameters: [FittedParameter]
    /// `nil` without a free exponent or without scatter.
    public var exponentTest: ExponentTest?
    /// Between neighbouring points of the group, also outside the window.
    public var localExponents: [LocalExponent]
    /// The exponent without each point in turn.
    public var leaveOneOut: [LeaveOneOut]
    /// What became of the trials of each cell, by ascending x.
    public var tally: [CellTally]
    /// The measured means of the group's cells, by ascending x, and the law's values inside the window.
    public var curve: [FittedPoint]
    /// What pooling needs of the exponent; `nil` without a free exponent or without scatter.
    var exponentScatter: ExponentScatter?
}

/// How an exponent scatters, and with which trials.
struct ExponentScatter: Sendable, Equatable {
    var standardError: Double
    var freedom: Double
    /// Per trial, where trials with the same number belong together over all groups; empty where they do not.
    var influence: [Double]
}

/// A mean with its standard error, beside what the law says.
public struct FittedPoint: Sendable, Equatable {
    public var x: Double
    public var mean: Double
    /// Of the mean; `nil` without scatter.
    public var standardError: Double?
    /// Of the mean: Wilson's for a share of trials, the mean ± Student's t standard errors otherwise; `nil` without
    /// scatter.
    public var interval: Interval?
    /// `nil` where the point took no part, as x = 0 in a pure power.
    public var fitted: Double?
    /// The cell's number in the result it was read from.
    public var cell: Int?

    public init(
        x: Double, mean: Double, standardError: Double?, interval: Interval? = nil, fitted: Double?, cell: Int? = nil
    ) {
        self.cell = cell
        self.x = x
        self.mean = mean
        self.standardError = standardError
        self.interval = interval
        self.fitted = fitted
    }
}

/// A group that could not be fitted, and what to do.
public struct UnfitGroup: Sendable, Equatable {
    public var by: GroupKey
    public var response: String
    public var against: String
    public var diverged: Int
    /// Names the group, the value and the remedy.
    public var reason: String
}

/// What became of one group.
public enum FitOutcome: Sendable, Equatable {
    case fit(ScalingFit)
    case unfit(UnfitGroup)

    public var by: GroupKey {
        switch self {
        case .fit(let fit): fit.by
        case .unfit(let group): group.by
        }
    }
}
