/// The moments of all blocks of a cell together, added in the order of the blocks.
///
/// Sums of powers of deviations from a common mean follow from those of the parts (Pébay, Sandia report SAND2008-6212).
package struct CellMoments: Sendable {
    package private(set) var count = 0.0
    package private(set) var mean = Double.nan
    private var second = 0.0, third = 0.0, fourth = 0.0
    package private(set) var minimum = Double.nan
    package private(set) var maximum = Double.nan

    package init() {}

    /// - Parameters:
    ///   - finished: how many numbers the block has; one of none changes nothing.
    ///   - values: in the order of `SummaryColumn`.
    package mutating func add(finished: Double, _ values: [Double]) {
        guard finished > 0 else { return }
        let other = (n: finished, mean: values[0], m2: values[1] * finished, m3: values[2] * finished, m4: values[3] * finished)
        guard count > 0 else {
            (count, mean, second, third, fourth) = (finished, other.mean, other.m2, other.m3, other.m4)
            (minimum, maximum) = (values[4], values[5])
            return
        }
        let n = count + other.n, d = other.mean - mean
        let q = d / n, product = count * other.n
        fourth += other.m4 + d * q * q * q * product * (count * count - product + other.n * other.n)
            + 6 * q * q * (count * count * other.m2 + other.n * other.n * second) + 4 * q * (count * other.m3 - other.n * third)
        third += other.m3 + d * q * q * product * (count - other.n) + 3 * q * (count * other.m2 - other.n * second)
        second += other.m2 + d * q * product
        mean += q * other.n
        count = n
        minimum = min(minimum, values[4])
        maximum = max(maximum, values[5])
    }

    /// Over one less than the count; NaN below two numbers.
    package var variance: Double { count > 1 ? second / (count - 1) : .nan }
    package var standardError: Double { (variance / count).squareRoot() }
    /// Third standardised moment; NaN where all numbers are equal.
    package var skewness: Double { second > 0 ? (third / count) / ((second / count) * (second / count).squareRoot()) : .nan }
    /// Fourth standardised moment, 3 for a normal law; NaN where all numbers are equal.
    package var kurtosis: Double { second > 0 ? (fourth / count) / ((second / count) * (second / count)) : .nan }
}
