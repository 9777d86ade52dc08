/// The variables of a result that count gradients, for comparisons at equal budgets.
public enum GradientCount {
    /// Over the optimizer, or what it is zipped with.
    public static let name = "gradients_per_step"
    public static let summary = "gradients that a step takes, exact and stochastic ones alike"
    /// Over the same and `step`, where a result has trajectories.
    public static let soFarName = "gradient_evaluations"
    public static let soFarSummary = "gradients taken before the recorded iterate"
}
