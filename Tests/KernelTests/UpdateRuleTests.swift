import KernelSelection
import Testing
import TrialContract


private func someClass(
    _ optimizer: String, momentum: Double, averaging: Double, dimension: Int, steps: Int, statistics: [String]
) -> TrialClass {
    var trialClass = quadratic(
        optimizer, spectrum: spectrum((0..<dimension).map { 0.3 + 0.2 * Double($0) }), steps: steps,
        start: .radius(1), statistics: statistics)
    trialClass.optimizer = ComponentChoice(optimizer, ["momentum": momentum, "averaging": averaging])
    return trialClass
}

/// Iterates x_0 … x_T of a heavy-ball trial in plain scalar arithmetic.
private func plainPath(
    _ noise: [Double], _ ascent: [Double], dimension: Int, steps: Int, trial: Int, eta: Double, rho: Double,
    level: Double, momentum: Double
) -> [[Double]] {
    let eigenvalues = (0..<dimension).map { 0.3 + 0.2 * Double($0) }
    var path = [[Double]](repeating: eigenvalues.map { _ in 1 / Double(dimension).squareRoot() }, count: 2)
    for t in 0..<steps {
        let x = path[t + 1], before = path[t]
        func xi(_ from: [Double], _ j: Int) -> Double { level * from[(t * dimension + j) * 8 + trial] }
        let g = x.indices.map { eigenvalues[$0] * x[$0] + xi(ascent, $0) }
        let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
        path.append(x.indices.map { j in
            let y = x[j] + rho * g[j] / norm
            return x[j] - eta * (eigenvalues[j] * y + xi(noise, j)) + momentum * (x[j] - before[j])
        })
    }
    return Array(path.dropFirst())
}

@Test(arguments: [0, 0.5, 0.9], [0, 0.1, 0.35, 1])
func momentumAndAveragingFollowTheirFormulas(momentum: Double, averaging: Double) throws {
    let kernel = try KernelSelection.kernel()
    for (dimension, steps) in [(1, 30), (5, 30), (20, 41), (3, 1)] {
        let trialClass = someClass(
            "n-sam", momentum: momentum, averaging: averaging, dimension: dimension, steps: steps,
            statistics: ["iterate", "best_distance", "tail_distance_squared"])
        let columns = kernel.outcomes(
            trialClass, [cell(learningRate: 0.1, rho: 0.3, noise: 0.5, key: 4)], trials: 0..<8)
        func noise(_ isDescent: Bool) -> [Double] {
            kernel.unitNoise(NoiseRequest(
                streamKey: 4, steps: 0..<steps, dimension: dimension, isDescent: isDescent))
        }
        for trial in 0..<8 {
            let path = plainPath(
                noise(true), noise(false), dimension: dimension, steps: steps, trial: trial, eta: 0.1, rho: 0.3,
                level: 0.5, momentum: momentum)
            // What is recorded at each t.
            let first = averaging > 0 ? steps - max(1, Int(averaging * Double(steps))) + 1 : steps + 1
            let seen = path.indices.map { t in
                t < first ? path[t] : (0..<dimension).map { j in
                    path[first...t].reduce(0) { $0 + $1[j] } / Double(t - first + 1)
                }
            }
            let squares = seen.map { $0.reduce(0) { $0 + $1 * $1 } }
            for j in 0..<dimension {
                #expect(abs(columns.values[0][trial * dimension + j] - seen[steps][j]) < 1e-12)
            }
            #expect(abs(columns.values[1][trial] - (squares.min() ?? 0).squareRoot()) < 1e-12)
            let tail = squares.suffix(max(1, steps / 10))
            #expect(abs(columns.values[2][trial] - tail.reduce(0, +) / Double(tail.count)) < 1e-12)
        }
    }
}

/// A plain step that overflows is no iterate of the heavy ball, and the first overflow is the heavy ball's own.
@Test func divergenceIsJudgedByTheHeavyBallsOwnIterates() throws {
    // x_{t+1} = -2 x_t + mu (x_t - x_{t-1}), by scalars.
    let momentum = 0.2
    var overshoots = 0
    for start in stride(from: 1.0, to: 2, by: 0.125) {
        var before = start, x = start, t = 0, plain = start
        while (x * x).isFinite {
            if !(plain * plain).isFinite { overshoots += 1 }
            plain = -2 * x
            (before, x) = (x, plain + momentum * (x - before))
            t += 1
        }
        var trialClass = someClass(
            "sgd", momentum: momentum, averaging: 0, dimension: 1, steps: 2000, statistics: ["distance"])
        trialClass.start = .radius(start)
        let columns = try KernelSelection.kernel().outcomes(
            trialClass, [cell(learningRate: 10, noise: 0)], trials: 0..<1)
        #expect(columns.status == [2])
        #expect(columns.stepsTaken == [Int64(t)])
    }
    // The case that matters did occur.
    #expect(overshoots > 0)
}

@Test(arguments: [0, 0.8], [0, 0.5])
func momentumAndAveragingKeepTheBits(momentum: Double, averaging: Double) throws {
    let kernels = try allKernels()
    let cells = (0..<4).map { (i: Int) -> CellParameters in
        cell(learningRate: 0.05 + 0.02 * Double(i), rho: 0.1 * Double(i), noise: 0.4, key: UInt64(i / 2))
    }
    for optimizer in ["sgd", "m-sam", "vasso"] {
        for dimension in [1, 3, 40] {
            let trialClass = someClass(
                optimizer, momentum: momentum, averaging: averaging, dimension: dimension, steps: 301,
                statistics: everyStatistic)
            let whole = kernels[0].outcomes(trialClass, cells, trials: 0..<19)
            for kernel in kernels.dropFirst() {
                #expect(sameBits(whole, kernel.outcomes(trialClass, cells, trials: 0..<19)))
            }
            expectSameBitsForEveryCut(kernels[kernels.count - 1], trialClass, cells, trials: 19)
        }
    }
}

/// Averaging reaches what the last iterate cannot: with a constant step E |mean|^2 ~ s^2/(lambda^2 T).
@Test func averagingReducesTheNoise() throws {
    let steps = 4000, trials = 400
    func mean(_ averaging: Double) throws -> Double {
        let trialClass = someClass(
            "sgd", momentum: 0, averaging: averaging, dimension: 1, steps: steps, statistics: ["distance"])
        let columns = try KernelSelection.kernel().outcomes(
            trialClass, [cell(learningRate: 0.5, noise: 1)], trials: 0..<trials)
        return columns.values[0].reduce(0) { $0 + $1 * $1 } / Double(trials)
    }
    // lambda = 0.3: E of the squared mean over the last half, 1/(lambda^2 T/2); standard error sqrt(2/400) = 7 %.
    #expect(abs(try mean(0.5) * 0.09 * 2000 - 1) < 0.3)
    #expect(try mean(0) > 0.5)
}
