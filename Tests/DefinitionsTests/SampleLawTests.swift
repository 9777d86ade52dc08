@testable import Definitions
import Foundation
import KernelSelection
import PortableMath
import Testing
import TrialContract

/// What a step draws under a law: one sample of `size` numbers for each trial, as a gradient shows it.
private func drawn(
    _ law: ProblemDefinition.SampleLaw, size: Int, trials: Int, kernel: (any TrialKernel)? = nil, text: String = "dot(x, xi)"
) throws -> [Double] {
    var definition = ProblemDefinition(name: "own", source: 0, objective: try DefinedExpression("0 * sum(x)", source: 0))
    definition.variables = [.init("x", source: 0, [try DefinedExpression("\(size) * 1", source: 0)])]
    definition.stochastic = try DefinedExpression(text, source: 0)
    definition.samples = [.init("xi", source: 0, law)]
    let objective = try definition.build(parameters: [:], dimension: nil)
    let trialClass = TrialClass(
        optimizer: ComponentChoice("sgd"), problem: ComponentChoice("own"),
        spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: size)]), noiseModel: ComponentChoice("none"), steps: 1,
        start: .vector([Double](repeating: 0, count: size)), statistics: ["iterate"], definedObjective: objective)
    let cell = CellParameters(learningRate: 1, rho: 0, noisePerCoordinate: 0, streamKey: 7)
    let request = BlockRequest(trialClass: trialClass, cells: [cell], trials: 0..<trials)
    return try #require(try (kernel ?? KernelSelection.kernel()).run(request, stop: StopFlag())).values[0].map { -$0 }
}

/// Uniform number j of a trial's first step, by the generator's definition.
private func uniform(_ j: Int, trial: Int) -> Double {
    let words = Philox4x32.block(counter: SIMD4(UInt32(j / 2), 0, UInt32(trial), UInt32(10) << 24), key: SIMD2(7, 0))
    let place = j % 2 * 2
    return Double((UInt64(words[place]) << 32 | UInt64(words[place + 1])) >> 12) * 0x1p-52
}

/// sqrt(n) times the largest distance of a sample from a distribution function.
private func distance(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
    let n = Double(sample.count)
    var largest = 0.0
    for (i, x) in sample.sorted().enumerated() {
        let p = distribution(x)
        largest = max(largest, abs(p - Double(i) / n), abs(Double(i + 1) / n - p))
    }
    return largest * n.squareRoot()
}

// P(sqrt(n) D > 2.2) = 1.3e-4 for large n.
private let mostDistance = 2.2

/// Each number is the stated function of stated words, to rounding, the same bits on all instruction sets.
@Test func newLawsAreTheStatedFunctionsOfUniformNumbers() throws {
    let trials = 40, n = 5
    let laws: [(ProblemDefinition.SampleLaw, (_ trial: Int, _ j: Int) -> Double)] = [
        (.cauchy(shape: [try expression("5")]), { trial, j in 1 / tan(.pi * (uniform(j, trial: trial) - 0.5)) }),
        (.studentT(shape: [try expression("5")], freedom: try expression("3.5")), { trial, j in
            let w = uniform(j, trial: trial), v = uniform(n + j, trial: trial)
            return (3.5 * (pow(w, -2 / 3.5) - 1)).squareRoot() * cos(2 * .pi * v)
        }),
    ]
    for (law, formula) in laws {
        let values = try drawn(law, size: n, trials: trials)
        for trial in 0..<trials {
            for j in 0..<n {
                let expected = formula(trial, j), found = values[trial * n + j]
                #expect((found - expected).magnitude <= 1e-11 * max(1, expected.magnitude), "trial \(trial), number \(j)")
            }
        }
        for set in KernelSelection.available {
            let others = try drawn(law, size: n, trials: trials, kernel: try KernelSelection.kernel(set))
            #expect(others.map(\.bitPattern) == values.map(\.bitPattern))
        }
    }
}

@Test func cauchySamplesHaveTheirLaw() throws {
    let values = try drawn(.cauchy(shape: [try expression("64")]), size: 64, trials: 4000)
    #expect(distance(values) { 0.5 + atan($0) / .pi } < mostDistance)
    // P(|X| > 1000) = 2/pi atan(1/1000).
    let expected = Double(values.count) * 2 / .pi * atan(1e-3), beyond = Double(values.count { $0.magnitude > 1000 })
    #expect((beyond - expected).magnitude < 5 * expected.squareRoot())
}

@Test func studentSamplesHaveTheirLaw() throws {
    // k = 3: F(t) = 1/2 + (atan(t/sqrt 3) + (t/sqrt 3)/(1 + t^2/3))/pi.
    let three = try drawn(.studentT(shape: [try expression("64")], freedom: try expression("3")), size: 64, trials: 4000)
    #expect(distance(three) { t in
        let s = t / 3.0.squareRoot()
        return 0.5 + (atan(s) + s / (1 + s * s)) / .pi
    } < mostDistance)
    // scipy.stats.t.ppf at 0.9, 0.99, 0.999, 0.99999 (SciPy 1.17).
    let quantiles: [(freedom: String, values: [Double])] = [
        ("0.7", [5.009947959646406, 135.57150574187764, 3637.014630105735, 2617507.3654060964]),
        ("2.5", [1.7302509288071766, 5.353111173030872, 13.82219311086596, 87.64328685682148]),
        ("7", [1.4149239276505086, 2.9979515668685277, 4.785289628638333, 10.102684252974544]),
    ]
    for (freedom, quantiles) in quantiles {
        let values = try drawn(.studentT(shape: [try expression("64")], freedom: try expression(freedom)), size: 64, trials: 16_000)
        for (quantile, tail) in zip(quantiles, [0.1, 0.01, 0.001, 0.00001]) {
            let expected = 2 * tail * Double(values.count), beyond = Double(values.count { $0.magnitude > quantile })
            #expect((beyond - expected).magnitude < 5 * expected.squareRoot() + 1, "k = \(freedom), tail \(tail)")
        }
        // Symmetric.
        let positive = Double(values.count { $0 > 0 }), half = Double(values.count) / 2
        #expect((positive - half).magnitude < 5 * (half / 2).squareRoot())
    }
}

@Test func weightedIndicesAreDrawnInProportion() throws {
    let weights = [0, 3, 1, 0, 0, 2, 4, 0]
    var counts = [Int](repeating: 0, count: weights.count)
    let trials = 20_000
    let law = ProblemDefinition.SampleLaw.choice(of: try expression("8"), weights: try expression("[0, 3, 1, 0, 0, 2, 4, 0]"))
    let values = try drawn(law, size: 1, trials: trials, text: "sum(x) * [0, 1, 2, 3, 4, 5, 6, 7][xi]")
    for (trial, value) in values.enumerated() {
        let index = Int(value)
        counts[index] += 1
        // The number of cumulative probabilities not above u.
        let u = uniform(0, trial: trial), below = [0, 0.3, 0.4, 0.4, 0.4, 0.6, 1]
        #expect(index == below.count { $0 <= u })
    }
    var chiSquared = 0.0
    for (count, weight) in zip(counts, weights) {
        let expected = Double(trials * weight) / 10
        if weight == 0 { #expect(count == 0) } else { chiSquared += (Double(count) - expected) * (Double(count) - expected) / expected }
    }
    // Three degrees of freedom: beyond 25 in 1.5e-5 of all cases.
    #expect(chiSquared < 25)
    for set in KernelSelection.available {
        let others = try drawn(
            law, size: 1, trials: trials, kernel: try KernelSelection.kernel(set), text: "sum(x) * [0, 1, 2, 3, 4, 5, 6, 7][xi]")
        #expect(others == values)
    }
    // One index is no choice, and it works.
    let one = ProblemDefinition.SampleLaw.choice(of: try expression("1"), weights: try expression("[2]"))
    #expect(try drawn(one, size: 1, trials: 9, text: "sum(x) * [5][xi]") == [Double](repeating: 5, count: 9))
}

@Test func wrongSamplesAreNamed() throws {
    func message(_ law: ProblemDefinition.SampleLaw, text: String = "dot(x, xi)") -> String {
        do {
            _ = try drawn(law, size: 2, trials: 1, text: text)
            return ""
        } catch let error as DefinitionError { return "\(error.message) \(error.value ?? "")" } catch { return "\(error)" }
    }
    let two = [try expression("2")]
    #expect(message(.studentT(shape: two, freedom: try expression("0"))) == "must be above 0 0")
    #expect(message(.studentT(shape: two, freedom: try expression("1/0"))).contains("not finite"))
    let index = "sum(x) * [5, 6][xi]"
    #expect(message(.choice(of: two[0], weights: try expression("[1, 2, 3]")), text: index).contains("3 weights of 2 indices"))
    #expect(message(.choice(of: two[0], weights: try expression("[1, -2]")), text: index).contains("below 0 -2"))
    #expect(message(.choice(of: two[0], weights: try expression("[0, 0]")), text: index).contains("sum is 0"))
    // Weighted indices have the bound that rows are checked against.
    #expect(message(.choice(of: two[0], weights: try expression("[1, 1]")), text: "sum(x) * [1, 2, 3][xi]").contains("runs over 2"))
}

/// The 129th sample of indices would begin where those of an independent ascent do.
@Test func stepsDrawAtMost128SamplesOfIndices() throws {
    func build(_ count: Int) throws {
        var definition = ProblemDefinition(name: "own", source: 0, objective: try expression("sum(x^2)"))
        definition.variables = [.init("x", source: 0, [try expression("2")])]
        let two = try expression("2")
        definition.samples = (0..<count).map { .init("i\($0)", source: 0, .choice(of: two, weights: nil)) }
        definition.stochastic = try expression((0..<count).map { "x[0] * [1, 2][i\($0)]" }.joined(separator: " + "))
        _ = try definition.build(parameters: [:], dimension: nil)
    }
    try build(128)
    let error = #expect(throws: DefinitionError.self) { try build(129) }
    #expect(error?.message.contains("128") == true && error?.value == "i128")
}
