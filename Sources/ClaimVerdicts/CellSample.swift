import ScalingFits

/// The values of an expression in one cell.
struct CellSample {
    /// One per trial that the cell was asked for, or per block of trials: its mean over the block; NaN where it has none.
    var values: [Double]
    /// Trials that each value stands for.
    var trialsPerValue = 1
    /// Trials that have not been computed.
    var missing: Int
    /// Trials that were computed and have no value, as those that diverged.
    var valueless: Int
    /// Between what the expression lies in every single trial that has a value; `nil` where that is not known.
    var range: Interval?

    var trials: Int { values.count * trialsPerValue }

    /// Minus another cell's value of the same trial.
    func minus(_ other: CellSample) -> CellSample {
        let differences = zip(values, other.values).map { $0 - $1 }
        var difference = CellSample(
            values: differences, trialsPerValue: trialsPerValue, missing: max(missing, other.missing), valueless: 0)
        difference.valueless = max(0, differences.count(where: \.isNaN) * trialsPerValue - difference.missing)
        return difference
    }
}
