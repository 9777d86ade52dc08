import TrialContract

/// eta_t = learning_rate exp(-decay t), t = 0 … T - 1.
struct ExponentialDecay: Schedule {
    static let description = ComponentDescription(
        kind: .learningRateSchedule, name: "exponential", summary: "falls by the same factor at every step",
        formula: "eta_t = learning_rate exp(-decay t)",
        parameters: [
            ParameterDescription(name: "decay", summary: "per step", range: ParameterRange(0, 1), defaultValue: 0.01)
        ])

    private let decay: Double

    init(parameters: [String: Double]) { decay = Self.description.value(of: "decay", in: parameters) }

    func factor(at step: Lanes) -> Lanes { exponential(step * -decay) }
}
