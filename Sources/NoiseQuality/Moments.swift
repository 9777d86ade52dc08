import ArgumentParser
import Dispatch
import Glibc
import KernelSelection
import Synchronization
import TrialContract

/// Moments, Kolmogorov-Smirnov and counts beyond 3 … 7 standard deviations.
struct Moments: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Compares many normals with the normal distribution.")

    @Argument(help: "double or single")
    var precision: NoisePrecision

    @Option(help: "How many normals.")
    var draws: Int = 1_000_000_000

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    func run() throws {
        let summary = try summarise()
        let n = summary.count
        print("\(precision.rawValue) precision, \(Int(n)) normals, seed \(seed)")
        // Var x^k = (2k - 1)!! - ((k - 1)!!)^2 for even k.
        for (k, variance) in [1.0, 2, 15, 96, 945, 10_170].enumerated() {
            let error = (n * variance).squareRoot()
            let mean = format(summary.powers[k] / n), score = format(summary.powers[k] / error)
            print("  mean of x^\(k + 1) less its expectation: \(mean), \(score) standard errors")
        }
        let d = summary.kolmogorovSmirnov
        print("  Kolmogorov-Smirnov: sqrt(n) D = \(format(d)), p = \(format(Self.kolmogorovTail(d)))")
        for sigma in 3...7 {
            let expected = n * erfc(Double(sigma) / 2.0.squareRoot())
            let z = (Double(summary.beyond[sigma]) - expected) / expected.squareRoot()
            let text = "\(summary.beyond[sigma]), expected \(format(expected)), \(format(z)) standard errors"
            print("  beyond \(sigma) sigma: \(text)")
        }
    }

    private func summarise() throws -> NormalSummary {
        let kernel = try KernelSelection.kernel()
        let steps = 512, dimension = 64, perPiece = steps * dimension * 8
        let total = Mutex(NormalSummary())
        DispatchQueue.concurrentPerform(iterations: (draws + perPiece - 1) / perPiece) { piece in
            var summary = NormalSummary()
            summary.add(kernel.unitNoise(NoiseRequest(
                precision: precision, streamKey: seed, firstTrial: 8 * piece, steps: 0..<steps, dimension: dimension)))
            total.withLock { $0.merge(summary) }
        }
        return total.withLock { $0 }
    }

    /// P(sqrt(n) D > d) for large n.
    private static func kolmogorovTail(_ d: Double) -> Double {
        var sum = 0.0
        for k in 1...100 {
            let term = exp(-2 * Double(k * k) * d * d)
            sum += k % 2 == 1 ? term : -term
        }
        return 2 * sum
    }
}

/// Six figures.
func format(_ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
        withVaList([value]) { _ = vsnprintf(buffer.baseAddress!, 64, "%.6g", $0) }
        return String(cString: buffer.baseAddress!)
    }
}

/// Power sums, a histogram and tail counts of normals.
struct NormalSummary {
    private static let edges = 1 << 16
    private static let reach = 8.0
    var count = 0.0
    /// Sums of x^k less their expectation, k = 1 … 6.
    var powers = [Double](repeating: 0, count: 6)
    private var histogram = [Int](repeating: 0, count: edges + 2)
    var beyond = [Int](repeating: 0, count: 9)

    mutating func add(_ values: [Double]) {
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

    mutating func merge(_ other: NormalSummary) {
        count += other.count
        for k in powers.indices { powers[k] += other.powers[k] }
        for k in histogram.indices { histogram[k] += other.histogram[k] }
        for k in beyond.indices { beyond[k] += other.beyond[k] }
    }

    /// sqrt(n) times the largest distance between the empirical and the normal distribution at 65,537 edges.
    var kolmogorovSmirnov: Double {
        var below = 0, largest = 0.0
        for edge in 0...Self.edges {
            below += histogram[edge]
            let x = -Self.reach + 2 * Self.reach * Double(edge) / Double(Self.edges)
            largest = max(largest, abs(Double(below) / count - 0.5 * erfc(-x / 2.0.squareRoot())))
        }
        return largest * count.squareRoot()
    }
}
