import KernelSelection
import Testing
import TrialContract

private let optimizers = KernelSelection.catalogue.all(.optimizer).map(\.name)

/// One case per problem, beside the quadratic.
private let problems: [ProblemCase] = {
    var seen: Set<String> = ["quadratic"]
    return ProblemCase.all.filter { seen.insert($0.name).inserted }
}()

private func someClass(_ problem: ProblemCase, _ optimizer: String, noise: String, dimension: Int) -> TrialClass {
    var trialClass = problem.trialClass(
        optimizer, steps: 141, start: dimension == 1 ? .radius(problem.scale) : .sphere(problem.scale),
        dimension: dimension, statistics: everyStatistic)
    trialClass.noiseModel = ComponentChoice(noise)
    return trialClass
}

private func dimensions(_ problem: ProblemCase) -> [Int] {
    KernelSelection.catalogue.find(.problem, problem.name)?.maximumDimension == 1 ? [1] : [1, 6]
}

private func cells(_ problem: ProblemCase, _ count: Int, common: Bool) -> [CellParameters] {
    (0..<count).map { (i: Int) -> CellParameters in
        let share = Double(i)
        return cell(
            learningRate: (0.1 + 0.15 * share) / problem.smoothness, rho: 0.4 * share * problem.scale,
            noise: 0.1 * problem.scale, key: common ? 7 : UInt64(7 + i))
    }
}

@Test(arguments: problems, optimizers)
func problemsGiveTheSameBitsOnEveryInstructionSet(problem: ProblemCase, optimizer: String) throws {
    let kernels = try allKernels()
    for dimension in dimensions(problem) {
        for noise in ["none", "gaussian"] {
            let trialClass = someClass(problem, optimizer, noise: noise, dimension: dimension)
            let reference = kernels[0].outcomes(trialClass, cells(problem, 3, common: true), trials: 5..<16)
            for kernel in kernels.dropFirst() {
                let other = kernel.outcomes(trialClass, cells(problem, 3, common: true), trials: 5..<16)
                #expect(sameBits(reference, other), "\(kernel.instructionSet), d = \(dimension), \(noise)")
            }
        }
    }
}

@Test(arguments: problems, optimizers)
func problemsGiveTheSameBitsForEveryCut(problem: ProblemCase, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    for dimension in dimensions(problem) {
        for common in [true, false] {
            let trialClass = someClass(problem, optimizer, noise: "gaussian", dimension: dimension)
            expectSameBitsForEveryCut(kernel, trialClass, cells(problem, 5, common: common), trials: 19)
        }
    }
}

/// Runs all cells and trials at once, and each cell alone in three pieces.
func expectSameBitsForEveryCut(
    _ kernel: any TrialKernel, _ trialClass: TrialClass, _ cells: [CellParameters], trials: Int
) {
    let whole = kernel.outcomes(trialClass, cells, trials: 0..<trials)
    for (c, cell) in cells.enumerated() {
        for piece in [0..<1, 1..<9, 9..<trials] {
            let part = kernel.outcomes(trialClass, [cell], trials: piece)
            let rows = c * trials + piece.lowerBound..<c * trials + piece.upperBound
            #expect(sameBits(whole.rows(rows), part), "cell \(c), trials \(piece)")
        }
    }
}

extension OutcomeColumns {
    /// The outcomes of some rows.
    func rows(_ rows: Range<Int>) -> OutcomeColumns {
        func cut(_ column: [Double]) -> [Double] {
            let width = column.count / status.count
            return Array(column[rows.lowerBound * width..<rows.upperBound * width])
        }
        return OutcomeColumns(
            status: Array(status[rows]), stepsTaken: Array(stepsTaken[rows]), values: values.map(cut),
            curves: curves.map(cut))
    }
}

@Test(arguments: problems, ["n-sam", "m-sam", "n-usam", "m-usam"])
func rhoZeroIsGradientDescentOnEveryProblem(problem: ProblemCase, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    for dimension in dimensions(problem) {
        let still = cells(problem, 3, common: true).map {
            cell(learningRate: $0.learningRate, rho: 0, noise: $0.noisePerCoordinate)
        }
        func outcomes(_ optimizer: String) -> OutcomeColumns {
            var trialClass = someClass(problem, optimizer, noise: "gaussian", dimension: dimension)
            trialClass.statistics.removeAll { $0 == "zero_gradients" }
            return kernel.outcomes(trialClass, still, trials: 0..<11)
        }
        #expect(sameBits(outcomes(optimizer), outcomes("sgd")))
    }
}

/// Full-gradient variants take the mean of all components and no noise.
@Test(arguments: problems, ["sam", "usam"])
func fullGradientVariantsAreDeterministic(problem: ProblemCase, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    let trialClass = someClass(problem, optimizer, noise: "gaussian", dimension: 1)
    var quiet = trialClass
    quiet.noiseModel = ComponentChoice("none")
    var start = cells(problem, 2, common: true)[1]
    let noisy = kernel.outcomes(trialClass, [start], trials: 0..<8)
    // Starts are fixed in one dimension: all trials agree, and noise changes nothing.
    #expect(Set(noisy.values[0].map(\.bitPattern)).count == 1)
    start.noisePerCoordinate = 0
    #expect(sameBits(noisy, kernel.outcomes(quiet, [start], trials: 0..<8)))
}
