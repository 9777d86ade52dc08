import PortableMath
@testable import SweepPlanning
import Testing
import TrialContract

private let text = """
    schema: 1
    name: decoding
    problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1}}}
    optimizer: [sgd, m-sam]
    noise_model: [gaussian, rademacher]
    steps: 10
    trials: 3
    seed: 7
    axes:
      rho: [0, 0.1, 1]
      learning_rate: [0.1, 0.5]
      noise: [0, 1, 2]
      dimension: [1, 2, 7]
      start.radius: [1, 2]

    """

/// Everything that tells cells apart, as text.
private func identity(_ found: (TrialClass, CellParameters)) -> String {
    let (trialClass, parameters) = found
    return "\(trialClass.optimizer.text) \(trialClass.noiseModel.text) \(trialClass.dimension) \(trialClass.start) "
        + "\(parameters.rho) \(parameters.learningRate) \(parameters.noisePerCoordinate)"
}

@Test func decodingIsABijection() throws {
    let sweep = try plan(text)
    #expect(sweep.cellCount == 2 * 2 * 2 * 3 * 3 * 2 * 3)
    let identities = try (0..<sweep.cellCount).map { identity(try #require(try cell(sweep, $0))) }
    // Noise 0 is the same per coordinate in every dimension, but the dimension itself is part of the identity.
    #expect(Set(identities).count == sweep.cellCount)
}

@Test func positionsAreRowMajor() throws {
    let sweep = try plan(text)
    for index in 0..<sweep.cellCount {
        let digits = sweep.decoder.withDigits(of: index) { Array($0) }
        var place = 0
        for (digit, dimension) in zip(digits, sweep.dimensions) { place = place * dimension.count + digit }
        #expect(place == index)
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        #expect(sweep.dimensions.map(\.name) == [
            "optimizer", "noise_model", "start.radius", "dimension", "noise", "learning_rate", "rho",
        ])
        #expect(trialClass.optimizer.name == ["sgd", "m-sam"][digits[0]])
        #expect(trialClass.noiseModel.name == ["gaussian", "rademacher"][digits[1]])
        #expect(trialClass.start == .radius([1, 2][digits[2]]))
        #expect(trialClass.dimension == [1, 2, 7][digits[3]])
        #expect(parameters.learningRate == [0.1, 0.5][digits[5]])
        #expect(parameters.rho == [0, 0.1, 1][digits[6]])
    }
}

@Test func cellsOfAClassShareItsSpectrum() throws {
    let sweep = try plan(text)
    var spectra: [Int: Spectrum] = [:]
    for index in 0..<sweep.cellCount {
        let (trialClass, _) = try #require(try cell(sweep, index))
        let known = spectra[trialClass.dimension] ?? trialClass.spectrum
        #expect(known === trialClass.spectrum)
        spectra[trialClass.dimension] = known
    }
    #expect(spectra.count == 3)
}

/// Many workers decode at once.
@Test func decodingIsTheSameFromManyTasks() async throws {
    let sweep = try plan(text)
    let expected = try (0..<sweep.cellCount).map { identity(try #require(try cell(sweep, $0))) }
    let fresh = try plan(text)
    let agree = try await withThrowingTaskGroup(of: Bool.self) { group in
        for task in 0..<8 {
            group.addTask {
                try (0..<fresh.cellCount).allSatisfy { step in
                    let index = (step * 5 + task * 31) % fresh.cellCount
                    return try cell(fresh, index).map(identity) == expected[index]
                }
            }
        }
        return try await group.reduce(true) { $0 && $1 }
    }
    #expect(agree)
}

@Test func manyLargeClassesAreDecodedWithoutKeepingThemAll() throws {
    let sweep = try plan(sweepText(
        axes: "learning_rate: [0.1, 0.2], dimension: {linspace: {from: 1, to: 5000, count: 5000}}",
        eigenvalues: "{linspace: {from: 1, to: 2}}"))
    #expect(sweep.cellCount == 10_000)
    for index in [0, 1, 9_998, 9_999, 5_000, 0, 9_999] {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        #expect(trialClass.dimension == index / 2 + 1)
        #expect(parameters.learningRate == [0.1, 0.2][index % 2])
    }
}

@Test func aBillionCellsArePlannedWithoutBeingThere() throws {
    let sweep = try plan(sweepText(axes: """
        learning_rate: {logspace: {from: 0.001, to: 1, count: 1000}}, rho: {linspace: {from: 0, to: 1, count: 1000}},
         noise: {linspace: {from: 0, to: 1, count: 1000}}
        """.replacing("\n", with: "")))
    #expect(sweep.cellCount == 1_000_000_000)
    let (_, parameters) = try #require(try cell(sweep, 999_999_999))
    #expect(parameters.rho == 1 && parameters.learningRate == 1 && parameters.noisePerCoordinate == 1)
    let estimate = sweep.estimate
    #expect(estimate.includedCells == 1_000_000_000 && estimate.coordinateSteps == 1e10 && !estimate.isSampled)
}

// MARK: Stream keys

private let independent = text + "common_random_numbers: false\n"

/// The key as the documentation defines it, from pairs sorted by name.
private func plainKey(_ pairs: [(String, String)]) -> UInt64 {
    pairs.sorted { $0.0 < $1.0 }.reduce(0) { sum, pair in
        sum &+ PortableMath.sha256(Array("\(pair.0)=\(pair.1)".utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}

private func hex(_ value: Double) -> String {
    let digits = String(value.bitPattern, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

@Test func keysFollowTheirDefinition() throws {
    let sweep = try plan(independent)
    for index in 0..<sweep.cellCount {
        let digits = sweep.decoder.withDigits(of: index) { Array($0) }
        var pairs = [
            ("seed", hex(7)), ("problem", "quadratic"), ("steps", hex(10)), ("dimension", hex([1, 2, 7][digits[3]])),
            ("problem.eigenvalues.logspace.from", hex(0.1)), ("problem.eigenvalues.logspace.to", hex(1)),
            ("learning_rate", hex([0.1, 0.5][digits[5]])),
        ]
        if digits[1] == 1 { pairs.append(("noise_model", "rademacher")) }
        if digits[2] == 1 { pairs.append(("start.radius", hex(2))) }
        if digits[4] > 0 { pairs.append(("noise", hex(Double(digits[4])))) }
        if digits[6] > 0 { pairs.append(("rho", hex([0, 0.1, 1][digits[6]]))) }
        #expect(try #require(try cell(sweep, index)).1.streamKey == plainKey(pairs))
    }
}

/// From what a cell is to its key, whatever the optimizer.
private func keys(_ sweep: PlannedSweep) throws -> [String: UInt64] {
    var keys: [String: UInt64] = [:]
    for index in 0..<sweep.cellCount {
        guard let found = try cell(sweep, index) else { continue }
        let name = "\(found.0.problem.text) \(found.0.spectrum.eigenvalues) \(found.0.noiseModel.text) \(found.0.steps) "
            + "\(found.0.start) \(found.0.rhoSchedule.text) \(found.1.rho) \(found.1.learningRate) \(found.1.noisePerCoordinate)"
        #expect(keys[name] == nil || keys[name] == found.1.streamKey, "the optimizer changes the key")
        keys[name] = found.1.streamKey
    }
    return keys
}

@Test func keysDependOnNothingButTheCellsValues() throws {
    let all = try keys(plan(independent))
    #expect(Set(all.values).count == all.count)
    let changes: [(String, String)] = [
        ("rho: [0, 0.1, 1]", "rho: [1, 0.05, 0.1]"),
        ("dimension: [1, 2, 7]", "dimension: 7"),
        ("trials: 3", "trials: 1000"),
        ("optimizer: [sgd, m-sam]", "optimizer: [vasso, n-sam, sam]"),
        ("optimizer: [sgd, m-sam]", "optimizer: {name: asam, stabiliser: 3}"),
        ("  start.radius: [1, 2]\n", ""),
        ("noise_model: [gaussian, rademacher]\n", ""),
        ("  start.radius: [1, 2]\n", "where: rho < 1\n"),
        ("  learning_rate: [0.1, 0.5]\n", "zip: [{name: pair, learning_rate: [0.5, 0.1], steps: [10, 11]}]\n"),
        ("  learning_rate: [0.1, 0.5]\n", "derive: {learning_rate: 1 / 2}\n"),
        ("noise_model: [gaussian, rademacher]\n", "noise_model: rademacher\n"),
        ("steps: 10\n", "rho_schedule: [constant, {name: power, exponent: 1}]\nsteps: 10\n"),
        ("steps: 10\n", "rho_schedule: [{name: power, exponent: 1}]\nsteps: 10\n"),
    ]
    var shared = 0
    for (old, new) in changes {
        var other = independent.replacing(old, with: new)
        #expect(other != independent)
        if new.hasPrefix("zip") { other = other.replacing("steps: 10\n", with: "") }
        // Top-level keys cannot stand in the middle of axes.
        if old.hasPrefix("  "), !new.isEmpty { other = independent.replacing(old, with: "") + new }
        if new.hasPrefix("zip") { other = other.replacing("steps: 10\n", with: "") }
        for (name, key) in try keys(plan(other)) where all[name] != nil {
            #expect(all[name] == key, "\(new)")
            shared += 1
        }
    }
    #expect(shared > 400)
}

@Test func aParameterHasTheSameKeyFixedSweptOrInAList() throws {
    let text = """
        schema: 1
        name: forms
        problem: {name: quadratic, eigenvalues: 2}
        optimizer: m-sam
        noise_model: {name: skewed-two-point, q: 0.25}
        steps: 5
        learning_rate: 0.1
        common_random_numbers: false

        """
    let key = try #require(try cell(plan(text), 0)).1.streamKey
    for (old, new) in [
        ("{name: skewed-two-point, q: 0.25}", "[{name: skewed-two-point, q: 0.25}]"),
        ("learning_rate: 0.1", "axes: {noise_model.q: [0.25, 0.5], learning_rate: 0.1}"),
        ("{name: quadratic, eigenvalues: 2}", "[{name: quadratic, eigenvalues: 2}]"),
        ("learning_rate: 0.1", "axes: {problem.eigenvalues: [2, 3], learning_rate: 0.1}"),
        ("learning_rate: 0.1", "axes: {dimension: [1], learning_rate: 0.1}"),
    ] {
        var other = text.replacing(old, with: new)
        if new.contains("noise_model.q") { other = other.replacing(", q: 0.25", with: "") }
        if new.contains("problem.eigenvalues") { other = other.replacing(", eigenvalues: 2", with: "") }
        #expect(try #require(try cell(plan(other), 0)).1.streamKey == key, "\(new)")
    }
}

@Test func commonRandomNumbersShareOneKey() throws {
    let sweep = try plan(text)
    #expect(try (0..<sweep.cellCount).allSatisfy { try cell(sweep, $0)?.1.streamKey == 7 })
}

// MARK: What is kept

@Test func onlyTheLatestOfManyClassesAreKept() throws {
    let sweep = try plan(sweepText())
    let (trialClass, _) = try #require(try cell(sweep, 0))
    let table = ClassTable(count: 1_000_000, numbers: 1_000_000)
    weak var first: ClassEntry?
    var built = 0
    func entry(_ index: Int) -> ClassEntry {
        table.entry(index) {
            built += 1
            return ClassEntry(trialClass: trialClass, noiseDivisor: Double(index))
        }
    }
    first = entry(0)
    #expect(first != nil && entry(0) === first && built == 1)
    for index in 1..<5000 { #expect(entry(index).noiseDivisor == Double(index)) }
    #expect(first == nil && built == 5000)
    #expect(entry(4999).noiseDivisor == 4999 && built == 5000)
}

@Test func fewClassesAreKeptForGood() throws {
    let sweep = try plan(sweepText())
    let (trialClass, _) = try #require(try cell(sweep, 0))
    let table = ClassTable(count: 3, numbers: 3)
    let first = table.entry(2) { ClassEntry(trialClass: trialClass, noiseDivisor: 1) }
    #expect(table.entry(2) { ClassEntry(trialClass: trialClass, noiseDivisor: 2) } === first)
    #expect(table.entry(1) { ClassEntry(trialClass: trialClass, noiseDivisor: 3) }.noiseDivisor == 3)
}

/// A spectrum of 10^9 coordinates takes 8 gigabytes; planning, checking and estimating need none of it.
@Test func planningBuildsNoSpectrum() throws {
    let sweep = try plan(sweepText(
        "where: learning_rate * smoothness < 2",
        axes: "learning_rate: [0.1, 3], dimension: {linspace: {from: 999999001, to: 1000000000, count: 1000}}",
        eigenvalues: "{logspace: {from: 0.1, to: 1}}"))
    #expect(sweep.largestDimension == 1_000_000_000)
    #expect(sweep.estimate.includedCells == 1000)
}
