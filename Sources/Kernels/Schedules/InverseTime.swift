import TrialContract

/// eta_t = learning_rate / (t + t0), t = 0 … T - 1.
struct InverseTime: Schedule {
    static let description = ComponentDescription(
        kind: .learningRateSchedule, name: "inverse-time", summary: "falls like 1/t: the classical stochastic step size",
        formula: "eta_t = learning_rate / (t + offset)", citation: "Robbins & Monro, Ann. Math. Stat. 22 (1951) 400",
        parameters: [
            ParameterDescription(
                name: "offset", summary: "t0, in steps", range: .positive, defaultValue: 1)
        ])

    private let offset: Double

    init(parameters: [String: Double]) { offset = Self.description.value(of: "offset", in: parameters) }

    func factor(at step: Lanes) -> Lanes { 1 / (step + offset) }
}
