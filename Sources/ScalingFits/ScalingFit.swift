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

/// The scaling law of one group. What the model does not have is `nil`.
public struct ScalingFit: Sendable, Equatable {
    public var by: GroupKey
    public var response: String
    public var against: String
    public var model: String
    /// k of C x^k.
    public var exponent: Double?
    /// Percentile bootstrap over trials; `nil` without scatter or without resamples.
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
    /// Cells that took part.
    public var points: Int
    /// Finished trials that took part, over all points.
    public var trials: Int
    /// Diverged trials of the group: counted, in no mean.
    public var diverged: Int
    /// Chi squared over degrees of freedom; `nil` without scatter.
    public var reducedChiSquared: Double?
    public var warnings: [String]
    /// All linear coefficients in the model's own order, for models that are more than one power.
    public var coefficients: [Double]
    /// The measured means and the law's values at the points that took part, by ascending x.
    public var curve: [FittedPoint]
}

/// A mean with its standard error, beside what the law says.
public struct FittedPoint: Sendable, Equatable {
    public var x: Double
    public var mean: Double
    /// Of the mean; `nil` without scatter.
    public var standardError: Double?
    public var fitted: Double
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
