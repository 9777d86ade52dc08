import PortableMath
import ScalingFits

/// What a decision may know of a cell: sums over its first trials, taken in trial order.
package struct CellMoments: Sendable, Equatable {
    /// Trials with a finite response.
    package let count: Int
    /// Trials that diverged.
    package let diverged: Int
    /// NaN without any.
    package let mean: Double
    /// Of single responses, over n - 1; NaN for fewer than two.
    package let variance: Double
    /// Third central moment over the 3/2 power of the second; 0 where all agree.
    package let skewness: Double
    /// Fourth central moment over the square of the second, minus 3; 0 where all agree.
    package let excessKurtosis: Double
    /// What the trial farthest from the mean contributes to the sum of squares, 0 … 1.
    package let largestShare: Double

    /// - Parameter responses: in trial order; infinite where a trial diverged, NaN where there is none.
    package init(_ responses: some Sequence<Double>) {
        let values = responses.filter { !$0.isNaN }
        let finite = values.filter(\.isFinite)
        (count, diverged) = (finite.count, values.count - finite.count)
        let moments = Moments(finite)
        mean = moments.mean
        let error = moments.standardError
        guard finite.count > 1, !moments.isConstant, error > 0 else {
            (variance, skewness, excessKurtosis, largestShare) = (finite.count > 1 ? 0 : .nan, 0, 0, 0)
            return
        }
        let n = Double(finite.count)
        variance = error * error * n
        var third = CompensatedSum(), fourth = CompensatedSum()
        var largest = 0.0
        for value in finite {
            let z = moments.standardised(value), square = z * z
            third.add(square * z)
            fourth.add(square * square)
            largest = max(largest, square)
        }
        (skewness, excessKurtosis, largestShare) = (third.value / n, fourth.value / n - 3, largest / n)
    }

    /// For numbers that were computed elsewhere.
    package init(
        count: Int, diverged: Int = 0, mean: Double, variance: Double, skewness: Double = 0, excessKurtosis: Double = 0,
        largestShare: Double = 0
    ) {
        self.count = count
        self.diverged = diverged
        self.mean = mean
        self.variance = variance
        self.skewness = skewness
        self.excessKurtosis = excessKurtosis
        self.largestShare = largestShare
    }

    /// Half the width of Student's t interval of the mean; NaN for fewer than two trials.
    package func halfWidth(confidence: Double) -> Double {
        guard count > 1 else { return .nan }
        guard variance > 0 else { return 0 }
        return StudentT(freedom: Double(count - 1)).quantile(confidence: confidence) * (variance / Double(count)).squareRoot()
    }
}
