/// A point of the abscissa as models see it: divided by the group's scale, so that columns are of order one and the
/// exponent is nearly uncorrelated with the prefactor.
struct Abscissa: Sendable, Equatable {
    /// x / scale.
    var scaled: Double
    /// ln(x / scale); -infinity at x = 0.
    var logScaled: Double

    /// (x / scale)^exponent; at x = 0 it is 0 (models that use zero have positive exponents only).
    @inline(__always)
    func power(_ exponent: Double) -> Double {
        logScaled == -.infinity ? 0 : exponential(exponent * logScaled)
    }
}

/// The terms of a model at one point, and their derivatives with respect to the exponent. Unused lanes are 0.
struct ModelRow {
    var terms: SIMD4<Double>
    var slopes: SIMD4<Double>
}

/// What a model's parameters mean, in the user's units.
struct LawReading: Equatable {
    var exponent: Double?
    var prefactor: Double?
    var floor: Double?
    /// All linear coefficients.
    var coefficients: [Double]
}

/// A family of laws: linear in up to four coefficients, with at most one exponent to search.
///
/// The linear coefficients are solved for at each exponent, so no starting values are needed. A new model is one file
/// in `Models` and one line in `ModelCatalogue`.
protocol FitModel: Sendable {
    /// As `--model` and the output name it.
    var name: String { get }
    /// In plain text, with `x` for the abscissa.
    var formula: String { get }
    var summary: String { get }
    /// Linear coefficients, 1 to 4.
    var linearTerms: Int { get }
    /// Whether there is an exponent to search.
    var hasExponent: Bool { get }
    /// Whether linear coefficient 0 is the floor.
    var hasFloor: Bool { get }
    /// Whether a point at x = 0 takes part.
    var usesZero: Bool { get }
    /// Whether every mean response must be positive.
    var needsPositiveResponses: Bool { get }
    /// The exponents at which the search begins, ascending; its ends bound the search.
    func exponentGrid(includesZero: Bool) -> [Double]
    func row(at abscissa: Abscissa, exponent: Double) -> ModelRow
    /// - Parameter scale: what the abscissa was divided by.
    func reading(coefficients: SIMD4<Double>, exponent: Double, scale: Double) -> LawReading

    // Implemented for all models; requirements only so that each model gets its own specialised code.

    /// The best member of the family, or `nil` where there is none.
    func leastSquares(_ points: WeightedPoints) -> ParametricFit?
    func resampled(
        _ responses: [[Double]], points: WeightedPoints, start: ParametricFit, plan: ResamplePlan
    ) -> BootstrapSpread
    func values(_ fit: ParametricFit, at abscissae: [Abscissa]) -> [Double]
}

extension FitModel {
    /// Free parameters.
    var parameters: Int { linearTerms + (hasExponent ? 1 : 0) }
    /// One degree of freedom more than parameters, or the fit could not contradict the model.
    var minimumPoints: Int { parameters + 1 }
}

/// What `samsweep list models` says of a model.
public struct FitModelDescription: Sendable, Hashable {
    public let name: String
    public let formula: String
    public let summary: String
}

/// Every model that can be fitted, simplest first: one line adds one.
public enum ModelCatalogue {
    static let all: [any FitModel] = [
        PowerLaw(),
        PowerLawWithFloor(),
        QuadraticPolynomial(),
    ]

    static func find(_ name: String) -> (any FitModel)? {
        all.first { $0.name == name }
    }

    /// Names, formulas and one line each, in catalogue order.
    public static var descriptions: [FitModelDescription] {
        all.map { FitModelDescription(name: $0.name, formula: $0.formula, summary: $0.summary) }
    }
}
