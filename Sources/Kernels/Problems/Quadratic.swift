import TrialContract

/// f(x) = 1/2 sum_j lambda_j x_j^2, minimiser 0.
struct Quadratic: Problem {
    static let description = ComponentDescription(
        kind: .problem, name: "quadratic", summary: "a quadratic bowl with any spectrum",
        formula: "f(x) = 1/2 sum_j lambda_j x_j^2",
        objective: ObjectiveProperties(
            smoothness: .ofSpectrum, strongConvexity: .ofSpectrum, takesEigenvalues: true),
        allowsReduction: true)
    static let gradientIsCheap = true

    private let eigenvalues: [Double]
    private let pointer: UnsafePointer<Double>

    init(_ trialClass: TrialClass) {
        // The spectrum owns the values and outlives the block.
        eigenvalues = trialClass.spectrum.eigenvalues
        pointer = eigenvalues.withUnsafeBufferPointer { $0.baseAddress! }
    }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        noise.adding(Lanes(repeating: pointer[j]), times: x)
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes { Lanes(repeating: pointer[j]) }

    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes {
        Lanes(repeating: 0.5 * pointer[j]) * (x * x)
    }
}
