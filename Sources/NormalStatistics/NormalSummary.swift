import Glibc

/// Power sums, a histogram and tail counts of normals.
package struct NormalSummary: Sendable {
    private static let edges = 1 << 16
    private static let reach = 8.0
    package private(set) var count = 0.0
    /// Sums of x^k less their expectation, k = 1 … 6.
    package private(set) var powers = [Double](repeating: 0, count: 6)
    private var histogram = [Int](repeating: 0, count: edges + 2)
    /// Normals beyond 3 … 8 standard deviations, at these positions.
    package private(set) var beyond = [Int](repeating: 0, count: 9)

    package init() {}

    package mutating func add(_ values: [Double]) {
        var sums = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for x in values {
            let square = x * x
            sums.0 += x
            sums.1 += square - 1
            sums.2 += square * x
            sums.3 += square * square - 3
            sums.4 += square * square * x
            sums.5 += square * square * square - 15
            let bin = Int(((x + Self.reach) * (Double(Self.edges) / (2 * Self.reach))).rounded(.down)) + 1
            histogram[min(max(bin, 0), Self.edges + 1)] += 1
            if abs(x) > 3 {
                for sigma in 3...min(8, Int(abs(x))) { beyond[sigma] += 1 }
            }
        }
        for (k, sum) in [sums.0, sums.1, sums.2, sums.3, sums.4, sums.5].enumerated() { powers[k] += sum }
        count += Double(values.count)
    }

    package mutating func merge(_ other: NormalSummary) {
        count += other.count
        for k in powers.indices { powers[k] += other.powers[k] }
        for k in histogram.indices { histogram[k] += other.histogram[k] }
        for k in beyond.indices { beyond[k] += other.beyond[k] }
    }

    /// sqrt(n) times the largest distance between the empirical and the normal distribution at 65,537 edges.
    package var kolmogorovSmirnov: Double {
        var below = 0, largest = 0.0
        for edge in 0...Self.edges {
            below += histogram[edge]
            let x = -Self.reach + 2 * Self.reach * Double(edge) / Double(Self.edges)
            largest = max(largest, abs(Double(below) / count - 0.5 * erfc(-x / 2.0.squareRoot())))
        }
        return largest * count.squareRoot()
    }
}
