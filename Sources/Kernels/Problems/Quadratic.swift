import TrialContract

/// f(x) = 1/2 sum_j lambda_j x_j^2, minimiser 0.
struct Quadratic: CheapGradientProblem {
    static let description = ComponentDescription(
        kind: .problem, name: "quadratic", summary: "a quadratic bowl with any spectrum",
        formula: "f(x) = 1/2 sum_j lambda_j x_j^2",
        objective: ObjectiveProperties(
            smoothness: .ofSpectrum, strongConvexity: .ofSpectrum, takesEigenvalues: true),
        allowsReduction: true)

    /// Owns the eigenvalues.
    private let workspace = Workspace()
    private let eigenvalues: UnsafePointer<Double>

    init(_ trialClass: TrialClass) {
        let values = trialClass.spectrum.eigenvalues
        let memory: UnsafeMutablePointer<Double> = workspace.vectors(values.count)
        memory.update(from: values, count: values.count)
        eigenvalues = UnsafePointer(memory)
    }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        noise.adding(Lanes(repeating: eigenvalues[j]), times: x)
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes { Lanes(repeating: eigenvalues[j]) }

    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes {
        Lanes(repeating: 0.5 * eigenvalues[j]) * (x * x)
    }
}
