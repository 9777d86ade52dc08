import TrialContract

/// A quantity whose trajectory can be recorded: one number per trial and recorded step.
///
/// A new quantity is a type of this kind and one line in `Catalogue.swift`.
protocol CurveQuantity: Sendable {
    static var description: ComponentDescription { get }
    static func value(_ measures: Measures) -> Lanes
}

extension CurveQuantity {
    static var name: String { description.name }
}

enum DistanceSquaredCurve: CurveQuantity {
    static let description = ComponentDescription(
        kind: .curveQuantity, name: "distance_squared", summary: "squared distance to the nearest minimiser",
        formula: "|x_t - x*|^2", needs: .minimiser)

    static func value(_ measures: Measures) -> Lanes { measures.distanceSquared }
}

enum SuboptimalityCurve: CurveQuantity {
    static let description = ComponentDescription(
        kind: .curveQuantity, name: "suboptimality", summary: "excess objective", formula: "f(x_t) - f*",
        needs: .minimum)

    static func value(_ measures: Measures) -> Lanes { measures.suboptimality }
}

enum ObjectiveCurve: CurveQuantity {
    static let description = ComponentDescription(
        kind: .curveQuantity, name: "objective", summary: "objective", formula: "f(x_t)")

    static func value(_ measures: Measures) -> Lanes { measures.objective }
}

enum GradientNormSquaredCurve: CurveQuantity {
    static let description = ComponentDescription(
        kind: .curveQuantity, name: "gradient_norm_squared", summary: "squared gradient norm",
        formula: "|grad f(x_t)|^2")

    static func value(_ measures: Measures) -> Lanes { measures.gradientSquared }
}

/// The whole iterate on the way; written by the engine, one value per coordinate.
enum IterateCurve: CurveQuantity {
    static let description = ComponentDescription(
        kind: .curveQuantity, name: "iterate", summary: "the iterate, coordinate by coordinate", formula: "x_t",
        maximumDimension: 64, storage: .float64PerCoordinate)

    static func value(_ measures: Measures) -> Lanes { Lanes(repeating: .nan) }
}
