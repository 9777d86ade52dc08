/// A parameter of a law in the user's units.
package struct FittedParameter: Sendable, Equatable {
    /// As the model names it: `floor`, `prefactor`, `exponent`, `linear`, …
    package var name: String
    package var role: LawParameter.Role
    package var value: Double
    /// From the scatter of the trials; `nil` without scatter.
    package var standardError: Double?
    /// By bootstrap over trials; `nil` without scatter or without resamples.
    package var interval: Interval?
}

/// A test of the hypothesis that an exponent is 2, as deterministic SAM has it.
package struct ExponentTest: Sendable, Equatable {
    package static let hypothesis = 2.0
    /// (exponent - 2) / standard error.
    package var statistic: Double
    /// Two-sided, from Student's t.
    package var probability: Double
    /// The same after Holm's correction for all groups that were fitted together.
    package var adjusted: Double
}

/// What the points of a group say.
package enum FitKind: String, Sendable, Equatable {
    case law
    /// The response does not depend on the abscissa.
    case constant
    /// No model describes the points: there is no exponent, no prefactor and no floor.
    case noLaw = "no-law"
}

/// A term that was not found: how large it may be all the same.
package struct ExtraTermBound: Sendable, Equatable {
    /// With its article, as `a floor`.
    package var term: String
    /// Part of the response that it may be somewhere in the window.
    package var share: Double
}

/// The scaling law of one group. What the model does not have is `nil`.
package struct ScalingFit: Sendable, Equatable {
    package var outcome: FitKind
    package var by: GroupKey
    package var response: String
    package var against: String
    /// `nil` where no law describes the points.
    package var model: String?
    /// k of C x^k; the model's own where it is fixed.
    package var exponent: Double?
    /// By bootstrap over trials; `nil` without scatter, without resamples or where the exponent is fixed.
    package var exponentInterval: Interval?
    package var confidence: Double
    /// C of C x^k, in units of the response at x = 1.
    package var prefactor: Double?
    /// The response's limit as x goes to 0, in models that have one.
    package var floor: Double?
    package var floorInterval: Interval?
    /// Every model that these points allow, in the catalogue's order.
    package var candidates: [ModelScore]
    /// Smallest and largest x that took part.
    package var window: Interval
    package var windowOrigin: WindowOrigin
    /// Cells that took part.
    package var points: Int
    /// Independent trials that took part: those of one cell where trials with the same number belong together, otherwise
    /// the sum over the points.
    package var trials: Int
    /// Diverged trials of the group: counted, in no mean.
    package var diverged: Int
    /// Trials of the group that have not been computed.
    package var missing: Int
    /// Mean square of the residuals, each in units of its own standard error: 1 on average where the law holds. Of the
    /// nearest model where none does. `nil` without scatter.
    package var reducedChiSquared: Double?
    /// How likely residuals as large as these are if the model holds (of the nearest model where none does); `nil` without
    /// scatter.
    package var fitProbability: Double?
    /// The chosen model and other laws that describe the points as well; empty where the data decide.
    package var undecided: [String]
    /// Terms that the law lacks, and how large they may be.
    package var extraTerms: [ExtraTermBound]
    /// Those that the data show all the same, as large as a twentieth of the response or more: a law that was asked for and lacks
    /// them is near the points and not true.
    package var foundTerms: [String] = []
    package var warnings: [String]
    /// The kinds of the warnings, in their order.
    package var notes: [FitNote] = []
    /// All parameters, in the model's own order.
    package var parameters: [FittedParameter]
    /// `nil` without a free exponent or without scatter.
    package var exponentTest: ExponentTest?
    /// Between neighbouring points of the group, also outside the window.
    package var localExponents: [LocalExponent]
    /// The exponent without each point in turn.
    package var leaveOneOut: [LeaveOneOut]
    /// What became of the trials of each cell, by ascending x.
    package var tally: [CellTally]
    /// The least and the largest local exponent that is known to a quarter, or of all where none is; `nil` without any.
    package var localRange: LocalExponentRange?
    /// How the cells compare with that at x = 0; `nil` without one, or where none lies below it.
    package var contrast: BaselineContrast?
    /// The measured means of the group's cells, by ascending x, and the law's values inside the window.
    package var curve: [FittedPoint]
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
package struct FittedPoint: Sendable, Equatable {
    package var x: Double
    package var mean: Double
    /// Of the mean; `nil` without scatter.
    package var standardError: Double?
    /// Of the mean: Wilson's for a share of trials, the mean ± Student's t standard errors otherwise; `nil` without
    /// scatter.
    package var interval: Interval?
    /// `nil` where the point took no part, as x = 0 in a pure power, and where there is no law.
    package var fitted: Double?
    /// Of the law at this point, from the trials' scatter with the law taken for granted; `nil` without scatter.
    package var band: Interval?
    /// (mean - fitted) / standard error; `nil` without one of them.
    package var residual: Double? {
        guard let fitted, let standardError, standardError > 0 else { return nil }
        return (mean - fitted) / standardError
    }
    /// The cell's number in the result it was read from.
    package var cell: Int?
    /// With which it took part in the fit.
    var weight: Double?

    package init(
        x: Double, mean: Double, standardError: Double?, interval: Interval? = nil, fitted: Double?,
        band: Interval? = nil, cell: Int? = nil
    ) {
        self.band = band
        self.cell = cell
        self.x = x
        self.mean = mean
        self.standardError = standardError
        self.interval = interval
        self.fitted = fitted
    }
}

/// A group that could not be fitted, and what to do.
package struct UnfitGroup: Sendable, Equatable {
    package var by: GroupKey
    package var response: String
    package var against: String
    package var diverged: Int
    /// Trials of the group that have not been computed.
    package var missing = 0
    /// Names the value and the remedy.
    package var objection: String
    /// What became of the trials of each cell, by ascending x.
    package var tally: [CellTally] = []
    /// The measured means of the group's cells, by ascending x, without a law.
    package var curve: [FittedPoint] = []

    /// Names the group, too.
    package var reason: String { "group (\(by)): \(objection)" }
}

/// What became of one group.
package enum FitOutcome: Sendable, Equatable {
    case fit(ScalingFit)
    case unfit(UnfitGroup)

    /// What became of the trials of each cell, by ascending x.
    package var tally: [CellTally] {
        switch self {
        case .fit(let fit): fit.tally
        case .unfit(let group): group.tally
        }
    }

    /// The measured means of the group's cells, by ascending x.
    package var curve: [FittedPoint] {
        switch self {
        case .fit(let fit): fit.curve
        case .unfit(let group): group.curve
        }
    }

    package var by: GroupKey {
        switch self {
        case .fit(let fit): fit.by
        case .unfit(let group): group.by
        }
    }

    package var response: String {
        switch self {
        case .fit(let fit): fit.response
        case .unfit(let group): group.response
        }
    }

    package var against: String {
        switch self {
        case .fit(let fit): fit.against
        case .unfit(let group): group.against
        }
    }
}
