import KernelSelection
import Testing
import TrialContract

/// A step of an optimizer on a quadratic in plain scalar arithmetic, written as in its paper.
private struct PlainStep {
    let eigenvalues: [Double]
    let x: [Double]
    let eta: Double
    let rho: Double
    /// Noise of the descent gradient, and that of an ascent gradient with noise of its own.
    let descent: [Double]
    let ascent: [Double]

    func gradient(_ x: [Double], _ noise: [Double]) -> [Double] {
        x.indices.map { eigenvalues[$0] * x[$0] + noise[$0] }
    }

    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// The direction as long as rho.
    func normalised(_ v: [Double]) -> [Double] { v.map { rho * $0 / norm(v) } }

    func scaled(_ v: [Double]) -> [Double] { v.map { rho * $0 } }

    /// x' = x - eta g(x + climb).
    func next(climb: [Double]? = nil, _ noise: [Double]) -> [Double] {
        let y = climb.map { zip(x, $0).map { $0 + $1 } } ?? x
        return zip(x, gradient(y, noise)).map { $0 - eta * $1 }
    }

    var zero: [Double] { x.map { _ in 0 } }
}

/// The iterate after `x`; `memory` begins as zeros.
private typealias PlainOptimizer = @Sendable (PlainStep, inout [Double]) -> [Double]

/// The formulas of the catalogue, with the default parameters. A new optimizer's is a line here; what holds for every
/// optimizer is tested without it.
private let plainOptimizers: [String: PlainOptimizer] = [
    "sgd": { step, _ in step.next(step.descent) },
    "sam": { step, _ in step.next(climb: step.normalised(step.gradient(step.x, step.zero)), step.zero) },
    "n-sam": { step, _ in step.next(climb: step.normalised(step.gradient(step.x, step.ascent)), step.descent) },
    "m-sam": { step, _ in step.next(climb: step.normalised(step.gradient(step.x, step.descent)), step.descent) },
    "usam": { step, _ in step.next(climb: step.scaled(step.gradient(step.x, step.zero)), step.zero) },
    "n-usam": { step, _ in step.next(climb: step.scaled(step.gradient(step.x, step.ascent)), step.descent) },
    "m-usam": { step, _ in step.next(climb: step.scaled(step.gradient(step.x, step.descent)), step.descent) },
    "asam": { step, _ in
        let t = step.x.map { abs($0) + 0.01 }, g = step.gradient(step.x, step.descent)
        let length = step.norm(zip(t, g).map { $0 * $1 })
        return step.next(climb: zip(t, g).map { step.rho * $0 * $0 * $1 / length }, step.descent)
    },
    "vasso": { step, memory in
        memory = zip(memory, step.gradient(step.x, step.descent)).map { 0.6 * $0 + 0.4 * $1 }
        return step.next(climb: step.normalised(memory), step.descent)
    },
]

private let optimizers = KernelSelection.catalogue.all(.optimizer)

@Test func formulasBelongToMembers() {
    #expect(Set(plainOptimizers.keys).isSubset(of: optimizers.map(\.name)))
}

@Test(arguments: plainOptimizers.keys.sorted(), [1, 2, 7])
func optimizersFollowTheirFormulas(optimizer: String, dimension: Int) throws {
    let kernel = try KernelSelection.kernel()
    let plain = try #require(plainOptimizers[optimizer])
    let eigenvalues = (0..<dimension).map { 0.3 + 0.2 * Double($0) }
    let trialClass = quadratic(optimizer, spectrum: spectrum(eigenvalues), steps: 40, statistics: ["distance"])
    let cell = CellParameters(learningRate: 0.2, rho: 0.3, noisePerCoordinate: 0.5, streamKey: 99)
    let measured = kernel.outcomes(trialClass, [cell], trials: 0..<8).values[0]
    let descent = kernel.unitNoise(NoiseRequest(streamKey: 99, steps: 0..<40, dimension: dimension))
    let ascent = kernel.unitNoise(NoiseRequest(streamKey: 99, steps: 0..<40, dimension: dimension, isDescent: false))
    for trial in 0..<8 {
        var x = eigenvalues.map { _ in 1 / Double(dimension).squareRoot() }
        var memory = eigenvalues.map { _ in 0.0 }
        for step in 0..<40 {
            func noise(_ from: [Double]) -> [Double] {
                (0..<dimension).map { 0.5 * from[(step * dimension + $0) * 8 + trial] }
            }
            x = plain(
                PlainStep(
                    eigenvalues: eigenvalues, x: x, eta: 0.2, rho: 0.3, descent: noise(descent), ascent: noise(ascent)),
                &memory)
        }
        #expect(abs(measured[trial] - x.reduce(0) { $0 + $1 * $1 }.squareRoot()) < 1e-11)
    }
}

/// A coordinate that stays at its minimiser adds nothing to any norm: what is written for one dimension alone must come to
/// the same as what is written for all.
@Test(arguments: optimizers.map(\.name))
func oneDimensionIsNoExceptionForAnyOptimizer(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    for start in [1.3, -0.4] {
        for steps in [1, 2, 25] {
            func iterate(_ eigenvalues: [Double], _ x: [Double]) -> Double {
                let trialClass = quadratic(
                    optimizer, spectrum: spectrum(eigenvalues), noise: "none", steps: steps, start: .vector(x),
                    statistics: ["iterate"])
                return kernel.outcomes(
                    trialClass, [cell(learningRate: 0.3, rho: 0.2)], trials: 0..<1).values[0][0]
            }
            let alone = iterate([0.7], [start]), beside = iterate([0.7, 1], [start, 0])
            #expect(abs(alone - beside) <= 1e-13 * max(1, abs(beside)), "\(alone) and \(beside) after \(steps) steps")
        }
    }
}
