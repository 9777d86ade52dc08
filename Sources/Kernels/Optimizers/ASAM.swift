import TrialContract

/// Adaptive SAM: the perturbation is measured in units of each weight's own size.
///
///     T = diag(|x_j| + stabiliser), y = x + rho T^2 g/|T g|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi
struct ASAM: Optimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "asam", summary: "adaptive SAM, the same noise in ascent and descent",
        formula: "y = x + rho T^2 g/|T g|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi, T_j = |x_j| + stabiliser",
        citation: "Kwon, Kim, Park & Choi, ICML 2021, arXiv:2102.11600",
        parameters: [
            ParameterDescription(
                name: "stabiliser", summary: "added to |x_j|; keeps T away from 0", range: .positive, defaultValue: 0.01)
        ])
    static let ascentGradient = AscentGradient.sharedNoise

    private let stabiliser: Double

    init(parameters: [String: Double]) { stabiliser = Self.description.value(of: "stabiliser", in: parameters) }

    @inline(__always)
    func ascent(gradient: Lanes, x: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes {
        let size = x.absolute + stabiliser
        return size * size * gradient
    }

    @inline(__always)
    func weight(direction: Lanes, x: Lanes) -> Lanes { direction / (x.absolute + stabiliser) }

    @inline(__always)
    func displacementOnLine(rho: Lanes, direction: Lanes, weight: Lanes) -> Lanes {
        rho * (direction / weight.absolute)
    }
}
