import TrialContract

// Quantities of the last tenth of the iterates.

enum TailDistanceSquared: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "tail_distance_squared", summary: "mean squared distance over the last tenth",
        formula: "mean over t = T - max(1, floor(T/10)) + 1 … T of |x_t - x*|^2", needs: .minimiser)

    static func watched(steps: Int) -> ClosedRange<Int>? { tail(steps: steps) }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) { accumulator += measures.distanceSquared }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes {
        accumulator / Double(tail(steps: final.steps).count)
    }
}

enum TailDistanceMax: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "tail_distance_max", summary: "largest distance over the last tenth",
        formula: "max over t = T - max(1, floor(T/10)) + 1 … T of |x_t - x*|", needs: .minimiser)

    static func watched(steps: Int) -> ClosedRange<Int>? { tail(steps: steps) }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) {
        accumulator = accumulator.maximum(measures.distance)
    }
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator }
}
