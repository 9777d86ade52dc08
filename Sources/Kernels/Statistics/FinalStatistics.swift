import TrialContract

// Quantities of the last iterate x_T.

enum Distance: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "distance", summary: "distance of the last iterate to the nearest minimiser",
        formula: "|x_T - x*|", needs: .minimiser)

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { final.measures.distance }
}

enum Suboptimality: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "suboptimality", summary: "excess objective of the last iterate",
        formula: "f(x_T) - f*", needs: .minimum)

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { final.measures.suboptimality }
}

enum Objective: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "objective", summary: "objective of the last iterate", formula: "f(x_T)")

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { final.measures.objective }
}

enum GradientNorm: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "gradient_norm", summary: "gradient norm at the last iterate",
        formula: "|grad f(x_T)|")

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes {
        final.measures.gradientSquared.squareRoot()
    }
}

enum ZeroGradients: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "zero_gradients", summary: "number of steps whose ascent gradient was exactly 0",
        formula: "#{t < T : g_t = 0}", storage: .int32)

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { final.zeroGradients }
}

/// The whole last iterate; written by the engine, one value per coordinate.
enum Iterate: Statistic {
    static let description = ComponentDescription(
        kind: .statistic, name: "iterate", summary: "the last iterate, coordinate by coordinate", formula: "x_T",
        maximumDimension: 64, storage: .float64PerCoordinate)

    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes { accumulator }
}
