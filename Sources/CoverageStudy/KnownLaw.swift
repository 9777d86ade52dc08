import PortableMath
import ScalingFits

/// A model with true parameters.
package struct KnownLaw: Sendable {
    package var model: String
    package var x: [Double]
    package var law: @Sendable (Double) -> Double
    /// By the model's parameter names.
    package var truth: [(name: String, value: Double)]

    /// The true model and those that it contains or that say less.
    package var noMoreThanTrue: Set<String> {
        switch model {
        case "quadratic", "power": ["power"]
        case "linear+quadratic": ["power", "linear+quadratic"]
        case "quadratic+floor", "power+floor": ["power", "power+floor"]
        case "polynomial": ["power", "linear+quadratic", "power+floor", "polynomial"]
        case "saturating": ["power", "saturating"]
        default: ["power", "broken-power"]
        }
    }

    package static let all: [KnownLaw] = {
        let rhos = SyntheticSweep.rhos
        return [
            KnownLaw(model: "quadratic", x: rhos, law: { 0.25 * $0 * $0 }, truth: [("prefactor", 0.25)]),
            KnownLaw(
                model: "power", x: rhos, law: { 0.25 * PortableMath.pow($0, 1.5) },
                truth: [("prefactor", 0.25), ("exponent", 1.5)]),
            KnownLaw(
                model: "linear+quadratic", x: rhos, law: { 0.05 * $0 + $0 * $0 },
                truth: [("linear", 0.05), ("quadratic", 1)]),
            KnownLaw(
                model: "quadratic+floor", x: [0] + rhos, law: { 0.01 + 0.25 * $0 * $0 },
                truth: [("floor", 0.01), ("prefactor", 0.25)]),
            KnownLaw(
                model: "power+floor", x: [0] + rhos, law: { 0.01 + PortableMath.pow($0, 1.5) },
                truth: [("floor", 0.01), ("prefactor", 1), ("exponent", 1.5)]),
            KnownLaw(
                model: "polynomial", x: [0] + rhos, law: { 0.001 + 0.1 * $0 + $0 * $0 },
                truth: [("floor", 0.001), ("linear", 0.1), ("quadratic", 1)]),
            KnownLaw(
                model: "saturating", x: rhos, law: { 4 * $0 * $0 / (1 + $0 * $0 / 0.0025) },
                truth: [("prefactor", 4), ("exponent", 2), ("saturation", 0.05)]),
            KnownLaw(
                model: "broken-power", x: rhos,
                law: { 0.01 * ($0 / 0.05).squareRoot() * PortableMath.pow(1 + $0 * $0 / 0.0025, 0.75) },
                truth: [("level", 0.01), ("exponent_below", 0.5), ("exponent_above", 2), ("break", 0.05)]),
        ]
    }()
}
