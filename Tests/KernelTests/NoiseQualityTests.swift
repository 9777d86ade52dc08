import Dispatch
import Foundation
import KernelSelection
import NormalStatistics
import Synchronization
import Testing
import TrialContract

private func summarise(_ precision: NoisePrecision, draws: Int) throws -> NormalSummary {
    let kernel = try KernelSelection.kernel()
    let stepsPerPiece = 512, dimension = 64
    let pieces = draws / (stepsPerPiece * dimension * 8)
    let total = Mutex(NormalSummary())
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        var summary = NormalSummary()
        summary.add(kernel.unitNoise(NoiseRequest(
            precision: precision, streamKey: 77, firstTrial: 8 * piece, steps: 0..<stepsPerPiece, dimension: dimension)))
        total.withLock { $0.merge(summary) }
    }
    return total.withLock { $0 }
}

/// Moments within 5 standard errors, Kolmogorov-Smirnov at the 10^-6 level (2.69), tails within 5 standard errors of
/// their binomial counts. Fixed seeds: the outcome does not vary from run to run.
@Test(arguments: NoisePrecision.allCases)
func aHundredMillionNormalsAreNormal(precision: NoisePrecision) throws {
    let summary = try summarise(precision, draws: 100_000_000)
    let n = summary.count
    #expect(n > 99_000_000)
    // Var of x^k: E x^2k - (E x^k)^2 with E x^2k = (2k - 1)!!.
    let variances = [1.0, 2, 15, 96, 945, 10_170]
    for (k, variance) in variances.enumerated() {
        #expect(abs(summary.powers[k]) <= 5 * (n * variance).squareRoot(), "moment \(k + 1)")
    }
    #expect(summary.kolmogorovSmirnov < 2.69)
    for sigma in 3...6 {
        let probability = erfc(Double(sigma) / 2.0.squareRoot())
        let expected = n * probability
        #expect(abs(Double(summary.beyond[sigma]) - expected) <= 5 * expected.squareRoot() + 1, "beyond \(sigma) sigma")
    }
}

/// Neighbouring trials, steps, coordinates and streams are uncorrelated: products of neighbours average to 0.
@Test(arguments: NoisePrecision.allCases)
func neighboursAreUncorrelated(precision: NoisePrecision) throws {
    let kernel = try KernelSelection.kernel()
    let steps = 4000, dimension = 64
    func noise(_ isDescent: Bool) -> [Double] {
        kernel.unitNoise(NoiseRequest(
            precision: precision, streamKey: 3, steps: 0..<steps, dimension: dimension, isDescent: isDescent))
    }
    let descent = noise(true), ascent = noise(false)
    func correlation(_ a: [Double], _ b: [Double], shift: Int) -> Double {
        var sum = 0.0, squares = 0.0
        for i in 0..<a.count - shift {
            sum += a[i] * b[i + shift]
            squares += (a[i] * a[i] - 1) * (b[i + shift] * b[i + shift] - 1)
        }
        let n = Double(a.count - shift)
        return max(abs(sum) / n.squareRoot(), abs(squares) / (4 * n).squareRoot())
    }
    // Layout [step][coordinate][trial]: shifts by one trial, coordinate, step, two, three and four steps.
    for shift in [1, 8, 8 * dimension, 16 * dimension, 24 * dimension, 32 * dimension] {
        #expect(correlation(descent, descent, shift: shift) < 5, "shift \(shift)")
    }
    #expect(correlation(descent, ascent, shift: 0) < 5, "streams")
}
