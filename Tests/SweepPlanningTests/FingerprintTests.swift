import PortableMath
import SweepPlanning
import Testing
import TrialContract

private let text = """
    schema: 1
    name: golden
    title: A title
    problem: {name: quadratic, eigenvalues: [0.1, 1]}
    optimizer: [sgd, m-sam]
    noise_model: {name: gaussian}
    steps: 1000
    trials: 8
    seed: 5
    axes: {rho: [0, 0.1], learning_rate: [0.05], noise: [1]}

    """

/// A catalogue that later work does not change.
private let frozen = ComponentCatalogue(
    components: [
        ComponentDescription(kind: .optimizer, name: "sgd", summary: "", formula: ""),
        ComponentDescription(kind: .optimizer, name: "m-sam", summary: "", formula: ""),
        ComponentDescription(
            kind: .problem, name: "quadratic", summary: "", formula: "",
            objective: ObjectiveProperties(smoothness: .ofSpectrum, strongConvexity: .ofSpectrum, takesEigenvalues: true)),
        ComponentDescription(kind: .noiseModel, name: "gaussian", summary: "", formula: ""),
        ComponentDescription(kind: .learningRateSchedule, name: "constant", summary: "", formula: ""),
        ComponentDescription(kind: .rhoSchedule, name: "constant", summary: "", formula: ""),
        ComponentDescription(kind: .statistic, name: "distance", summary: "", formula: ""),
        ComponentDescription(kind: .statistic, name: "suboptimality", summary: "", formula: ""),
    ], kernelRevision: 1)

private func frozenPlan(_ text: String, revision: Int = 1) throws -> PlannedSweep {
    try SweepPlanner.plan(
        text: text, fileName: "golden.yaml",
        catalogue: ComponentCatalogue(components: frozen.components, kernelRevision: revision))
}

/// These values stand in result files: a change here makes old results foreign.
@Test func fingerprintsHaveTheirGoldenValues() throws {
    let sweep = try frozenPlan(text)
    #expect(sweep.sweepFingerprint == "c287fd0eb0d8653bfad6543111d0d79c2d620f9bed011308cb584d902feb6aa5")
    #expect(sweep.planFingerprint == "28e3889ca98415634b08f9beab8824d18c99674801f961a6d8bba499fdb4dd05")
    let lines = [
        "common_random_numbers=true", "eigenvalues=[0.1,1]", "kernel_revision=1", "learning_rate_schedule=constant",
        "method=full", "noise_model=gaussian", "noise_precision=double", "noise_scale=total", "problem=quadratic",
        "rho_schedule=constant", "samsweep 1", "seed=5", "start.radius=1", "start=radius", "steps=1000",
    ]
    #expect(sweep.sweepFingerprint == hash(lines))
    #expect(sweep.planFingerprint == hash(lines + [
        "plan", "trials=8", "record=distance,suboptimality", "dimension optimizer=sgd,m-sam",
        "dimension dimension=\(bits([2]))", "dimension noise=\(bits([1]))", "dimension learning_rate=\(bits([0.05]))",
        "dimension rho=\(bits([0, 0.1]))",
    ]))
}

private func hash(_ lines: [String]) -> String { hash(Array(lines.joined(separator: "\n").utf8)) }

private func bits(_ values: [Double]) -> String {
    hash(values.flatMap { (value: Double) -> [UInt8] in
        (0..<8).map { (byte: Int) -> UInt8 in UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(56 - 8 * byte)) }
    })
}

private func hash(_ bytes: [UInt8]) -> String {
    PortableMath.sha256(bytes).map { byte in
        "0123456789abcdef".map { String($0) }[Int(byte >> 4)] + "0123456789abcdef".map { String($0) }[Int(byte & 15)]
    }.joined()
}

@Test func whatExtendsASweepLeavesItsFingerprintAlone() throws {
    let sweep = try frozenPlan(text)
    for (old, new) in [
        ("rho: [0, 0.1]", "rho: [0, 0.05, 0.1]"), ("[sgd, m-sam]", "[m-sam]"), ("trials: 8", "trials: 9"),
        ("trials: 8", "trials: 8\nrecord: distance"), ("trials: 8", "trials: 8\nwhere: rho > 0"),
        ("noise: [1]", "noise: [1, 2]"), ("rho: [0, 0.1], ", ""),
    ] {
        let other = try frozenPlan(text.replacing(old, with: new))
        #expect(other.sweepFingerprint == sweep.sweepFingerprint, "\(new)")
        #expect(other.planFingerprint != sweep.planFingerprint, "\(new)")
    }
}

@Test func whatOnlyDescribesASweepLeavesBothAlone() throws {
    let sweep = try frozenPlan(text)
    for (old, new) in [
        ("A title", "Another"), ("name: golden", "name: other"), ("{name: gaussian}", "gaussian"), ("[0, 0.1]", "[0.0, 1e-1]"),
        ("[0.05]", "0.05"), ("seed: 5", "# a comment\nseed: 5.0"), ("trials: 8", "trials: 8\nstart: {radius: 1}\nmethod: full"),
        ("rho: [0, 0.1], learning_rate: [0.05]", "learning_rate: [0.05], rho: [0, 0.1]"),
    ] {
        let other = try frozenPlan(text.replacing(old, with: new))
        #expect(other.sweepFingerprint == sweep.sweepFingerprint && other.planFingerprint == sweep.planFingerprint, "\(new)")
    }
}

@Test func whatChangesTrialsChangesBoth() throws {
    let sweep = try frozenPlan(text)
    for (old, new) in [
        ("seed: 5", "seed: 6"), ("[0.1, 1]", "[0.1, 2]"), ("[0.1, 1]", "[1, 0.1]"), ("steps: 1000", "steps: 1001"),
        ("trials: 8", "trials: 8\nstart: {radius: 2}"), ("trials: 8", "trials: 8\nstart: {sphere: 1}"),
        ("trials: 8", "trials: 8\nnoise_scale: per_coordinate"), ("trials: 8", "trials: 8\nnoise_precision: single"),
        ("trials: 8", "trials: 8\ncommon_random_numbers: false"), ("[0.1, 1]", "[{value: 0.1, multiplicity: 2}]"),
        ("trials: 8", "trials: 8\nstart: {vector: [1, 2]}"), ("trials: 8", "trials: 8\nstart: {blocks: [1, 2]}"),
    ] {
        let other = try frozenPlan(text.replacing(old, with: new))
        #expect(other.sweepFingerprint != sweep.sweepFingerprint, "\(new)")
        #expect(other.planFingerprint != sweep.planFingerprint, "\(new)")
    }
    #expect(try frozenPlan(text, revision: 2).sweepFingerprint != sweep.sweepFingerprint)
}

@Test func fingerprintsAreSixtyFourHexadecimalDigits() throws {
    let sweep = try frozenPlan(text)
    for print in [sweep.sweepFingerprint, sweep.planFingerprint] {
        #expect(print.count == 64 && print.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
}
