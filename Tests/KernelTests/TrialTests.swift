import Foundation
import KernelSelection
import Testing
import TrialContract

@Test func divergenceIsRecordedAtTheFirstStepThatIsNotFinite() throws {
    // x_t = (-2)^t x_0: |x_t|^2 = 4^t passes the largest double at t = 512.
    let trialClass = quadratic(
        "sgd", spectrum: spectrum([1]), noise: "none", steps: 2000, statistics: ["distance", "zero_gradients", "iterate"])
    let cell = CellParameters(learningRate: 3, rho: 0, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<3)
    #expect(columns.status == [2, 2, 2])
    #expect(columns.stepsTaken == [512, 512, 512])
    #expect(columns.values[0].allSatisfy { $0.isNaN })
    #expect(columns.values[1] == [0, 0, 0])
    #expect(columns.values[2].allSatisfy { $0.isNaN })
}

/// Cells of a block advance side by side; x_t = (-2^m)^t x_0 passes the largest double's root at t = 512 / m.
@Test(arguments: [1, 5])
func cellsSideBySideDivergeEachAtItsTime(dimension: Int) throws {
    let trialClass = quadratic(
        "sgd", spectrum: spectrum(Array(repeating: 1, count: dimension)), noise: "none", steps: 600,
        start: .vector([1] + Array(repeating: 0, count: dimension - 1)))
    // Also with each of four as the first.
    let cases: [[Double]] = [
        [1], [4, 1], [1, 4], [2, 1, 8], [16, 8, 4, 2], [1, 8, 2, 4], [1, 2, 8, 4], [1, 2, 4, 8], [1, 2, 4, 8, 16, 32, 64],
    ]
    for exponents in cases {
        let times = exponents.flatMap { (exponent: Double) -> [Double] in Array(repeating: 512 / exponent, count: 8) }
        let cells = exponents.map {
            CellParameters(learningRate: 1 + pow(2, $0), rho: 0, noisePerCoordinate: 0, streamKey: 0)
        }
        for kernel in try allKernels() {
            let columns = kernel.outcomes(trialClass, cells, trials: 0..<8)
            #expect(columns.stepsTaken.map(Double.init) == times)
        }
    }
}

@Test func aHugeButFiniteTrialIsFinished() throws {
    let trialClass = quadratic("sgd", spectrum: spectrum([1]), noise: "none", steps: 511)
    let cell = CellParameters(learningRate: 3, rho: 0, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<1)
    #expect(columns.status == [1])
    #expect(columns.values[0] == [pow(2.0, 511)])
}

@Test func aStartThatIsNotFiniteDivergesAtOnce() throws {
    let trialClass = quadratic("sgd", spectrum: spectrum([1]), noise: "none", steps: 5, start: .radius(1e200))
    let cell = CellParameters(learningRate: 1, rho: 0, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<1)
    #expect(columns.status == [2])
    #expect(columns.stepsTaken == [0])
}

@Test(arguments: [1, 2, 30])
func zeroAscentGradientsPerturbNothingAndAreCounted(dimension: Int) throws {
    let trialClass = quadratic(
        "sam", spectrum: spectrum(Array(repeating: 1, count: dimension)), noise: "none", steps: 17, start: .radius(0),
        statistics: ["distance", "zero_gradients"])
    let cell = CellParameters(learningRate: 0.1, rho: 0.5, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<2)
    #expect(columns.values[0] == [0, 0])
    #expect(columns.values[1] == [17, 17])
}

@Test func distancesWhoseSquaresUnderflowAreKept() throws {
    // x_t = 2^-t x_0 in both coordinates: far below the square root of the smallest double.
    let trialClass = quadratic(
        "sgd", spectrum: spectrum([1, 1]), noise: "none", steps: 900, start: .vector([3, 4]))
    let cell = CellParameters(learningRate: 0.5, rho: 0, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<1)
    #expect(columns.values[0] == [5 * pow(2.0, -900)])
}

@Test func aTinyGradientStillPointsSomewhere() throws {
    // |g|^2 underflows; the ascent must nevertheless have length rho.
    let trialClass = quadratic("sam", spectrum: spectrum([1, 1]), noise: "none", steps: 1, start: .vector([3e-200, 4e-200]))
    let cell = CellParameters(learningRate: 1, rho: 1, noisePerCoordinate: 0, streamKey: 0)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<1)
    #expect(abs(columns.values[0][0] - 1) < 1e-15)
}

/// A quadratic has no scale: start, rho and noise multiplied with 2^-600 multiply every iterate. The squared norms of the
/// ascent gradients, which underflow then, are found another way, from the same noise.
@Test(arguments: ["sam", "m-sam", "n-sam", "vasso"], [1, 2, 7])
func trialsWhoseSquaredGradientsUnderflowAreTheSameButSmaller(optimizer: String, dimension: Int) throws {
    func distances(scale: Double) throws -> [Double] {
        let trialClass = quadratic(
            optimizer, spectrum: spectrum(Array([0.5, 1, 2, 0.25, 1.5, 0.75, 1].prefix(dimension))), steps: 40,
            start: .vector((1...dimension).map { scale * Double($0) }))
        let cells = [0.1, 0.4].map {
            CellParameters(learningRate: 0.2, rho: $0 * scale, noisePerCoordinate: scale, streamKey: 5)
        }
        return try KernelSelection.kernel().outcomes(trialClass, cells, trials: 0..<11).values[0]
    }
    for (plain, small) in zip(try distances(scale: 1), try distances(scale: 0x1p-600)) {
        #expect(abs(small * 0x1p600 - plain) <= 1e-11 * plain)
    }
}

/// The statistics over a path, against a plain scalar recursion.
@Test func statisticsMatchAPlainPath() throws {
    let names = [
        "distance", "suboptimality", "gradient_norm", "best_suboptimality", "best_distance",
        "mean_gradient_norm_squared", "tail_distance_squared", "tail_distance_max",
    ]
    for steps in [1, 2, 9, 10, 25, 137] {
        let trialClass = quadratic(
            "sam", spectrum: spectrum([0.5, 2]), noise: "none", steps: steps, start: .vector([1, -2]), statistics: names)
        let cell = CellParameters(learningRate: 0.3, rho: 0.4, noisePerCoordinate: 0, streamKey: 0)
        let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<1)
        let expected = plainStatistics(steps: steps, eigenvalues: [0.5, 2], start: [1, -2], eta: 0.3, rho: 0.4)
        for (s, name) in names.enumerated() {
            #expect(abs(columns.values[s][0] - expected[s]) <= 1e-12 * (1 + abs(expected[s])), "\(name), T = \(steps)")
        }
    }
}

private func plainStatistics(steps: Int, eigenvalues: [Double], start: [Double], eta: Double, rho: Double) -> [Double] {
    var x = start
    var path = [x]
    for _ in 0..<steps {
        let g = zip(eigenvalues, x).map { $0 * $1 }
        let length = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let y = zip(x, g).map { $0 + rho * $1 / length }
        x = zip(x, zip(eigenvalues, y)).map { $0 - eta * $1.0 * $1.1 }
        path.append(x)
    }
    func square(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 } }
    let squares = path.map(square)
    let excess = path.map { zip(eigenvalues, $0).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 } }
    let gradients = path.map { square(zip(eigenvalues, $0).map { $0 * $1 }) }
    let tail = Array(squares.suffix(max(1, steps / 10)))
    return [
        squares[steps].squareRoot(), excess[steps], gradients[steps].squareRoot(), excess.min() ?? 0,
        (squares.min() ?? 0).squareRoot(), gradients.dropLast().reduce(0, +) / Double(steps),
        tail.reduce(0, +) / Double(tail.count), (tail.max() ?? 0).squareRoot(),
    ]
}

@Test func aRaisedFlagDropsTheBlock() throws {
    let stop = StopFlag()
    stop.raise()
    let trialClass = quadratic("m-sam", spectrum: spectrum([1]), steps: 100)
    let cell = CellParameters(learningRate: 0.1, rho: 0.5, noisePerCoordinate: 1, streamKey: 0)
    let request = BlockRequest(trialClass: trialClass, cells: [cell], trials: 0..<8)
    let kernel = try KernelSelection.kernel()
    #expect(kernel.run(request, stop: stop) == nil)
}
