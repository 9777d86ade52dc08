import TrialContract

enum BestGradientNorm: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "best_gradient_norm", summary: "smallest gradient norm on the way",
        formula: "min over t = 0…T of |grad f(x_t)|")
    static let initial = Lanes(repeating: .infinity)

    static func watched(steps: Int) -> ClosedRange<Int>? { 0...steps }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) {
        accumulator = accumulator.minimum(measures.gradientSquared)
    }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator.squareRoot() }
}
