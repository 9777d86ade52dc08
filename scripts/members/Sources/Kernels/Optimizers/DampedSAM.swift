import TrialContract

/// SAM whose perturbation fades with the gradient: its own `scale`, a parameter, and nothing said of one dimension.
///
///     y = x + rho g/(|g| + damping), x' = x - eta (grad f(y) + xi), g = grad f(x) + xi
struct DampedSAM: RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "damped-sam", summary: "SAM with a damped norm, the same noise in ascent and descent",
        formula: "y = x + rho g/(|g| + damping), x' = x - eta (grad f(y) + xi), g = grad f(x) + xi",
        parameters: [
            ParameterDescription(name: "damping", summary: "added to |g|", range: .positive, defaultValue: 0.5)
        ])
    static let ascentGradient = AscentGradient.sharedNoise

    private let damping: Double

    init(parameters: [String: Double]) { damping = Self.description.value(of: "damping", in: parameters) }

    @inline(__always)
    func scale(rho: Lanes, norm: Lanes) -> Lanes { rho / (norm + damping) }
}
