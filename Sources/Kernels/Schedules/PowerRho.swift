import TrialContract

/// rho_t = rho (t + 1)^-q, t = 0 … T - 1.
struct PowerRho: Schedule {
    static let description = ComponentDescription(
        kind: .rhoSchedule, name: "power", summary: "rho falls as a power of the step",
        formula: "rho_t = rho (t + 1)^-exponent",
        parameters: [
            ParameterDescription(
                name: "exponent", summary: "q", range: ParameterRange(0, 10), defaultValue: 0.5)
        ])

    private let exponent: Double

    init(parameters: [String: Double]) { exponent = Self.description.value(of: "exponent", in: parameters) }

    func factor(at step: Lanes) -> Lanes { exponential(logarithm(step + 1) * -exponent) }
}
