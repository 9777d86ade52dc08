import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// What is claimed of a problem with certain parameters.
struct ProblemCase: Sendable, CustomTestStringConvertible {
    let name: String
    let parameters: [String: Double]
    let dimension: Int
    let eigenvalues: [Double]?
    let smoothness: Double
    let strongConvexity: Double
    /// `nil`: nothing is claimed.
    let isConvex: Bool?
    /// A length over which it bends.
    let scale: Double
    /// Largest variance of a component's gradient; `nil`: gradients are full ones.
    let variance: Double?

    init(
        _ name: String, _ parameters: [String: Double] = [:], dimension: Int = 1, eigenvalues: [Double]? = nil,
        smoothness: Double, strongConvexity: Double = 0, isConvex: Bool? = true, scale: Double = 1,
        variance: Double? = nil
    ) {
        self.name = name
        self.parameters = parameters
        self.dimension = dimension
        self.eigenvalues = eigenvalues
        self.smoothness = smoothness
        self.strongConvexity = strongConvexity
        self.isConvex = isConvex
        self.scale = scale
        self.variance = variance
    }

    var testDescription: String { "\(name) \(parameters.sorted { $0.key < $1.key })" }

    /// Every problem whose gradient is known coordinate by coordinate. One without a case below is examined with its
    /// defaults, by what its registration says.
    static let all: [ProblemCase] = known + KernelSelection.catalogue.all(.problem).filter { problem in
        problem.objective?.takesData == false && !known.contains { $0.name == problem.name }
    }.map { problem in
        let defaults = Dictionary(uniqueKeysWithValues: problem.parameters.map { ($0.name, $0.defaultValue ?? 1) })
        let stated = statedConstants(problem, defaults)
        return ProblemCase(
            problem.name, defaults, smoothness: stated.smoothness, strongConvexity: stated.strongConvexity,
            isConvex: stated.strongConvexity > 0 ? true : nil)
    }

    /// What a registration says of smoothness and strong convexity; a spectrum is 1.
    static func statedConstants(
        _ problem: ComponentDescription, _ parameters: [String: Double]
    ) -> (smoothness: Double, strongConvexity: Double) {
        func value(_ constant: ObjectiveConstant?) -> Double {
            switch constant {
            case .expression(let text):
                guard let program = try? ProgramCompiler.compile(
                    text, scope: ExpressionScope(numbers: parameters.keys), wantsCondition: false)
                else { return .nan }
                return program.value(program.names.map { parameters[$0] ?? .nan })
            case .ofSpectrum: return 1
            case .absent: return 0
            case .ofData, nil: return .nan
            }
        }
        return (value(problem.objective?.smoothness), value(problem.objective?.strongConvexity))
    }

    private static let known: [ProblemCase] = [
        ProblemCase("quadratic", eigenvalues: [0.7], smoothness: 0.7, strongConvexity: 0.7),
        ProblemCase("sine", ["smoothness": 3, "rho0": 0.02], smoothness: 3, isConvex: false, scale: 0.02),
        ProblemCase("sine", ["smoothness": 0.5, "rho0": 40], smoothness: 0.5, isConvex: false, scale: 40),
        ProblemCase(
            "trap", ["smoothness": 2, "rho0": 0.3, "c1": 0.5, "c2": 0.5], smoothness: 2, strongConvexity: 2, scale: 0.3,
            variance: 4 * 0.09 * 2.25),
        ProblemCase(
            "trap", ["smoothness": 1, "rho0": 1, "c1": 0.25, "c2": 0.6], smoothness: 1, strongConvexity: 1,
            variance: 1.6 * 1.6),
        ProblemCase(
            "two-quadratics", ["a1": 0.5, "a2": 1.5, "K": 4], smoothness: 1, strongConvexity: 1, scale: 8,
            variance: 12 * 12),
        ProblemCase(
            "two-quadratics", ["a1": 2, "a2": 0, "K": 1], smoothness: 1, strongConvexity: 1, scale: 2, variance: 4),
        ProblemCase("huber-trap", ["smoothness": 3, "rho0": 0.5], smoothness: 3, scale: 0.5, variance: 9 * 0.25 / 4),
        ProblemCase("pseudo-huber", ["smoothness": 2, "delta": 0.5], smoothness: 2, scale: 0.5),
        ProblemCase("rastrigin", ["amplitude": 10], smoothness: 2 + 40 * Double.pi * .pi, isConvex: false),
        ProblemCase(
            "rastrigin", ["amplitude": 0.04], smoothness: 2 + 0.16 * Double.pi * .pi,
            strongConvexity: 2 - 0.16 * Double.pi * .pi),
    ]

    /// A class of this problem, without noise.
    func trialClass(
        _ optimizer: String, steps: Int = 1, start: StartPoint = .radius(1), dimension: Int? = nil,
        statistics: [String]
    ) -> TrialClass {
        let values = eigenvalues ?? Array(repeating: 1, count: dimension ?? self.dimension)
        var trialClass = quadratic(
            optimizer, spectrum: spectrum(values), noise: "none", steps: steps, start: start, statistics: statistics)
        trialClass.problem = ComponentChoice(name, parameters)
        return trialClass
    }
}

/// What a problem says of a point.
struct PointValues {
    let suboptimality: Double
    let gradientNorm: Double
    let distance: Double
    /// The full gradient.
    let gradient: [Double]
}

extension TrialKernel {
    /// The values at `x`, read off two runs of one step: one that stays there and one that takes the gradient itself.
    func values(_ problem: ProblemCase, at x: [Double]) -> PointValues {
        let statistics = ["suboptimality", "gradient_norm", "distance", "iterate"]
        let trialClass = problem.trialClass("sam", start: .vector(x), dimension: x.count, statistics: statistics)
        func columns(_ learningRate: Double) -> [[Double]] {
            outcomes(trialClass, [cell(learningRate: learningRate)], trials: 0..<1).values
        }
        let stay = columns(1e-300), move = columns(1)
        return PointValues(
            suboptimality: stay[0][0], gradientNorm: stay[1][0], distance: stay[2][0],
            gradient: zip(x, move[3]).map { $0 - $1 })
    }

    /// The gradients that 64 trials of `sgd` take in one step from `x`.
    func componentGradients(_ problem: ProblemCase, at x: Double) -> [Double] {
        let trialClass = problem.trialClass("sgd", start: .vector([x]), statistics: ["iterate"])
        return outcomes(trialClass, [cell(learningRate: 1)], trials: 0..<64).values[0].map { x - $0 }
    }
}

func cell(learningRate: Double, rho: Double = 0, noise: Double = 0, key: UInt64 = 5) -> CellParameters {
    CellParameters(learningRate: learningRate, rho: rho, noisePerCoordinate: noise, streamKey: key)
}
