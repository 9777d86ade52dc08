import KernelSelection
import SweepPlanning
import Testing
import TrialContract

private let text = """
    schema: 1
    name: estimate
    problem: {name: quadratic, eigenvalues: 1}
    optimizer: [sgd, sam, n-sam, m-sam]
    noise_model: [none, gaussian]
    trials: 3
    axes:
      rho: [0, 0.1, 1]
      learning_rate: [0.1, 0.5]
      noise: [0, 1]
      dimension: [1, 2, 7]
      steps: [5, 11]
    record: [distance, zero_gradients, iterate]

    """

private func plain(_ sweep: PlannedSweep) throws -> (kept: Int, steps: Double, draws: Double, shared: Double) {
    let vectors = KernelSelection.catalogue.noiseVectorsPerStep
    var kept = 0, steps = 0.0, draws = 0.0
    var classes: [String: Double] = [:]
    for index in 0..<sweep.cellCount {
        guard let (trialClass, _) = try cell(sweep, index) else { continue }
        let work = Double(trialClass.steps * trialClass.dimension * sweep.trials)
        let drawn = trialClass.noiseModel.name == "none" ? 0 : work * Double(vectors[trialClass.optimizer.name] ?? 0)
        kept += 1
        steps += work
        draws += drawn
        classes["\(trialClass.optimizer.text) \(trialClass.noiseModel.text) \(trialClass.dimension) \(trialClass.steps)"] = drawn
    }
    return (kept, steps, draws, classes.values.reduce(0, +))
}

@Test func theCatalogueCountsNoiseVectors() {
    #expect(["sgd": 1, "sam": 0, "n-sam": 2, "m-sam": 1, "usam": 0, "n-usam": 2, "m-usam": 1].allSatisfy {
        KernelSelection.catalogue.noiseVectorsPerStep[$0.key] == $0.value
    })
}

@Test(arguments: ["noise_model != 'none' or noise == 0", "noise == 0 and rho < 1", "noise_model == 'gaussian' and rho > dimension / 10"])
func estimatesAreSumsOverTheCells(condition: String) throws {
    for common in [true, false] {
        let sweep = try plan(text + "where: \"\(condition)\"\ncommon_random_numbers: \(common)\n")
        let (kept, steps, draws, shared) = try plain(sweep)
        let estimate = sweep.estimate
        #expect(estimate.includedCells == kept && estimate.cells == sweep.cellCount)
        #expect(estimate.trials == kept * 3)
        #expect(estimate.coordinateSteps == steps && estimate.noiseDraws == draws)
        #expect(estimate.sharedNoiseDraws == (common ? shared : draws))
        #expect(estimate.bytesPerTrial == 1 + 8 + 8 + 4 + 7 * 8)
        #expect(estimate.resultBytes == Double(sweep.cellCount * 3 * estimate.bytesPerTrial))
        #expect(estimate.largestDimension == 7)
        #expect(!estimate.isSampled && estimate.samplingNote.isEmpty)
    }
}

@Test func estimatesWithoutAConditionAreExact() throws {
    let sweep = try plan(text.replacing("noise: [0, 1]", with: "noise: 0"))
    let (kept, steps, draws, shared) = try plain(sweep)
    let estimate = sweep.estimate
    #expect(estimate.includedCells == kept && estimate.coordinateSteps == steps)
    #expect(estimate.noiseDraws == draws && estimate.sharedNoiseDraws == shared)
}
