import KernelSelection
import Testing
import TrialContract

private let optimizers = ["sgd", "n-sam", "m-sam", "n-usam", "m-usam"]
/// All that say of themselves that block norms are enough, and those of them that see noise.
private let reducible = KernelSelection.catalogue.all(.optimizer).filter(\.allowsReduction).map(\.name)
private let noisy = reducible.filter { KernelSelection.catalogue.noiseVectorsPerStep[$0] ?? 0 > 0 }

private func blocks(_ blocks: [(Double, Int)]) -> Spectrum {
    Spectrum(blocks: blocks.map { EigenBlock(value: $0.0, multiplicity: $0.1) })
}

private func someClass(
    _ optimizer: String, _ spectrum: Spectrum, method: TrialMethod = .reduced, steps: Int, start: StartPoint = .radius(1),
    statistics: [String] = ["distance", "suboptimality", "gradient_norm"]
) -> TrialClass {
    var trialClass = quadratic(optimizer, spectrum: spectrum, steps: steps, start: start, statistics: statistics)
    trialClass.method = method
    return trialClass
}

/// One step of `sgd` from the minimiser with step size 1 has |x_1|^2 = s^2 chi_m^2.
private func chiSquared(degrees: Int, count: Int) throws -> [Double] {
    let trialClass = someClass("sgd", blocks([(1, degrees)]), steps: 1, start: .radius(0), statistics: ["distance"])
    let columns = try KernelSelection.kernel().outcomes(
        trialClass, [cell(learningRate: 1, noise: 1)], trials: 0..<count)
    return columns.values[0].map { $0 * $0 }
}

@Test(arguments: [1, 2, 3, 4, 5, 8, 33, 400, 20_000, 20_001, 1_000_000, 1_000_000_000])
func chiVariatesHaveTheirLaw(degrees: Int) throws {
    let sample = try chiSquared(degrees: degrees, count: 200_000)
    #expect(KolmogorovSmirnov.oneSample(sample) { chiSquaredDistribution($0, degrees: degrees) } > 1e-4)
    // Mean m, variance 2 m, third central moment 8 m; standard errors from the moments of chi squared.
    let m = Double(degrees), n = Double(sample.count)
    let standard = sample.map { ($0 - m) / (2 * m).squareRoot() }
    let mean = standard.reduce(0, +) / n
    let square = standard.reduce(0) { $0 + $1 * $1 } / n
    let cube = standard.reduce(0) { $0 + $1 * $1 * $1 } / n
    let sixth = standard.reduce(0) { $0 + $1 * $1 * $1 * $1 * $1 * $1 } / n
    #expect(abs(mean) < 5 / n.squareRoot())
    #expect(abs(square - 1) < 5 * ((2 + 12 / m) / n).squareRoot())
    #expect(abs(cube - (8 / m).squareRoot()) < 5 * (sixth / n).squareRoot())
}

@Test(arguments: [(3, 4), (20, 21), (400, 404)])
func aWrongDegreeOfFreedomIsSeen(degrees: Int, wrong: Int) throws {
    let sample = try chiSquared(degrees: degrees, count: 200_000)
    #expect(KolmogorovSmirnov.oneSample(sample) { chiSquaredDistribution($0, degrees: wrong) } < 1e-100)
}

/// Blocks, start norms and a step size for each configuration, with one-dimensional and two-dimensional blocks among them.
private let configurations: [(spectrum: Spectrum, start: [Double], eta: Double, rho: Double, noise: Double)] = [
    (blocks([(1, 2)]), [1.5], 0.1, 0.5, 0.6),
    (blocks([(0.5, 1), (2, 2)]), [1, 0.5], 0.15, 0.6, 0.4),
    (blocks([(1, 3)]), [0], 0.3, 1, 0.5),
    (blocks([(2, 1), (1, 1), (0.3, 1)]), [0.2, 1, 0.4], 0.2, 0.3, 0.7),
    (blocks([(1, 10)]), [1], 0.1, 1, 0.3),
    (blocks([(1, 4), (3, 6)]), [2, 1], 0.1, 0.4, 0.5),
    (blocks([(0.2, 50), (1, 50)]), [1, 2], 0.2, 0.8, 0.2),
    (blocks([(0.1, 1), (1, 2), (2, 97)]), [3, 0.5, 1], 0.1, 0.5, 0.1),
]

/// |x|^2, f and |grad f|^2 of the chain against those of the full simulation; they fix all block norms.
@Test func blockNormsHaveTheLawOfTheFullSimulation() throws {
    let kernel = try KernelSelection.kernel()
    var chances: [Double] = []
    for configuration in configurations {
        for optimizer in noisy {
            for steps in [1, 3, 60] {
                func sample(_ method: TrialMethod) -> [[Double]] {
                    let trialClass = someClass(
                        optimizer, configuration.spectrum, method: method, steps: steps,
                        start: .blocks(configuration.start))
                    let values = cell(
                        learningRate: configuration.eta, rho: configuration.rho, noise: configuration.noise,
                        key: method == .full ? 1 : 2)
                    return kernel.outcomes(trialClass, [values], trials: 0..<4000).values
                }
                chances += zip(sample(.full), sample(.reduced)).map { KolmogorovSmirnov.twoSample($0, $1) }
            }
        }
    }
    #expect(noisy.count >= optimizers.count && chances.count == 72 * noisy.count)
    #expect((chances.min() ?? 0) > 0.01 / Double(chances.count))
    let below = Double(chances.count { $0 < 0.05 }) / Double(chances.count)
    #expect(below < 0.12, "\(below) of the chances are below 0.05")
}

@Test(arguments: optimizers)
func aWrongOptimizerOrBlockIsSeen(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    func sample(_ optimizer: String, _ method: TrialMethod, _ multiplicity: Int) -> [Double] {
        kernel.outcomes(
            someClass(optimizer, blocks([(1, multiplicity)]), method: method, steps: 60, start: .blocks([1])),
            [cell(learningRate: 0.1, rho: 1, noise: 0.3, key: method == .full ? 1 : 2)], trials: 0..<20_000).values[0]
    }
    let full = sample(optimizer, .full, 6)
    #expect(KolmogorovSmirnov.twoSample(full, sample(optimizer, .reduced, 6)) > 1e-4)
    #expect(KolmogorovSmirnov.twoSample(full, sample(optimizer, .reduced, 7)) < 1e-20)
    for other in optimizers where other != optimizer {
        #expect(KolmogorovSmirnov.twoSample(full, sample(other, .reduced, 6)) < 1e-6, "\(other)")
    }
}

/// sgd and both usam variants are linear: E |x_T|^2 and its variance are known for any spectrum.
@Test(arguments: ["sgd", "n-usam", "m-usam"], [3, 1_000_000, 1_000_000_000])
func linearVariantsMeetTheirClosedForms(optimizer: String, dimension: Int) throws {
    let counts = [dimension / 2, dimension / 3, dimension - dimension / 2 - dimension / 3]
    let spectrum = blocks(Array(zip([0.5, 1.0, 2.0], counts)))
    let eta = 0.1, rho = optimizer == "sgd" ? 0 : 0.3, steps = 40, trials = 4000
    let level = 1 / Double(dimension).squareRoot(), norms = [1.0, 0.4, 2]
    var mean = 0.0, variance = 0.0
    for ((lambda, count), norm) in zip(zip([0.5, 1.0, 2.0], counts), norms) {
        let a = lambda * rho, factor = 1 - eta * lambda * (1 + a)
        let noise = optimizer == "n-usam" ? 1 + a * a : (1 + a) * (1 + a)
        var square = norm * norm, v = 0.0
        for _ in 0..<steps {
            square *= factor * factor
            v = factor * factor * v + eta * eta * level * level * noise
        }
        mean += square + Double(count) * v
        variance += Double(count) * 2 * v * v + 4 * v * square
    }
    let columns = try KernelSelection.kernel().outcomes(
        someClass(optimizer, spectrum, steps: steps, start: .blocks(norms)),
        [cell(learningRate: eta, rho: rho, noise: level)], trials: 0..<trials)
    let squares = columns.values[0].map { $0 * $0 }
    let average = squares.reduce(0, +) / Double(trials)
    let spread = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(trials)
    #expect(abs(average - mean) < 4.5 * (variance / Double(trials)).squareRoot())
    #expect(abs(spread / variance - 1) < 0.15)
}

@Test(arguments: OracleCase.all.filter { if case .blocks = $0.start { true } else { false } })
func oraclesAreMetByBlockNorms(oracle: OracleCase) throws {
    let trialClass = someClass(
        oracle.optimizer, oracle.spectrum, steps: oracle.steps, start: oracle.start, statistics: ["distance"])
    let columns = try KernelSelection.kernel().outcomes(
        trialClass, [cell(learningRate: oracle.learningRate, rho: oracle.rho, noise: oracle.sigma, key: 9)],
        trials: 0..<oracle.trials)
    let measured = columns.values[0].reduce(0) { $0 + $1 * $1 } / Double(oracle.trials)
    #expect(abs(measured - oracle.expected) <= 4.5 * (oracle.standardError ?? 0))
}

@Test(arguments: [StartPoint.radius(2), .blocks([0.5, 0, 1]), .vector([1, -2, 0.5, 0, 3, 1])])
func startsHaveTheirBlockNorms(start: StartPoint) throws {
    let full = try startValues(start, .full, trials: 1), reduced = try startValues(start, .reduced, trials: 1)
    #expect(zip(full, reduced).allSatisfy { abs($0[0] - $1[0]) < 1e-14 })
}

@Test func uniformStartsHaveTheLawOfTheirBlockNorms() throws {
    let full = try startValues(.sphere(2), .full, trials: 5000)
    let reduced = try startValues(.sphere(2), .reduced, trials: 5000)
    #expect((full[0] + reduced[0]).allSatisfy { abs($0 - 2) < 1e-14 })
    #expect(KolmogorovSmirnov.twoSample(full[1], reduced[1]) > 1e-3)
    #expect(KolmogorovSmirnov.twoSample(full[2], reduced[2]) > 1e-3)
}

/// Distance, f and gradient norm at x_0 with blocks of 1, 3 and 2 coordinates.
private func startValues(_ start: StartPoint, _ method: TrialMethod, trials: Int) throws -> [[Double]] {
    try KernelSelection.kernel().outcomes(
        someClass("sgd", blocks([(0.5, 1), (1, 3), (2, 2)]), method: method, steps: 1, start: start),
        [cell(learningRate: 1e-300, key: method == .full ? 1 : 2)], trials: 0..<trials).values
}

/// Without noise nothing is random: the chain follows the full iterate's norms, down to where squares underflow.
@Test(arguments: reducible)
func withoutNoiseBothMethodsAgree(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    let spectrum = blocks([(0.5, 3), (1.3, 1), (0.9, 4)])
    func outcomes(_ method: TrialMethod, steps: Int, rho: Double) -> [[Double]] {
        var trialClass = someClass(optimizer, spectrum, method: method, steps: steps)
        trialClass.noiseModel = ComponentChoice("none")
        return kernel.outcomes(trialClass, [cell(learningRate: 0.3, rho: rho)], trials: 0..<2).values
    }
    for (full, reduced) in zip(outcomes(.full, steps: 70, rho: 0.2), outcomes(.reduced, steps: 70, rho: 0.2)) {
        #expect(abs(full[0] - reduced[0]) < 1e-12 * full[0])
    }
    let full = outcomes(.full, steps: 2500, rho: 0)[0][0], reduced = outcomes(.reduced, steps: 2500, rho: 0)[0][0]
    #expect(full > 0 && full < 1e-170)
    #expect(abs(full - reduced) < 1e-11 * full)
}

@Test(arguments: ["n-sam", "m-sam", "n-usam", "m-usam"])
func rhoZeroIsReducedGradientDescentToTheBit(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    let cells = [0.1, 0.9, 1.7].map { cell(learningRate: $0, noise: 0.3) }
    let spectrum = blocks([(0.5, 3), (1, 1), (0.9, 1000)])
    #expect(sameBits(
        kernel.outcomes(someClass(optimizer, spectrum, steps: 50), cells, trials: 0..<11),
        kernel.outcomes(someClass("sgd", spectrum, steps: 50), cells, trials: 0..<11)))
}

@Test(arguments: reducible)
func blockNormsHaveTheSameBitsEverywhere(optimizer: String) throws {
    let kernels = try allKernels()
    let statistics = KernelSelection.catalogue.all(.statistic).map(\.name).filter { $0 != "iterate" }
    for spectrum in [blocks([(1, 1)]), blocks([(0.5, 3), (1, 1), (0.9, 2), (0.7, 1_000_000)])] {
        for start in [StartPoint.radius(1), .sphere(1)] {
            let trialClass = someClass(optimizer, spectrum, steps: 60, start: start, statistics: statistics)
            for common in [true, false] {
                let cells = (0..<5).map {
                    cell(
                        learningRate: 0.1 + 0.1 * Double($0), rho: 0.1 * Double($0), noise: 0.02,
                        key: common ? 3 : UInt64($0))
                }
                let whole = kernels[0].outcomes(trialClass, cells, trials: 0..<19)
                for kernel in kernels.dropFirst() {
                    #expect(sameBits(whole, kernel.outcomes(trialClass, cells, trials: 0..<19)))
                }
                expectSameBitsForEveryCut(kernels[kernels.count - 1], trialClass, cells, trials: 19)
            }
        }
    }
}

@Test func onlyWhatKeepsTheLawMayBeReduced() {
    let catalogue = KernelSelection.catalogue
    let spectrum = blocks([(1, 1000), (2, 1000)])
    #expect(ReductionRule.obstacle(someClass("m-sam", spectrum, steps: 1), in: catalogue) == nil)
    #expect(ReductionRule.automaticMethod(someClass("m-sam", spectrum, steps: 1), in: catalogue) == .reduced)
    func obstacle(_ change: (inout TrialClass) -> Void) -> String {
        var trialClass = someClass("m-sam", spectrum, steps: 1)
        change(&trialClass)
        #expect(ReductionRule.automaticMethod(trialClass, in: catalogue) == .full)
        return ReductionRule.obstacle(trialClass, in: catalogue) ?? ""
    }
    #expect(obstacle { $0.optimizer = ComponentChoice("asam") } == "is not defined for the optimizer asam")
    #expect(obstacle { $0.optimizer = ComponentChoice("vasso") } == "is not defined for the optimizer vasso")
    #expect(obstacle { $0.optimizer = ComponentChoice("m-sam", ["momentum": 0.5]) }.hasSuffix("with momentum"))
    #expect(obstacle { $0.optimizer = ComponentChoice("m-sam", ["averaging": 0.5]) }.hasSuffix("with averaging"))
    #expect(obstacle { $0.noiseModel = ComponentChoice("rademacher") }.hasSuffix("noise model rademacher"))
    #expect(obstacle { $0.noiseModel = ComponentChoice("sphere") }.hasSuffix("noise model sphere"))
    #expect(obstacle { $0.problem = ComponentChoice("rastrigin") }.hasSuffix("problem rastrigin"))
    #expect(obstacle { $0.statistics = ["iterate"] }.hasPrefix("cannot record iterate"))
    let few = someClass("m-sam", blocks([(1, 10), (2, 10)]), steps: 1)
    #expect(ReductionRule.automaticMethod(few, in: catalogue) == .full)
}
