import PortableMath
import ScalingFits

/// A law that synthetic sweeps follow exactly: one that the catalogue has, or one that it does not.
package struct KnownLaw: Sendable {
    package var name: String
    /// The catalogue's model; `nil` where it has none.
    package var model: String?
    package var x: [Double]
    package var law: @Sendable (Double) -> Double
    /// By the model's parameter names.
    package var truth: [(name: String, value: Double)]

    /// Where it comes back to its value at zero.
    package var crossing: Double?

    /// Whether the true law says less than this model, which has a term or a bend that is not there: it has as many parameters
    /// or more and is not the true one.
    package func isLess(_ other: String) -> Bool {
        guard let model, other != model else { return false }
        func parameters(_ name: String) -> Int {
            ModelCatalogue.descriptions.first { $0.name == name }?.parameters.count ?? 0
        }
        return parameters(other) >= parameters(model)
    }

    package static func named(_ name: String) -> KnownLaw? { all.first { $0.name == name } }

    package static let all: [KnownLaw] = {
        let rhos = SyntheticSweep.rhos
        let zero = [0] + rhos
        func on(
            _ model: String, _ x: [Double], _ truth: [(String, Double)], _ law: @escaping @Sendable (Double) -> Double
        ) -> KnownLaw { KnownLaw(name: model, model: model, x: x, law: law, truth: truth) }
        func off(_ name: String, _ x: [Double], _ law: @escaping @Sendable (Double) -> Double) -> KnownLaw {
            KnownLaw(name: name, model: nil, x: x, law: law, truth: [])
        }
        return [
            on("constant", zero, [("floor", 0.01)]) { _ in 0.01 },
            on("power", rhos, [("prefactor", 0.25), ("exponent", 1.5)]) { 0.25 * PortableMath.pow($0, 1.5) },
            on("linear+quadratic", rhos, [("linear", 0.05), ("quadratic", 1)]) { 0.05 * $0 + $0 * $0 },
            on("power+floor", zero, [("floor", 0.01), ("prefactor", 1), ("exponent", 1.5)]) {
                0.01 + PortableMath.pow($0, 1.5)
            },
            on("polynomial", zero, [("floor", 0.001), ("linear", 0.1), ("quadratic", 1)]) { 0.001 + 0.1 * $0 + $0 * $0 },
            on("saturating", rhos, [("prefactor", 4), ("exponent", 2), ("saturation", 0.05)]) {
                4 * $0 * $0 / (1 + $0 * $0 / 0.0025)
            },
            on("broken-power", rhos, [
                ("level", 0.01), ("exponent_below", 0.5), ("exponent_above", 2), ("break", 0.05),
            ]) { 0.01 * ($0 / 0.05).squareRoot() * PortableMath.pow(1 + $0 * $0 / 0.0025, 0.75) },
            off("log", zero) { PortableMath.log(1 + $0 / 0.003) },
            off("root+square", rhos) { 0.02 * $0.squareRoot() + $0 * $0 },
            KnownLaw(
                name: "dip", model: nil, x: zero, law: { 0.01 * (1 + 100 * $0 * ($0 - 0.08) / (1 + 10 * $0)) }, truth: [],
                crossing: 0.08),
            off("step", zero) { $0 < 0.03 ? 0.01 : 0.03 },
            off("two-slopes", rhos) { $0 < 0.03 ? $0 / 0.03 * 0.01 : 0.01 * PortableMath.pow($0 / 0.03, 3) },
        ]
    }()
}
