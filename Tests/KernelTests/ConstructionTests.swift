import KernelSelection
import PortableMath
import Testing
import TrialContract

// The constructions behind the claims: what theory proves of them, checked to rounding or to standard errors.

private func sine(_ rho: Double, _ beta: Double) -> ProblemCase {
    ProblemCase("sine", ["smoothness": beta, "rho0": rho], smoothness: beta)
}

private func trap(_ rho: Double, beta: Double = 1, c1: Double = 0.5, c2: Double = 0.5) -> ProblemCase {
    ProblemCase("trap", ["smoothness": beta, "rho0": rho, "c1": c1, "c2": c2], smoothness: beta)
}

private func huberTrap(_ rho: Double, beta: Double) -> ProblemCase {
    ProblemCase("huber-trap", ["smoothness": beta, "rho0": rho], smoothness: beta)
}

/// Every start but a critical point ends at -rho/10 or 7 rho/10, mod 6 rho/5, where |f'| = 0.165399 beta rho.
@Test(arguments: [1e-4, 1e-2, 1, 100], [0.1, 7])
func deterministicSAMStopsOnTheSine(rho: Double, beta: Double) throws {
    let kernel = try KernelSelection.kernel()
    let gradient = 3 * 3.0.squareRoot() / (10 * Double.pi) * beta * rho
    for h in [0.05, 0.5, 1, 1.5, 1.9] {
        for i in 0..<24 {
            let start = rho * (-3.3 + 6.6 * (Double(i) + 0.41) / 24)
            let period = (start / rho + 0.3) / 1.2
            let isRising = period - period.rounded(.down) < 0.5
            let limit = ((isRising ? -0.1 : 0.7) + 1.2 * period.rounded(.down)) * rho
            let columns = kernel.outcomes(
                sine(rho, beta).trialClass(
                    "sam", steps: 1500, start: .vector([start]), statistics: ["iterate", "gradient_norm"]),
                [cell(learningRate: h / beta, rho: rho)], trials: 0..<1)
            #expect(abs(columns.values[0][0] - limit) < 1e-12 * rho, "h = \(h), from \(start)")
            #expect(abs(columns.values[1][0] - gradient) < 1e-11 * gradient, "h = \(h), from \(start)")
        }
    }
}

/// x_{t+1} - rho/2 = (1 - h)(x_t - rho/2) on every path, from the minimiser as well, for 0 < h <= 1.34.
@Test(arguments: [1e-4, 0.1, 1, 30], [0.05, 0.5, 1, 1.3])
func theTrapDrawsMSAMAwayFromItsMinimiser(rho: Double, h: Double) throws {
    let kernel = try KernelSelection.kernel()
    for steps in [1, 7, 40] {
        for start in [0, 0.25, 0.4, 0.5] {
            let columns = kernel.outcomes(
                trap(rho, beta: 3).trialClass(
                    "m-sam", steps: steps, start: .vector([start * rho]), statistics: ["iterate"]),
                [cell(learningRate: h / 3, rho: rho)], trials: 0..<64)
            let expected = rho / 2 + (start - 0.5) * rho * PortableMath.pow(1 - h, Double(steps))
            for x in columns.values[0] { #expect(abs(x - expected) < 1e-14 * rho, "from \(start), T = \(steps)") }
        }
    }
}

/// |x_t - x*| >= rho/4 for all t from [rho/4, 31 rho/46) with h <= 1, and >= 0.326 rho from within 4 rho/23 of rho/2
/// with h < 2.
@Test func trappedPathsKeepTheirDistance() throws {
    let kernel = try KernelSelection.kernel()
    func best(_ start: Double, _ h: Double) -> Double {
        kernel.outcomes(
            trap(0.2).trialClass("m-sam", steps: 300, start: .vector([start]), statistics: ["best_distance"]),
            [cell(learningRate: h, rho: 0.2)], trials: 0..<64).values[0].min() ?? 0
    }
    for h in [0.01, 0.3, 0.9, 1] {
        for fraction in [0, 0.3, 0.7, 0.999] {
            let start = 0.2 * (0.25 + fraction * (31.0 / 46 - 0.25))
            #expect(best(start, h) >= 0.2 / 4 * (1 - 1e-14))
        }
    }
    for h in [0.3, 1, 1.7, 1.99] {
        for offset in [-0.99, -0.5, 0.5, 0.99] {
            #expect(best(0.2 * (0.5 + offset * 4 / 23), h) >= 0.2 * 15 / 46 * (1 - 1e-14))
        }
    }
}

@Test(arguments: [0.5, 1, 1.4, 1.95], [0.25, 0.6, 0.75])
func theHuberTrapDrawsMSAMToHalfRho(h: Double, start: Double) throws {
    let kernel = try KernelSelection.kernel()
    let rho = 0.6, beta = 2.5, steps = 23
    let columns = kernel.outcomes(
        huberTrap(rho, beta: beta).trialClass(
            "m-sam", steps: steps, start: .vector([start * rho]),
            statistics: ["iterate", "gradient_norm", "best_distance", "suboptimality"]),
        [cell(learningRate: h / beta, rho: rho)], trials: 0..<64)
    let expected = rho / 2 + (start - 0.5) * rho * PortableMath.pow(1 - h, Double(steps))
    for trial in 0..<64 {
        #expect(abs(columns.values[0][trial] - expected) < 1e-14)
        #expect(abs(columns.values[1][trial] - beta * rho / 4) < 1e-14)
        #expect(columns.values[2][trial] >= rho / 4 * (1 - 1e-14))
        // f in the tail: beta rho |x|/4 - beta rho^2/32; at rho/2 it is 3/32 beta rho^2.
        #expect(abs(columns.values[3][trial] - beta * rho * (expected / 4 - rho / 32)) < 1e-14)
    }
}

private func moments(_ x: [Double]) -> (mean: Double, square: Double, meanError: Double, squareError: Double) {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n, square = x.reduce(0) { $0 + $1 * $1 } / n
    let fourth = x.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
    return (mean, square, ((square - mean * mean) / n).squareRoot(), ((fourth - square * square) / n).squareRoot())
}

/// Mean rho (c1 + c2)/2, E x^2 = rho^2 [((c1 + c2)/2)^2 + h/(2 - h) ((c2 - c1)/2)^2].
@Test(arguments: [0.1, 0.5, 1])
func theRandomTrapHasItsStationaryMoments(h: Double) throws {
    let rho = 0.3, c1 = 0.25, c2 = 0.5
    let columns = try KernelSelection.kernel().outcomes(
        trap(rho, c1: c1, c2: c2).trialClass(
            "m-sam", steps: 200, start: .vector([0.3 * rho]), statistics: ["iterate"]),
        [cell(learningRate: h, rho: rho)], trials: 0..<40_000)
    let sample = moments(columns.values[0])
    let middle = (c1 + c2) / 2, half = (c2 - c1) / 2
    #expect(abs(sample.mean - rho * middle) < 4.5 * sample.meanError)
    #expect(abs(sample.square - rho * rho * (middle * middle + h / (2 - h) * half * half)) < 4.5 * sample.squareError)
    #expect(columns.values[0].allSatisfy { $0 >= c1 * rho && $0 <= c2 * rho })
}

/// E x_t = -b rho (1 - (1 - eta abar)^t) from the minimiser, and E x^2 by its own recursion, for any step size.
@Test(arguments: [(0.01, 0.5, 1.5, 4.0, 1.0), (0.02, 1, 0, 3, 0.5), (0.005, 0.2, 2, 6, 2)])
func twoQuadraticsHaveTheirBias(eta: Double, a1: Double, a2: Double, pull: Double, rho: Double) throws {
    let problem = ProblemCase("two-quadratics", ["a1": a1, "a2": a2, "K": pull], smoothness: (a1 + a2) / 2)
    let steps = 400
    let columns = try KernelSelection.kernel().outcomes(
        problem.trialClass("m-sam", steps: steps, start: .vector([0]), statistics: ["iterate"]),
        [cell(learningRate: eta, rho: rho)], trials: 0..<40_000)
    let sample = moments(columns.values[0])
    var mean = 0.0, square = 0.0
    for _ in 0..<steps {
        // x' = (1 - eta a_i) x - eta s_i (a_i rho + K), s = -1, +1.
        let shifts = [eta * (a1 * rho + pull), -eta * (a2 * rho + pull)]
        let factors = [1 - eta * a1, 1 - eta * a2]
        square = zip(factors, shifts).reduce(0) { $0 + $1.0 * $1.0 * square + 2 * $1.0 * $1.1 * mean + $1.1 * $1.1 } / 2
        mean = zip(factors, shifts).reduce(0) { $0 + $1.0 * mean + $1.1 } / 2
    }
    let b = (a2 - a1) / (a1 + a2)
    #expect(abs(mean + b * rho * (1 - PortableMath.pow(1 - eta * (a1 + a2) / 2, Double(steps)))) < 1e-12)
    #expect(abs(sample.mean - mean) < 4.5 * sample.meanError)
    #expect(abs(sample.square - square) < 4.5 * sample.squareError)
}

/// n-SAM has no floor on the trap: E x^2 falls in proportion to the step size, E x^2/h = 0.79, 0.76 at h = 0.03, 0.01.
@Test(arguments: [(0.03, 0.79), (0.01, 0.76)])
func nSAMHasNoFloorOnTheTrap(h: Double, ratio: Double) throws {
    let steps = Int(12 / h)
    let columns = try KernelSelection.kernel().outcomes(
        trap(1).trialClass("n-sam", steps: steps, start: .vector([0]), statistics: ["tail_distance_squared"]),
        [cell(learningRate: h, rho: 1)], trials: 0..<8000)
    let mean = columns.values[0].reduce(0, +) / 8000
    #expect(abs(mean / h - ratio) < 0.03)
}

/// Which component each step takes, replayed with the scalar generator: bit t mod 64 of U or V of draw 0, unit t / 64.
@Test(arguments: ["m-sam", "n-sam", "sgd"])
func componentsAreTheDocumentedBits(optimizer: String) throws {
    let key: UInt64 = 0xFEDC_BA98_7654_3210, firstTrial = (3 << 32) + 77, steps = 150
    let a1 = 0.5, a2 = 1.5, pull = 4.0, eta = 0.05, rho = 0.3
    let problem = ProblemCase("two-quadratics", ["a1": a1, "a2": a2, "K": pull], smoothness: 1)
    func gradient(_ x: Double, second: Bool) -> Double { second ? a2 * x + pull : a1 * x - pull }
    let measured = try KernelSelection.kernel().outcomes(
        problem.trialClass(optimizer, steps: steps, start: .vector([0.1]), statistics: ["iterate"]),
        [cell(learningRate: eta, rho: rho, key: key)], trials: firstTrial..<firstTrial + 11).values[0]
    for trial in 0..<11 {
        var x = 0.1
        for t in 0..<steps {
            let number = firstTrial + trial
            let words = Philox4x32.block(
                counter: SIMD4(0, UInt32(t / 64), UInt32(truncatingIfNeeded: number), UInt32(number >> 32) | 2 << 24),
                key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
            let descent = (UInt64(words[0]) << 32 | UInt64(words[1])) >> UInt64(t % 64) & 1 == 1
            let own = (UInt64(words[2]) << 32 | UInt64(words[3])) >> UInt64(t % 64) & 1 == 1
            let climbs = gradient(x, second: optimizer == "n-sam" ? own : descent)
            let y = optimizer == "sgd" ? x : x + (climbs < 0 ? -rho : rho)
            x -= eta * gradient(y, second: descent)
        }
        #expect(abs(measured[trial] - x) < 1e-12)
    }
}
