import ScalingFits
import TrialContract

/// Values that agree with a claim in one cell.
struct Acceptance {
    var lower = -Double.infinity
    var upper = Double.infinity

    /// The band's values in a cell.
    ///
    /// - Parameter factor: what the expected values are multiplied with.
    init(_ band: ClaimBand, cell: Int, factor: Double = 1) {
        func value(_ expression: (any CellExpression)?) -> Double? { expression.map { $0.bound(to: cell)([]) } }
        let margin = value(band.margin) ?? 0
        func room(_ value: Double) -> Double { margin + band.tolerance * value.magnitude }
        if let end = value(band.atLeast ?? band.center).map({ $0 * factor }) { lower = end - room(end) }
        if let end = value(band.atMost ?? band.center).map({ $0 * factor }) { upper = end + room(end) }
    }

    var interval: Interval { Interval(lower, upper) }

    /// Whether the ends are numbers in order: an expression may divide by zero.
    var isMeaningful: Bool { lower <= upper }

    /// Inside: pass; beside it: fail; both: undecided.
    func verdict(_ interval: Interval) -> Verdict {
        guard isMeaningful, !interval.lower.isNaN, !interval.upper.isNaN else { return .undecided }
        if interval.lower >= lower && interval.upper <= upper { return .pass }
        return interval.upper < lower || interval.lower > upper ? .fail : .undecided
    }

    /// How many trials would shrink the arm of the interval that reaches over an end to that end: it goes with
    /// 1/sqrt(trials). `nil` where no number would.
    func trialsNeeded(_ value: Double, _ interval: Interval, trials: Int) -> Int? {
        guard verdict(interval) == .undecided else { return nil }
        var most = 0.0
        for end in [lower, upper] where end > interval.lower && end < interval.upper {
            let arm = value > end ? value - interval.lower : interval.upper - value
            most = max(most, arm / abs(value - end))
        }
        let needed = (Double(trials) * most * most).rounded(.up)
        return needed.isFinite && needed < 1e15 ? max(trials + 1, Int(needed)) : nil
    }
}
