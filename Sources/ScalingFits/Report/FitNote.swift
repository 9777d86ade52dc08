/// Kinds of warnings: what many groups have in common is said once for all of them.
public enum FitNote: String, Sendable, Hashable, CaseIterable {
    case lostTrials, emptyCells, noScatter, fewTrials, narrowed, mixture, bends, poorFit, undecided, outvoted, atTheEdge,
        pointInfluence, failedResamples

    /// The warning without the numbers of one group.
    public var summary: String {
        switch self {
        case .lostTrials:
            "trials diverged or are missing and are in no mean (--summary median counts diverged ones as infinitely far)"
        case .emptyCells: "cells without a finished trial are left out"
        case .noScatter: "one trial per cell, or trials that agree: points weigh equally and no interval is statistical (where there is "
                + "noise, raise trials)"
        case .fewTrials: "fewer than 20 finished trials in a cell: intervals are unreliable"
        case .narrowed: "no model describes all points; the fit holds for the longest part that one does, the window shown"
        case .mixture: "no single power law but a sum of terms: prefactors in the order of the exponents"
        case .bends: "not one power law: local exponents disagree with this one, an average that depends on the window"
        case .poorFit: "the points deviate from the law by more than their scatter"
        case .undecided: "undecided: the data do not rule out other models, or are too few to compare them"
        case .outvoted: "another model describes these points far better"
        case .atTheEdge: "a parameter ran to the end of its search: these points do not determine it"
        case .pointInfluence: "the exponent hangs on one point"
        case .failedResamples: "many resamples have no fit: intervals are too narrow"
        }
    }
}
