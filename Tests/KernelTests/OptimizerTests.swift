import KernelSelection
import Testing
import TrialContract

/// A trial in plain scalar arithmetic: what each optimizer does, written as in its paper.
private struct PlainTrial {
    var x: [Double]
    let eigenvalues: [Double]
    let eta: Double
    let rho: Double
    var average: [Double]

    func gradient(_ at: [Double], _ noise: [Double]) -> [Double] {
        at.indices.map { eigenvalues[$0] * at[$0] + noise[$0] }
    }

    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    mutating func step(_ optimizer: String, _ descent: [Double], _ ascent: [Double]) {
        let zero = x.map { _ in 0.0 }
        let ascentNoise = optimizer.hasPrefix("n-") ? ascent : ["sam", "usam"].contains(optimizer) ? zero : descent
        let descentNoise = ["sam", "usam"].contains(optimizer) ? zero : descent
        let g = gradient(x, ascentNoise)
        var climb = zero
        switch optimizer {
        case "sgd": break
        case "usam", "n-usam", "m-usam": climb = g.map { rho * $0 }
        case "asam":
            let t = x.map { abs($0) + 0.01 }
            let length = norm(zip(t, g).map { $0 * $1 })
            climb = zip(t, g).map { rho * $0 * $0 * $1 / length }
        case "vasso":
            average = zip(average, g).map { 0.6 * $0 + 0.4 * $1 }
            let length = norm(average)
            climb = average.map { rho * $0 / length }
        default:
            let length = norm(g)
            climb = g.map { rho * $0 / length }
        }
        let y = zip(x, climb).map { $0 + $1 }
        x = zip(x, gradient(y, descentNoise)).map { $0 - eta * $1 }
    }
}

@Test(arguments: KernelSelection.catalogue.all(.optimizer).map(\.name), [1, 2, 7])
func optimizersFollowTheirFormulas(optimizer: String, dimension: Int) throws {
    let kernel = try KernelSelection.kernel()
    let eigenvalues = (0..<dimension).map { 0.3 + 0.2 * Double($0) }
    let defaults = KernelSelection.catalogue.find(.optimizer, optimizer)?.parameters ?? []
    var trialClass = quadratic(optimizer, spectrum: spectrum(eigenvalues), steps: 40, statistics: ["distance"])
    trialClass.optimizer = ComponentChoice(
        optimizer, Dictionary(uniqueKeysWithValues: defaults.map { ($0.name, $0.defaultValue ?? 0) }))
    let cell = CellParameters(learningRate: 0.2, rho: 0.3, noisePerCoordinate: 0.5, streamKey: 99)
    let measured = kernel.outcomes(trialClass, [cell], trials: 0..<8).values[0]
    let descent = kernel.unitNoise(NoiseRequest(streamKey: 99, steps: 0..<40, dimension: dimension))
    let ascent = kernel.unitNoise(NoiseRequest(streamKey: 99, steps: 0..<40, dimension: dimension, isDescent: false))
    for trial in 0..<8 {
        var plain = PlainTrial(
            x: eigenvalues.map { _ in 1 / Double(dimension).squareRoot() }, eigenvalues: eigenvalues, eta: 0.2, rho: 0.3,
            average: eigenvalues.map { _ in 0 })
        for step in 0..<40 {
            func noise(_ from: [Double]) -> [Double] {
                (0..<dimension).map { 0.5 * from[(step * dimension + $0) * 8 + trial] }
            }
            plain.step(optimizer, noise(descent), noise(ascent))
        }
        #expect(abs(measured[trial] - plain.norm(plain.x)) < 1e-11)
    }
}
