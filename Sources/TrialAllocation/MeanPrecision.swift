import PortableMath
import ScalingFits

/// When a cell's mean is known well enough: a sequential rule of a few looks.
///
/// A cell has enough when its Student t interval is no wider than asked for (Chow & Robbins 1965, whose rule this is but for the
/// looks, of which there are few: trials grow at once to what the variance so far asks for, as in Stein 1945 and Hall 1981) *and*
/// when the interval can be trusted: the first term of the Edgeworth expansion of its coverage error (Hall 1992, 2.6),
///
///     2 φ(z) z [κ (z² - 3)/12 - γ² (z⁴ + 2 z² - 3)/18] / n ,
///
/// with the skewness γ and excess kurtosis κ of the trials so far, must be at most `coverageError`. A sample shows less of its
/// law's skewness than there is, which is why the bound is small. Its coverage at the stopping time is measured by the study of
/// stopping times (scripts/stopping).
package struct MeanPrecision: Sendable, Equatable {
    /// What half the interval's width is held to.
    package enum Bound: Sendable, Equatable {
        /// To this share of the mean's magnitude.
        case relative(Double)
        case absolute(Double)
    }

    /// What is to be done about a cell.
    package enum State: Sendable, Equatable {
        case reached
        /// About so many trials are needed; more than there are.
        case needs(Int)
        /// More trials would not help; why.
        case hopeless(String)
    }

    /// The most that the interval's coverage may be off in the first order.
    package static let coverageError = 0.001
    /// Trials from which on a cell's variance has had time to settle.
    static let longPilot = 10_000
    /// Of a settled variance no trial makes up more than this.
    static let unsettledShare = 0.2

    package let bound: Bound
    package let confidence: Double
    /// Trials beyond which a cell gets no more.
    package let atMost: Int

    package init(_ bound: Bound, confidence: Double, atMost: Int) {
        self.bound = bound
        self.confidence = confidence
        self.atMost = atMost
    }

    /// The half-width that is asked for, given the mean.
    func target(_ mean: Double) -> Double {
        switch bound {
        case .relative(let share): share * abs(mean)
        case .absolute(let width): width
        }
    }

    /// The same from single responses, in trial order.
    package func state(_ responses: [Double]) -> State { state(CellMoments(responses)) }

    /// How many trials a cell of so many gets next, where so many are needed.
    package func next(_ present: Int, needed: Int) -> Int { Growth.means.next(present, needed: needed, atMost: atMost) }

    package func state(_ cell: CellMoments) -> State {
        guard cell.count > 1 else {
            return cell.diverged > 0 ? .hopeless("\(cell.diverged) of its trials diverged and have no mean") : .needs(2)
        }
        let half = cell.halfWidth(confidence: confidence)
        guard half > 0 else { return .reached }
        let precise = trials(cell, half, target(cell.mean)), trusted = trustedTrials(cell)
        let needed = max(precise, trusted)
        guard needed > Double(cell.count) else { return .reached }
        if cell.count >= Self.longPilot, cell.largestShare > Self.unsettledShare {
            let share = Figures.significant(100 * cell.largestShare, 2)
            return .hopeless(
                "its variance does not settle: of \(cell.count) trials one alone makes up \(share) % of it. The mean of such a law "
                    + "is that of its rare trials; look at the median, or at the share of far trials")
        }
        if case .relative = bound, abs(cell.mean) < half, trials(cell, half, target(abs(cell.mean) + half)) > Double(atMost) {
            let mean = Figures.significant(cell.mean, 3), width = Figures.significant(half, 2)
            return .hopeless(
                "its mean, \(mean) ± \(width), is not told from zero, where no number of trials reaches a relative error: ask for "
                    + "absolute_error")
        }
        return .needs(Int(min(needed, 9e15).rounded(.up)))
    }

    /// Whether the interval is short enough, trusted or not.
    func isPrecise(_ cell: CellMoments) -> Bool { cell.halfWidth(confidence: confidence) <= target(cell.mean) }

    /// The half-width goes with one over the square root of the trials.
    private func trials(_ cell: CellMoments, _ half: Double, _ target: Double) -> Double {
        let ratio = half / target
        return ratio.isNaN ? .infinity : Double(cell.count) * ratio * ratio
    }

    /// From how many trials on the interval can be trusted.
    func trustedTrials(_ cell: CellMoments) -> Double {
        let z = Normal.quantile(0.5 + confidence / 2), square = z * z
        let density = PortableMath.exp(-square / 2) * 0.398_942_280_401_432_7
        let skew = cell.skewness * cell.skewness * (square * square + 2 * square - 3) / 18
        let tails = cell.excessKurtosis * (square - 3) / 12
        return abs(2 * density * z * (tails - skew)) / Self.coverageError
    }
}
