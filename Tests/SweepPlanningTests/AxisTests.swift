import PortableMath
import SweepPlanning
import Testing
import TrialContract

private func numbers(_ plan: PlannedSweep, _ name: String) -> [Double]? {
    guard case .numbers(let values)? = plan.dimensions.first(where: { $0.name == name })?.values else { return nil }
    return values
}

private func fixed(_ plan: PlannedSweep, _ name: String) -> AxisValues? {
    plan.fixedParameters.first { $0.name == name }?.value
}

@Test func listsAndRangesAreJoinedInOrder() throws {
    let sweep = try plan(sweepText(axes: """
        learning_rate: 0.1, rho: [0, {logspace: {from: 0.001, to: 1, count: 4}}, {linspace: {from: 2, to: 3, count: 3}}, 0.5]
        """))
    #expect(numbers(sweep, "rho") == [0, 0.001, 0.01, 0.1, 1, 2, 2.5, 3, 0.5])
    #expect(numbers(sweep, "learning_rate") == [0.1])
}

@Test func aRangeAloneIsAnAxisAndCountOneGivesFrom() throws {
    let sweep = try plan(sweepText(
        axes: "learning_rate: {geomspace: {from: 0.1, to: 1, count: 1}}, rho: {linspace: {from: 1, to: 0, count: 3}}"))
    #expect(numbers(sweep, "learning_rate") == [0.1])
    #expect(numbers(sweep, "rho") == [1, 0.5, 0])
}

@Test func geomspaceIsLogspace() throws {
    let ranges = ["logspace", "geomspace"].map { "learning_rate: {\($0): {from: 0.3, to: 0.7, count: 17}}" }
    #expect(try plan(sweepText(axes: ranges[0])).planFingerprint == plan(sweepText(axes: ranges[1])).planFingerprint)
}

@Test func whatIsLeftOutHasTheContractsDefaults() throws {
    let sweep = try plan(sweepText())
    #expect(sweep.dimensions.map(\.name) == ["optimizer", "dimension", "noise", "learning_rate", "rho"])
    #expect(sweep.dimensions.map(\.values) == [
        .names(["sgd"]), .integers([1]), .numbers([0]), .numbers([0.1]), .numbers([0]),
    ])
    #expect(sweep.title == "small" && sweep.trials == 1 && sweep.usesCommonRandomNumbers)
    #expect(sweep.statistics.map(\.name) == ["distance", "suboptimality"])
    let (trialClass, parameters) = try #require(try cell(sweep, 0))
    #expect(trialClass.noiseModel == ComponentChoice("gaussian") && trialClass.noisePrecision == .double)
    #expect(trialClass.start == .radius(1) && trialClass.rhoSchedule == ComponentChoice("constant"))
    #expect(trialClass.learningRateSchedule == ComponentChoice("constant"))
    #expect(parameters.streamKey == 0 && parameters.noisePerCoordinate == 0)
    for (name, value) in [
        ("problem", AxisValues.names(["quadratic"])), ("noise_model", .names(["gaussian"])), ("steps", .numbers([10])),
        ("noise_scale", .names(["total"])), ("noise_precision", .names(["double"])), ("method", .names(["full"])),
        ("seed", .integers([0])), ("start.radius", .numbers([1])), ("rho_schedule", .names(["constant"])),
        ("learning_rate_schedule", .names(["constant"])), ("problem.eigenvalues", .numbers([1])),
        ("common_random_numbers", .integers([1])),
    ] { #expect(fixed(sweep, name) == value, "\(name)") }
}

@Test func furtherAxesComeInFileOrderAfterTheOptimizer() throws {
    let sweep = try plan("""
        schema: 1
        name: order
        zip:
          - {name: schedule, rho_schedule.exponent: [0.5, 1], learning_rate_schedule.offset: [1, 10]}
        axes:
          rho: [0.1, 0.2]
          start.radius: [1, 2, 3]
          dimension: [1, 2]
          steps: [10, 20]
          noise: 1
          learning_rate: 0.1
          noise_model.q: [0.25, 0.5]
        noise_model: [{name: skewed-two-point}, gaussian]
        where: "noise_model != 'skewed-two-point' or dimension == 1"
        rho_schedule: power
        learning_rate_schedule: inverse-time
        problem: {name: quadratic, eigenvalues: 2}
        optimizer: [sgd, m-sam]
        """)
    #expect(sweep.dimensions.map(\.name) == [
        "optimizer", "schedule", "start.radius", "steps", "noise_model.q", "noise_model", "dimension", "noise",
        "learning_rate", "rho",
    ])
    #expect(sweep.dimensions[1].values == .numbers([0, 1]))
    let zipped = sweep.auxiliaryCoordinates.filter { $0.name != "gradients_per_step" }
    #expect(zipped.map(\.name).sorted() == ["learning_rate_schedule.offset", "rho_schedule.exponent"])
    #expect(zipped.allSatisfy { $0.dimensions == ["schedule"] })
}

@Test func everyNumberCanBeAnAxisByItsPath() throws {
    let sweep = try plan("""
        schema: 1
        name: paths
        problem: {name: quadratic}
        optimizer: [asam, vasso]
        noise_model: skewed-two-point
        rho_schedule: power
        learning_rate_schedule: inverse-time
        axes:
          steps: [5, 7]
          seed: [1, 2]
          noise_model.q: [0.25, 0.75]
          rho_schedule.exponent: [0, 1]
          learning_rate_schedule.offset: [1, 2]
          start.sphere: [1, 2]
          optimizer.stabiliser: [0.1, 0.2]
          problem.eigenvalues: [0.5, 2]
          learning_rate: [0.1, 0.2]
        """)
    #expect(sweep.cellCount == 512 * 2)
    for index in [0, 1, 500, 1023] {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        let bit = { (place: Int) in index >> place & 1 }
        // Row-major: the learning rate runs fastest, then the file's axes from the last to the first.
        #expect(parameters.learningRate == [0.1, 0.2][bit(0)])
        #expect(trialClass.spectrum.largest == [0.5, 2][bit(1)])
        let stabiliser = trialClass.optimizer.parameters["stabiliser"]
        #expect(bit(9) == 0 ? stabiliser == [0.1, 0.2][bit(2)] : stabiliser == nil)
        #expect(trialClass.optimizer.name == ["asam", "vasso"][bit(9)])
        #expect(bit(9) == 0 || trialClass.optimizer.parameters["theta"] == 0.4)
        #expect(trialClass.start == .sphere([1, 2][bit(3)]))
        #expect(trialClass.learningRateSchedule.parameters == ["offset": [1, 2][bit(4)]])
        #expect(trialClass.rhoSchedule.parameters == ["exponent": [0, 1][bit(5)]])
        #expect(trialClass.noiseModel.parameters == ["q": [0.25, 0.75][bit(6)]])
        #expect(parameters.streamKey == [1, 2][bit(7)])
        #expect(trialClass.steps == [5, 7][bit(8)])
    }
}

@Test func endsOfASpectrumCanBeAxes() throws {
    let sweep = try plan(sweepText(
        axes: "learning_rate: 0.1, dimension: [1, 3], problem.eigenvalues.logspace.from: [0.01, 0.25]",
        eigenvalues: "{logspace: {to: 1}}"))
    let spectra = try (0..<4).map { try #require(try cell(sweep, $0)).0.spectrum.eigenvalues }
    #expect(spectra == [[0.01], [0.01, 0.1, 1], [0.25], [0.25, 0.5, 1]])
}

@Test func severalComponentsWithParametersAreLabelledByWhatIsNotDefault() throws {
    let sweep = try plan("""
        schema: 1
        name: labels
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [asam, {name: asam, stabiliser: 0.5}, {name: vasso, theta: 0.4}]
        noise_model: [{name: skewed-two-point, q: 0.25}, {name: skewed-two-point, q: 0.75}]
        steps: 5
        learning_rate: 0.1
        """)
    #expect(sweep.dimensions[0].values == .names(["asam", "asam(stabiliser=0.5)", "vasso"]))
    #expect(sweep.dimensions[1].values == .names(["skewed-two-point(q=0.25)", "skewed-two-point(q=0.75)"]))
    let (trialClass, _) = try #require(try cell(sweep, 3))
    #expect(trialClass.optimizer.name == "asam" && trialClass.optimizer.parameters["stabiliser"] == 0.5)
    #expect(trialClass.noiseModel == ComponentChoice("skewed-two-point", ["q": 0.75]))
}

@Test func theSameComponentTwiceIsAnError() throws {
    let error = try #require(failure(BadInput.head.replacing("optimizer: sgd", with: "optimizer: [sgd, m-sam, sgd]")
        + "axes: {learning_rate: 1}\n"))
    #expect("\(error)".contains("bad.yaml:4:25: optimizer: is listed twice, got sgd"))
}

@Test func numbersWithOneValueMayStandAtTheTopLevel() throws {
    let top = try plan("""
        schema: 1
        name: top
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: sgd
        steps: 5
        learning_rate: 0.5
        rho: 0.25
        noise: 2
        dimension: 4
        """)
    #expect(top.dimensions.map(\.values) == [
        .names(["sgd"]), .integers([4]), .numbers([2]), .numbers([0.5]), .numbers([0.25]),
    ])
    #expect(try #require(try cell(top, 0)).1.noisePerCoordinate == 1)
}

@Test func zipsPairAndMultiplyWithTheRest() throws {
    let sweep = try plan(BadInput.head + """
        zip: [{name: paired, rho: [0.1, 0.2, 0.2], learning_rate: {linspace: {from: 1, to: 3, count: 3}}},
              {name: both, optimizer: [n-sam, m-sam], dimension: [2, 5]}]
        axes: {noise: [1, 2]}
        """.replacing("\n              ", with: "\n  ")
        , dropping: "optimizer: sgd\n")
    #expect(sweep.dimensions.map(\.name) == ["paired", "both", "noise"])
    #expect(sweep.dimensions.map(\.count) == [3, 2, 2])
    let coordinates = Dictionary(uniqueKeysWithValues: sweep.auxiliaryCoordinates.map { ($0.name, $0) })
    #expect(coordinates["rho"]?.values == .numbers([0.1, 0.2, 0.2]))
    #expect(coordinates["rho"]?.dimensions == ["paired"])
    #expect(coordinates["learning_rate"]?.values == .numbers([1, 2, 3]))
    #expect(coordinates["optimizer"]?.values == .names(["n-sam", "m-sam"]))
    #expect(coordinates["optimizer"]?.dimensions == ["both"])
    #expect(coordinates["dimension"]?.values == .integers([2, 5]))
    let (trialClass, parameters) = try #require(try cell(sweep, (1 * 2 + 1) * 2 + 1))
    #expect(trialClass.optimizer.name == "m-sam" && trialClass.dimension == 5)
    #expect(parameters.rho == 0.2 && parameters.learningRate == 2 && parameters.noisePerCoordinate == 2 / 5.0.squareRoot())
}

private func plan(_ text: String, dropping part: String) throws -> PlannedSweep {
    try plan(text.replacing(part, with: ""))
}

@Test func valuesAndComponentsMayRepeatInAZip() throws {
    let sweep = try plan("""
        schema: 1
        name: repeats
        problem: {name: quadratic, eigenvalues: 1}
        steps: 5
        zip: [{name: pair, optimizer: [sgd, m-sam, m-sam, n-sam], rho: [0, 0.1, 0.2, 0.1]}]
        axes: {learning_rate: [0.1, 0.2]}
        where: optimizer == 'm-sam' or rho == 0
        """)
    #expect(sweep.auxiliaryCoordinates.first { $0.name == "optimizer" }?.values == .names(["sgd", "m-sam", "m-sam", "n-sam"]))
    let found = try (0..<8).map { try cell(sweep, $0).map { "\($0.0.optimizer.name) \($0.1.rho)" } }
    #expect(found == ["sgd 0.0", "sgd 0.0", "m-sam 0.1", "m-sam 0.1", "m-sam 0.2", "m-sam 0.2", nil, nil])
}

@Test func aPairTwiceInAZipIsAnError() throws {
    let error = try #require(failure(BadInput.head + "zip: [{name: pair, rho: [1, 2, 1], learning_rate: [3, 3, 3]}]\n"))
    #expect("\(error)".contains("zip.pair: has the same values twice, got position 2"))
}

@Test func noiseScalesPerCoordinateOrInTotal() throws {
    for (scale, expected) in [("total", 0.75), ("per_coordinate", 1.5)] {
        let sweep = try plan(sweepText("noise_scale: \(scale)", axes: "learning_rate: 1, noise: 1.5, dimension: 4"))
        #expect(try #require(try cell(sweep, 0)).1.noisePerCoordinate == expected)
    }
}

@Test(arguments: [
    ("0.5", "dimension: 3", [0.5, 0.5, 0.5], 1),
    ("[1, 2, 2]", "rho: 0", [1, 2, 2], 3),
    ("{linspace: {from: 1, to: 3}}", "dimension: 3", [1, 2, 3], 3),
    ("{linspace: {from: 1, to: 3, count: 2}}", "rho: 0", [1, 3], 2),
    ("{logspace: {from: 1, to: 4, count: 3}}", "dimension: 3", [1, 2, 4], 3),
    ("{logspace: {from: 3, to: 4}}", "rho: 0", [3], 1),
    ("[{value: 2, multiplicity: 2}, 1, {value: 3}]", "rho: 0", [2, 2, 1, 3], 3),
    ("{value: 2, multiplicity: 3}", "rho: 0", [2, 2, 2], 1),
    ("[1, {linspace: {from: 2, to: 3, count: 2}}]", "rho: 0", [1, 2, 3], 3),
] as [(String, String, [Double], Int)])
func spectraOfAllFormsAreLaidOut(eigenvalues: String, axis: String, expected: [Double], blocks: Int) throws {
    let sweep = try plan(sweepText(axes: "learning_rate: 1, \(axis)", eigenvalues: eigenvalues))
    let (trialClass, _) = try #require(try cell(sweep, 0))
    #expect(trialClass.spectrum.eigenvalues == expected)
    #expect(trialClass.spectrum.blocks.count == blocks)
    #expect(sweep.largestDimension == expected.count)
    let norms = Array(repeating: "1", count: blocks).joined(separator: ", ")
    let starts: [(String, StartPoint)] = [
        ("{radius: 0}", .radius(0)), ("{sphere: 2}", .sphere(2)),
        ("{blocks: [\(norms)]}", .blocks(Array(repeating: 1, count: blocks))),
        ("{vector: {linspace: {from: -1, to: 1, count: \(expected.count)}}}",
         .vector(PortableMath.linspace(from: -1, to: 1, count: expected.count))),
    ]
    for (text, start) in starts {
        let sweep = try plan(sweepText("start: \(text)", axes: "learning_rate: 1, \(axis)", eigenvalues: eigenvalues))
        #expect(try #require(try cell(sweep, 0)).0.start == start)
    }
}
