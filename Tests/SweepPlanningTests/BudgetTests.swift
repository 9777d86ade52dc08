import KernelSelection
import SweepPlanning
import Testing
import TrialContract

private let algorithms = """
    - sgd
      - m-sam
      - vasso
      - {name: twice, step: "y = x + rho * unit(grad(x))\\nx = x - learning_rate * grad(y + rho * unit(grad(y)))"}
      - {name: once, step: "x = x - learning_rate * (grad(x) + grad(x)) / 2"}
      - {name: valued, step: "x = x - learning_rate * full(x) * if(full_value(x) > 1, 1, 0.5)"}
      - {name: third, step: "x = x - learning_rate * grad(x) * x[2]"}
    """

private func budget(_ lines: String) throws -> PlannedSweep {
    try plan(
        """
        schema: 1
        name: budget
        problem: {name: quadratic, eigenvalues: 1}
        optimizer:
          \(algorithms)
        axes: {learning_rate: [0.1], rho: [0, 0.1], dimension: [4]}
        \(lines)

        """)
}

/// Equal expressions are one gradient, values are none, and rho = 0 spares none.
@Test func stepsAreDerivedFromTheGradientsOfAStep() throws {
    let sweep = try budget("derive: {steps: \"1200 / gradients_per_step\"}")
    let counts: [Double] = [1, 2, 2, 3, 1, 1, 1]
    let stored = try #require(sweep.auxiliaryCoordinates.first { $0.name == "gradients_per_step" })
    #expect(stored.dimensions == ["optimizer"] && stored.values == .numbers(counts))
    for index in 0..<sweep.cellCount {
        let (trialClass, _) = try #require(try cell(sweep, index))
        #expect(trialClass.steps == Int(1200 / counts[index / 2]))
        if let own = trialClass.definedAlgorithm { #expect(Double(own.gradientsPerStep) == counts[index / 2]) }
    }
}

@Test func gradientsOfAStepAreKnownInConditionsAndZips() throws {
    let few = try budget("steps: 10\nwhere: gradients_per_step < 2")
    #expect(try (0..<few.cellCount).count { try cell(few, $0) != nil } == 8)
    let zipped = try plan(
        """
        schema: 1
        name: zipped
        problem: {name: quadratic, eigenvalues: 1}
        zip: [{name: tuned, optimizer: [m-sam, sgd], learning_rate: [0.1, 0.2]}]
        derive: {steps: "100 / gradients_per_step"}

        """)
    let stored = try #require(zipped.auxiliaryCoordinates.first { $0.name == "gradients_per_step" })
    #expect(stored.dimensions == ["tuned"] && stored.values == .numbers([2, 1]))
    #expect(try (0..<2).map { try #require(try cell(zipped, $0)).0.steps } == [50, 100])
}

/// It follows from the optimizers: results from before it was stored are gone on with.
@Test func gradientsOfAStepAreNoPartOfIdentities() throws {
    let sweep = try plan(sweepText("common_random_numbers: false"))
    let bare = try SweepPlanner.plan(
        text: sweepText("common_random_numbers: false"), fileName: "sweep.yaml",
        catalogue: ComponentCatalogue(
            components: KernelSelection.catalogue.components, kernelRevision: KernelSelection.catalogue.kernelRevision))
    #expect(sweep.sweepFingerprint == bare.sweepFingerprint && sweep.planFingerprint == bare.planFingerprint)
    #expect(try #require(try cell(sweep, 0)).1.streamKey == (try #require(try cell(bare, 0)).1.streamKey))
    // No zip and no parameter can take the name.
    #expect(throws: SweepFileError.self) {
        try plan(sweepText().replacing("axes: {learning_rate: [0.1]}", with: "zip: [{name: gradients_per_step, learning_rate: [0.1, 0.2], rho: [0, 1]}]"))
    }
}
