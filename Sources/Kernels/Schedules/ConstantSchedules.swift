import TrialContract

/// eta_t = learning_rate.
struct ConstantLearningRate: Schedule {
    static let description = ComponentDescription(
        kind: .learningRateSchedule, name: "constant", summary: "the learning rate does not change",
        formula: "eta_t = learning_rate")
    var isConstant: Bool { true }

    init(parameters: [String: Double]) {}

    func factor(at step: Lanes) -> Lanes { Lanes(repeating: 1) }
}

/// rho_t = rho.
struct ConstantRho: Schedule {
    static let description = ComponentDescription(
        kind: .rhoSchedule, name: "constant", summary: "rho does not change", formula: "rho_t = rho")
    var isConstant: Bool { true }

    init(parameters: [String: Double]) {}

    func factor(at step: Lanes) -> Lanes { Lanes(repeating: 1) }
}
