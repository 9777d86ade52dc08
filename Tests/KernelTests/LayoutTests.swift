import KernelSelection
import Testing
import TrialContract

// How a block is worked off — slots that share noise, noise scaled once per level, slots in turn, looking ahead to the next step
// where nobody observes — never changes a value.

private let optimizers = KernelSelection.catalogue.all(.optimizer).map(\.name)
private let noises = KernelSelection.catalogue.all(.noiseModel).map(\.name)

/// One case per problem.
private let problems: [ProblemCase] = {
    var seen: Set<String> = []
    return ProblemCase.all.filter { seen.insert($0.name).inserted }
}()

/// Cells of two noise levels; the first key serves five of them, the last two cells have keys of their own.
private func cells(_ problem: ProblemCase) -> [CellParameters] {
    (0..<7).map { (i: Int) -> CellParameters in
        let rate: Double = 0.1 + 0.1 * Double(i)
        let rho: Double = i == 3 ? 0 : 0.2 * Double(i + 1)
        let noise: Double = i % 2 == 0 ? 0.1 : 0.25
        let key: UInt64 = i < 5 ? 7 : UInt64(7 + i)
        return cell(
            learningRate: rate / problem.smoothness, rho: rho * problem.scale, noise: noise * problem.scale, key: key)
    }
}

private func trialClass(
    _ problem: ProblemCase, _ optimizer: String, _ noise: String, dimension: Int, precision: NoisePrecision,
    steps: Int, statistics: [String]
) -> TrialClass {
    var shaped = problem
    if problem.name == "quadratic" {
        let eigenvalues = (0..<dimension).map { (j: Int) -> Double in 1 - 0.02 * Double(j % 40) }
        shaped = ProblemCase("quadratic", eigenvalues: eigenvalues, smoothness: 1)
    }
    var trialClass = shaped.trialClass(
        optimizer, steps: steps, start: .radius(problem.scale), dimension: dimension, statistics: statistics)
    trialClass.noiseModel = ComponentChoice(noise, noise == "skewed-two-point" ? ["q": 0.25] : [:])
    trialClass.noisePrecision = precision
    return trialClass
}

/// The block at once, unobserved, on every instruction set, against each trial of each cell alone, observed at each step.
@Test(arguments: problems, optimizers)
func blocksGiveTheBitsOfLoneObservedTrials(problem: ProblemCase, optimizer: String) throws {
    let isOnLine = KernelSelection.catalogue.find(.problem, problem.name)?.maximumDimension == 1
    for noise in noises {
        for dimension in isOnLine || noise == "skewed-two-point" ? [1] : [1, 6, 33] {
            for precision in noise == "gaussian" ? NoisePrecision.allCases : [.double] {
                func someClass(_ statistics: [String]) -> TrialClass {
                    trialClass(
                        problem, optimizer, noise, dimension: dimension, precision: precision, steps: 19,
                        statistics: statistics)
                }
                let lone = try distancesOfLoneTrials(someClass(kernelStatistics), cells(problem), trials: 10)
                for kernel in try allKernels() {
                    let block = kernel.outcomes(someClass(["distance"]), cells(problem), trials: 0..<10)
                    #expect(
                        block.values[0].map(\.bitPattern) == lone.map(\.bitPattern),
                        "\(kernel.instructionSet), \(noise), d = \(dimension), \(precision)")
                }
            }
        }
    }
}

private func distancesOfLoneTrials(
    _ trialClass: TrialClass, _ cells: [CellParameters], trials: Int
) throws -> [Double] {
    let kernel = try KernelSelection.kernel()
    let place = trialClass.statistics.firstIndex(of: "distance") ?? 0
    return cells.flatMap { cell in
        (0..<trials).map { kernel.outcomes(trialClass, [cell], trials: $0..<$0 + 1).values[place][0] }
    }
}

/// Dimensions at which teams and the number of steps whose noise fits the cache change.
@Test(arguments: [2, 8, 15, 16, 17, 127, 128, 129, 300], NoisePrecision.allCases)
func everyTeamSizeGivesTheSameBits(dimension: Int, precision: NoisePrecision) throws {
    let problem = ProblemCase("quadratic", smoothness: 1)
    let kernel = try KernelSelection.kernel()
    for optimizer in ["sgd", "n-sam", "m-sam", "vasso"] {
        let block = kernel.outcomes(
            trialClass(
                problem, optimizer, "gaussian", dimension: dimension, precision: precision, steps: 33,
                statistics: ["distance"]),
            cells(problem), trials: 3..<21)
        let observed = kernel.outcomes(
            trialClass(
                problem, optimizer, "gaussian", dimension: dimension, precision: precision, steps: 33,
                statistics: ["distance", "best_distance"]),
            cells(problem), trials: 3..<21)
        #expect(block.values[0].map(\.bitPattern) == observed.values[0].map(\.bitPattern), "\(optimizer)")
    }
}
