import TrialContract

/// A problem over data: a description and a loss of the linear score z = a . x.
///
/// A new one is a file with a type of this kind and one line in `Catalogue.swift`.
protocol LinearLoss: SendableMetatype {
    /// Its `objective` holds the loss in plain numbers, with which the minimiser is found.
    static var description: ComponentDescription { get }

    /// loss(z).
    static func value(_ z: Lanes, target: Lanes) -> Lanes

    /// d^2 loss / d z^2.
    static func curvature(_ z: Lanes, target: Lanes) -> Lanes

    /// d loss / d z.
    static func slope(_ z: Lanes, target: Lanes) -> Lanes

    /// loss(z* + delta) - loss(z*) - loss'(z*) delta, at least 0, without cancellation where delta is small.
    static func excess(_ delta: Lanes, optimum: Lanes, target: Lanes) -> Lanes
}

/// The parameters of all problems over data.
enum DataParameters {
    private static let batch = ParameterDescription(
        name: "batch", summary: "examples in a mini-batch", range: ParameterRange(1, .infinity, upperIsOpen: true),
        defaultValue: 32, isInteger: true)
    private static let replacement = choice("replacement", "whether an example may be drawn twice for a mini-batch")

    static func all(defaultL2: Double, l2Range: ParameterRange) -> [ParameterDescription] {
        [
            ParameterDescription(
                name: "l2", summary: "weight of the penalty |x|^2/2", range: l2Range, defaultValue: defaultL2),
            batch, replacement, choice("standardise", "whether columns are scaled to mean 0 and variance 1"),
            choice("intercept", "whether a column of ones is added"),
            choice("zero_based", "whether the indices of a LIBSVM text begin at 0", isDefault: false),
        ]
    }

    private static func choice(_ name: String, _ summary: String, isDefault: Bool = true) -> ParameterDescription {
        ParameterDescription(
            name: name, summary: summary, range: ParameterRange(0, 1), defaultValue: isDefault ? 1 : 0, isInteger: true,
            isBoolean: true)
    }

    static func sampler(_ trialClass: TrialClass) -> BatchSampler {
        let parameters = trialClass.problem.parameters
        return BatchSampler(
            examples: trialClass.finiteSum?.dataset.rows ?? 1, batch: Int(batch.value(in: parameters) ?? 1),
            withReplacement: replacement.value(in: parameters) != 0)
    }
}
