import ArgumentParser
import Dispatch
import Glibc
import KernelSelection
import NormalStatistics
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
