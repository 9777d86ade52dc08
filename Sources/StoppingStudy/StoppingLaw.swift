import PortableMath
import TrialAllocation

/// Laws of single trials, all with mean 1, from light tails to heavy ones.
package enum StoppingLaw: String, CaseIterable, Sendable {
    case normal
    /// One with one degree of freedom: a squared distance in one dimension.
    case chiSquared = "chi-squared(1)"
    /// One with ten degrees of freedom over ten.
    case chiSquaredTen = "chi-squared(10)"
    /// Of exp Z: skewness 6.2, kurtosis 114.
    case lognormal
    /// -1/3 with probability 0.9, 3 with 0.1, beside 1.
    case skewedTwoPoint = "skewed-two-point(0.1)"

    /// The standard deviation of a trial.
    package var deviation: Double {
        switch self {
        case .normal, .skewedTwoPoint: 1
        case .chiSquared: 2.0.squareRoot()
        case .chiSquaredTen: 0.2.squareRoot()
        case .lognormal: (PortableMath.exp(1) - 1).squareRoot()
        }
    }

    /// Trials of a sweep, by their numbers: more of them never change those there are.
    package func trials(sweep: Int, _ numbers: Range<Int>) -> [Double] {
        switch self {
        case .normal: Self.normals(sweep, numbers, stream: 1).map { 1 + $0 }
        case .chiSquared: Self.normals(sweep, numbers, stream: 1).map { $0 * $0 }
        case .chiSquaredTen:
            (1...10).map { Self.normals(sweep, numbers, stream: $0) }.reduce([Double](repeating: 0, count: numbers.count)) {
                zip($0, $1).map { $0 + $1 * $1 / 10 }
            }
        case .lognormal: Self.normals(sweep, numbers, stream: 1).map { PortableMath.exp($0 - 0.5) }
        case .skewedTwoPoint: Self.uniforms(sweep: sweep, numbers).map { 1 + ($0 < 0.1 ? 3 : -1.0 / 3) }
        }
    }

    /// In (0, 1).
    package static func uniforms(sweep: Int, _ numbers: Range<Int>, stream: Int = 0) -> [Double] {
        numbers.map { pair(sweep, $0, stream).0 }
    }

    private static func pair(_ sweep: Int, _ number: Int, _ stream: Int) -> (Double, Double) {
        let words = Philox4x32.block(
            counter: SIMD4(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), UInt32(stream), 18),
            key: SIMD2(UInt32(truncatingIfNeeded: sweep), 2026))
        func unit(_ high: UInt32, _ low: UInt32) -> Double {
            (Double((UInt64(high) << 20) | UInt64(low >> 12)) + 0.5) * 0x1p-52
        }
        return (unit(words[0], words[1]), unit(words[2], words[3]))
    }

    /// Box and Muller's.
    private static func normals(_ sweep: Int, _ numbers: Range<Int>, stream: Int) -> [Double] {
        numbers.map { number in
            let (u, v) = pair(sweep, number, stream)
            return (-2 * PortableMath.log(u)).squareRoot() * PortableMath.cos(2 * Double.pi * v)
        }
    }
}

/// How a rule that looks after every round does at the time at which it stops.
package struct StoppingResult: Sendable, CustomStringConvertible {
    /// The share of intervals that hold the mean.
    package private(set) var coverage = 0.0
    /// The longest arm of an interval, in parts of what was asked for.
    package private(set) var longestArm = 0.0
    package private(set) var meanTrials = 0.0
    package private(set) var meanRounds = 0.0
    /// Sweeps that were given up or had all the trials that are allowed.
    package private(set) var unfinished = 0
    /// What a run that knows the law's deviation would use.
    package let oracleTrials: Double

    /// - Parameters:
    ///   - width: the half-width that is asked for.
    ///   - sweeps: numbers of the sweeps, each one cell.
    package init(law: StoppingLaw, width: Double, sweeps: Range<Int>, atLeast: Int, confidence: Double = 0.95) {
        let atMost = 1 << 22
        let ratio = 1.959_963_984_540_054 * law.deviation / width
        oracleTrials = ratio * ratio
        var held = 0
        for sweep in sweeps {
            // The mean is 1: a relative error of the width, as users ask for it.
            let rule = MeanPrecision(.relative(width), confidence: confidence, atMost: atMost)
            var trials = law.trials(sweep: sweep, 0..<atLeast)
            var rounds = 1
            while case .needs(let needed) = rule.state(trials), trials.count < atMost {
                let next = min(atMost, rule.next(trials.count, needed: needed))
                trials += law.trials(sweep: sweep, trials.count..<next)
                rounds += 1
            }
            if rule.state(trials) != .reached { unfinished += 1 }
            let moments = CellMoments(trials), half = moments.halfWidth(confidence: confidence)
            if abs(moments.mean - 1) <= half { held += 1 }
            longestArm = max(longestArm, half / (width * abs(moments.mean)))
            meanTrials += Double(trials.count) / Double(sweeps.count)
            meanRounds += Double(rounds) / Double(sweeps.count)
        }
        coverage = Double(held) / Double(sweeps.count)
    }

    package var description: String {
        func fixed(_ value: Double, _ scale: Double) -> String { "\((value * scale).rounded() / scale)" }
        return "coverage \(fixed(100 * coverage, 100)) %, trials \(fixed(meanTrials, 1)) (with the deviation known \(fixed(oracleTrials, 1))), "
            + "rounds \(fixed(meanRounds, 10)), longest arm \(fixed(longestArm, 1000)) of what is asked for, unfinished \(unfinished)"
    }
}
