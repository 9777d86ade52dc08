import TrialContract

/// The stationarity measure of nonconvex theory: the mean over the iterates before the last.
enum MeanGradientNormSquared: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "mean_gradient_norm_squared", summary: "mean squared gradient norm on the way",
        formula: "(1/T) sum over t = 0…T-1 of |grad f(x_t)|^2")

    static func watched(steps: Int) -> ClosedRange<Int>? { 0...steps - 1 }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) { accumulator += measures.gradientSquared }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator / Double(final.steps) }
}
