import Foundation
import KernelSelection
import PortableMath
import Testing
import TrialContract

/// A problem over data, with the model that tells what it should do.
struct DataCase: Sendable, CustomTestStringConvertible {
    let problem: String
    let model: LinearModel
    let minimum: LinearModelMinimum
    let sum: FiniteSum

    var testDescription: String { problem }

    init(_ problem: String, _ loss: LinearModel.Loss, rows: Int, columns: Int, l2: Double) throws {
        self.problem = problem
        var numbers = PlainNumbers(state: 12)
        let features = (0..<rows * columns).map { _ in numbers.next() }
        let targets = (0..<rows).map { _ in loss.takesSigns ? (numbers.next() > 0.2 ? 1.0 : -1) : numbers.next() }
        model = LinearModel(
            loss: loss, features: features, targets: targets, columns: columns, l2: l2)
        minimum = try model.minimum()
        sum = FiniteSum(
            dataset: Dataset(name: "made up", columns: columns, features: features, targets: targets), l2: l2,
            minimiser: minimum.minimiser, minimum: minimum.value)
    }

    /// Every problem over data that the catalogue has.
    static let all: [DataCase] = KernelSelection.catalogue.all(.problem).compactMap { problem in
        problem.objective?.loss.flatMap { try? DataCase(problem.name, $0, rows: 41, columns: 5, l2: 0.05) }
    }

    /// Whether the loss's curvature is continuous: a squared hinge's is not, and has kinks of its own.
    var hasContinuousCurvature: Bool {
        let step = 0x1p-6
        return [-1.0, 1].allSatisfy { b in
            stride(from: -8, to: 8, by: step).allSatisfy { z in
                abs(model.loss.curvature(z + step, b) - model.loss.curvature(z, b)) < 0.25 * model.loss.curvatureBounds.upperBound
            }
        }
    }

    func trialClass(
        _ optimizer: String, batch: Int = 7, replacement: Bool = true, steps: Int = 1, start: StartPoint,
        noise: String = "none", statistics: [String]
    ) -> TrialClass {
        var trialClass = quadratic(
            optimizer, spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: model.columns)]), noise: noise,
            steps: steps, start: start, statistics: statistics)
        trialClass.problem = ComponentChoice(
            problem, ["l2": model.l2, "batch": Double(batch), "replacement": replacement ? 1 : 0])
        trialClass.finiteSum = sum
        return trialClass
    }

    /// The gradient over some examples.
    func gradient(_ x: [Double], examples: [Int]) -> [Double] {
        let part = LinearModel(
            loss: model.loss,
            features: examples.flatMap { Array(model.features[$0 * model.columns..<($0 + 1) * model.columns]) },
            targets: examples.map { model.targets[$0] }, columns: model.columns, l2: model.l2)
        return part.gradient(x)
    }
}

/// Numbers in (-1, 1), the same on every machine (Knuth's MMIX generator).
struct PlainNumbers {
    var state: UInt64

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-52 - 1
    }
}

/// The examples of a step's mini-batch, by the scalar generator and the definition in the documentation.
func plainBatch(
    key: UInt64, trial: Int, step: Int, isDescent: Bool, examples: Int, batch: Int, replacement: Bool
) -> [Int] {
    var chosen: [Int] = []
    for i in 0..<batch {
        let words = Philox4x32.block(
            counter: SIMD4(
                UInt32(i / 2) | (isDescent ? 0 : 1 << 31), UInt32(step), UInt32(truncatingIfNeeded: trial),
                UInt32(trial >> 32) | 2 << 24),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
        let word = i % 2 == 0
            ? UInt64(words[0]) << 32 | UInt64(words[1]) : UInt64(words[2]) << 32 | UInt64(words[3])
        let count = replacement ? examples : examples - batch + i + 1
        let number = Int(word.multipliedFullWidth(by: UInt64(count)).high)
        chosen.append(!replacement && chosen.contains(number) ? count - 1 : number)
    }
    return chosen
}
