import SweepPlanning
import Testing
import TrialContract

private let example = """
    schema: 1
    name: rho-scaling                 # [a-z0-9-]+, names the result
    title: How far from the optimum SAM stops as rho grows     # defaults to the name
    problem:
      name: quadratic
      eigenvalues: {logspace: {from: 0.1, to: 1.0}}   # one per coordinate
    optimizer: [sgd, n-sam, m-sam]    # one or several; several make an axis
    noise_model: gaussian
    noise_scale: total
    noise_precision: double
    method: full
    steps: 20000
    trials: 256                       # seeds per cell, numbered from 0
    seed: 20231030                    # root seed, 0 <= seed < 2^53
    start: {radius: 1.0}
    axes:
      rho: [0, {logspace: {from: 1.0e-3, to: 1.0, count: 13}}]
      learning_rate: [0.01, 0.05]
      noise: [0.1, 1.0]
      dimension: [1, 10, 100]
    record: [distance, suboptimality, tail_distance_squared]
    common_random_numbers: true
    """

@Test func theContractsExampleIsPlanned() throws {
    let sweep = try plan(example)
    #expect(sweep.name == "rho-scaling")
    #expect(sweep.title == "How far from the optimum SAM stops as rho grows")
    #expect(sweep.sourceText == example)
    #expect(sweep.dimensions.map(\.name) == ["optimizer", "dimension", "noise", "learning_rate", "rho"])
    #expect(sweep.dimensions.map(\.count) == [3, 3, 2, 2, 14])
    #expect(sweep.dimensions[0].values == .names(["sgd", "n-sam", "m-sam"]))
    #expect(sweep.dimensions[1].values == .integers([1, 10, 100]))
    #expect(sweep.trials == 256)
    #expect(sweep.statistics.map(\.name) == ["distance", "suboptimality", "tail_distance_squared"])
    #expect(sweep.usesCommonRandomNumbers)
    #expect(sweep.largestDimension == 100)
    #expect(sweep.auxiliaryCoordinates.map(\.name) == ["gradients_per_step"])
    guard case .numbers(let rhos) = sweep.dimensions[4].values else { return }
    #expect(rhos[0] == 0 && rhos[1] == 1e-3 && rhos[5] == 1e-2 && rhos[9] == 0.1 && rhos[13] == 1)

    // m-sam, dimension 10, noise 1, learning rate 0.01, rho 0.1
    let index = (((2 * 3 + 1) * 2 + 1) * 2 + 0) * 14 + 9
    let (trialClass, parameters) = try #require(try cell(sweep, index))
    #expect(trialClass.optimizer.name == "m-sam")
    #expect(trialClass.dimension == 10)
    #expect(trialClass.spectrum.blocks.count == 10)
    #expect(trialClass.spectrum.smallest == 0.1 && trialClass.spectrum.largest == 1)
    #expect(trialClass.steps == 20000)
    #expect(trialClass.start == .radius(1))
    #expect(trialClass.statistics == ["distance", "suboptimality", "tail_distance_squared"])
    #expect(parameters.learningRate == 0.01 && parameters.rho == 0.1)
    #expect(parameters.noisePerCoordinate == 1 / 10.0.squareRoot())
    #expect(parameters.streamKey == 20_231_030)
}
