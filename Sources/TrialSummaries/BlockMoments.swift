import PortableMath

/// Moments, extremes and quantiles of the numbers of a block, one after the other.
///
/// Goals, in order: the bits depend on the numbers and their order alone, not on the pieces in which they come; the errors do
/// not grow with how many there are; a number costs about a nanosecond.
///
/// Number k is added to lane k mod 8. Each lane sums the powers 1 to 4 of x - s with Kahan's compensation, about a fixed s, the
/// mean of the first numbers, which lies near the mean of all; the lanes are then added in their order. The central moments
/// follow from the sums: with a = S1/n, for instance, the variance is S2/n - a^2, and little is lost since a^2 is far below S2/n.
package struct BlockMoments: Sendable {
    /// Numbers from whose mean deviations are taken.
    package static let leading = 64

    private typealias Lanes = SIMD8<Double>
    private let shift: Double
    private var sums = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    private var lost = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    private var least = Lanes(repeating: .infinity)
    private var largest = Lanes(repeating: -.infinity)
    /// Of the numbers that count.
    private var count = 0
    private var sketch = QuantileSketch()

    /// - Parameter first: the block's first numbers, those that do not count left out.
    package init(first: some Sequence<Double>) {
        var (sum, count) = (CompensatedSum(), 0.0)
        for number in first {
            sum.add(number)
            count += 1
        }
        let mean = count > 0 ? sum.value / count : 0
        shift = mean.isFinite ? mean : 0
    }

    /// Adds numbers; those whose flag is false do not count.
    ///
    /// - Parameters:
    ///   - numbers: a multiple of 8 unless they are the block's last.
    ///   - counts: as many flags; `nil`: all count.
    package mutating func add(_ numbers: UnsafeBufferPointer<Double>, counts: UnsafeBufferPointer<Bool>? = nil) {
        var start = 0
        if counts == nil {
            while start + 8 <= numbers.count {
                let x = UnsafeRawPointer(numbers.baseAddress! + start).loadUnaligned(as: Lanes.self)
                addPowers(x - Lanes(repeating: shift))
                least = pointwiseMin(least, x)
                largest = pointwiseMax(largest, x)
                for lane in 0..<8 { sketch.add(x[lane]) }
                start += 8
            }
            count += start
        }
        while start < numbers.count {
            var (deviations, low, high) = (Lanes.zero, Lanes(repeating: .infinity), Lanes(repeating: -.infinity))
            for lane in 0..<min(8, numbers.count - start) where counts?[start + lane] ?? true {
                let x = numbers[start + lane]
                (deviations[lane], low[lane], high[lane]) = (x - shift, x, x)
                sketch.add(x)
                count += 1
            }
            addPowers(deviations)
            least = pointwiseMin(least, low)
            largest = pointwiseMax(largest, high)
            start += 8
        }
    }

    @inline(__always)
    private mutating func addPowers(_ d: Lanes) {
        let square = d * d
        Self.add(d, &sums.0, &lost.0)
        Self.add(square, &sums.1, &lost.1)
        Self.add(square * d, &sums.2, &lost.2)
        Self.add(square * square, &sums.3, &lost.3)
    }

    @inline(__always)
    private static func add(_ term: Lanes, _ sum: inout Lanes, _ lost: inout Lanes) {
        let corrected = term - lost
        let total = sum + corrected
        lost = (total - sum) - corrected
        sum = total
    }

    /// In the order of `SummaryColumn`; NaN where no number counts.
    package var values: [Double] { values(self.percentiles) }

    /// The numbers of the ranks of `Percentiles`, each to a relative 2^-11; NaN where no number counts.
    package var percentiles: [Double] {
        guard count > 0 else { return [Double](repeating: .nan, count: Percentiles.count) }
        let (low, high) = (least.min(), largest.max())
        return sketch.numbers(ofRanks: Percentiles.ranks(of: count)).map {
            let inside = max(low, min(high, $0))
            return inside.isNaN ? .nan : inside
        }
    }

    /// The same as `values`, for who has the percentiles.
    func values(_ percentiles: [Double]) -> [Double] {
        guard count > 0 else { return SummaryColumn.allCases.map { _ in .nan } }
        let n = Double(count)
        let a = Self.total(sums.0, lost.0) / n, b = Self.total(sums.1, lost.1) / n
        let c = Self.total(sums.2, lost.2) / n, e = Self.total(sums.3, lost.3) / n
        let variance = max(0, b - a * a)
        let third = c - 3 * a * b + 2 * a * a * a
        let fourth = max(0, e - 4 * a * c + 6 * a * a * b - 3 * a * a * a * a)
        let (low, high) = (least.min(), largest.max())
        // One bit pattern for all that is not a number.
        return [shift + a, variance, third, fourth, low, high].map { $0.isNaN ? .nan : $0 }
            + SummaryColumn.percents.map { percentiles[$0 - 1] }
    }

    private static func total(_ sums: Lanes, _ lost: Lanes) -> Double {
        var total = CompensatedSum()
        for lane in 0..<8 {
            total.add(sums[lane])
            total.add(-lost[lane])
        }
        return total.value
    }
}
