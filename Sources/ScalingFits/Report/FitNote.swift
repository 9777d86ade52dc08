/// Kinds of warnings: what many groups have in common is said once for all of them.
package enum FitNote: String, Sendable, Hashable, CaseIterable {
    case lostTrials, emptyCells, runaways, noScatter, tooFewTrials, noLaw, constant, contrast, narrowed, mixture, bends, undecided,
        extraTerm, outvoted, impossibleFloor, noInterval, pointInfluence, dominantTrial, failedResamples

    /// The warning without the numbers of one group.
    package var summary: String {
        switch self {
        case .lostTrials:
            "trials diverged or are missing and are in no mean (--summary median counts diverged ones as infinitely far)"
        case .emptyCells: "cells without a finished trial are left out"
        case .runaways: "cells in which a trial runs away are left out"
        case .noScatter: "one trial per cell, or trials that agree, also once what their control variates explain is taken away: points weigh "
                + "equally and no interval is statistical (with one trial and noise, raise trials)"
        case .tooFewTrials: "fewer than \(Acceptance.fewestTrials) trials: the data cannot tell whether a law holds, and there are no "
                + "intervals"
        case .noLaw: "no law: no model describes the points, on no part of them worth naming; local exponents (loc.) "
                + "in the place of an exponent"
        case .constant: "the response does not depend on the abscissa within the trials' scatter"
        case .contrast: "the response falls below its value at 0, or crosses it"
        case .narrowed: "no model describes all points; the fit holds for the longest part that one does, the window shown, and "
                + "its intervals include those of neighbouring windows"
        case .mixture: "no single power law but a sum of terms: prefactors in the order of the exponents"
        case .bends: "local exponents differ from the law's exponent"
        case .undecided: "undecided (?): other laws describe the points as well"
        case .extraTerm: "a further term is not excluded below the bound that is given"
        case .outvoted: "another model describes these points far better"
        case .impossibleFloor: "the best floor is negative, which the response cannot be: there is none"
        case .noInterval: "no interval: the scatter rests on too few trials"
        case .pointInfluence: "the exponent hangs on one point"
        case .dominantTrial: "one trial makes most of a cell's mean"
        case .failedResamples: "many resamples have no fit: intervals are too narrow"
        }
    }
}
