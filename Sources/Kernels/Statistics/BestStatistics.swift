import TrialContract

// Minima over all iterates, the start included: t = 0 … T.

enum BestDistance: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "best_distance", summary: "smallest distance to a minimiser on the way",
        formula: "min over t = 0…T of |x_t - x*|", needs: .minimiser)
    static let initial = Lanes(repeating: .infinity)

    static func watched(steps: Int) -> ClosedRange<Int>? { 0...steps }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) {
        accumulator = accumulator.minimum(measures.distance)
    }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator }
}

enum BestSuboptimality: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "best_suboptimality", summary: "smallest excess objective on the way",
        formula: "min over t = 0…T of f(x_t) - f*", needs: .minimum)
    static let initial = Lanes(repeating: .infinity)

    static func watched(steps: Int) -> ClosedRange<Int>? { 0...steps }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) {
        accumulator = accumulator.minimum(measures.suboptimality)
    }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator }
}
