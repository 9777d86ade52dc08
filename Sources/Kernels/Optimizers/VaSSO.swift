import TrialContract

/// Variance-suppressed SAM: the ascent direction is a moving average of stochastic gradients, d_{-1} = 0.
///
///     d = (1 - theta) d + theta g, y = x + rho d/|d|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi
struct VaSSO: NormalisedOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "vasso", summary: "SAM with a variance-suppressed ascent direction",
        formula: "d = (1 - theta) d + theta g, y = x + rho d/|d|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi",
        citation: "Li & Giannakis, NeurIPS 2023, arXiv:2309.15639",
        parameters: [
            ParameterDescription(
                name: "theta", summary: "weight of the newest gradient; 1 is m-sam",
                range: ParameterRange(0, 1, lowerIsOpen: true), defaultValue: 0.4)
        ])
    static let ascentGradient = AscentGradient.sharedNoise
    static let memoryVectors = 1

    private let theta: Double

    init(parameters: [String: Double]) { theta = Self.description.value(of: "theta", in: parameters) }

    @inline(__always)
    func ascent(gradient: Lanes, x: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes {
        let direction = (memory[0] * (1 - theta)).adding(gradient, times: Lanes(repeating: theta))
        memory[0] = direction
        return direction
    }
}
