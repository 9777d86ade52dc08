/// A model's value at one point and its derivatives with respect to the parameters. Unused lanes are 0.
struct ModelValue {
    var value: Double
    var gradient: SIMD4<Double>
}

/// A term that a law may lack.
struct ExtraTerm: Sendable {
    /// With its article, as `a floor`.
    let name: String
    /// Up to a factor.
    let value: @Sendable (Abscissa) -> Double

    static let floor = ExtraTerm(name: "a floor") { _ in 1 }
    static let linear = ExtraTerm(name: "a linear term") { $0.scaled }
    static let squareRoot = ExtraTerm(name: "a term with exponent 1/2") { $0.scaled.squareRoot() }
}

/// A family of laws with at most four parameters: linear coefficients first, then the shape that is searched.
///
/// The linear coefficients are solved for at each shape, so no starting values are needed. A new model is one file in
/// `Models` and one line in `ModelCatalogue`.
protocol FitModel: Sendable {
    /// Room for the derivatives and one residual: `SIMD4` for up to three parameters, `SIMD8` for four.
    associatedtype Row: SIMD<Double>

    /// As `--model` and the output name it.
    var name: String { get }
    /// In plain text, with `x` for the abscissa.
    var formula: String { get }
    var summary: String { get }
    /// Linear coefficients, lanes 0 ..< linearTerms.
    var linearTerms: Int { get }
    /// Parameters in the user's units, as many as free parameters. Columns, tables, warnings and claims follow from them.
    var lawParameters: [LawParameter] { get }
    /// The exponent of a model that does not leave it free.
    var fixedExponent: Double? { get }
    /// Whether a point at x = 0 takes part. Models without it say y(0) = 0.
    var usesZero: Bool { get }
    /// Whether every response must be positive, unless responses are differences.
    var needsPositiveResponses: Bool { get }
    /// Whether it may be chosen without being asked for. A fixed exponent is a hypothesis, not a finding: it is
    /// compared and tested, but the measured exponent with its interval says more.
    var isChosenAutomatically: Bool { get }
    /// Whether it may be looked for on a part of a group. Models with a bend describe any short piece.
    var isSoughtOnParts: Bool { get }
    /// Whether a first look at a group, from which points get their weights, is taken with it.
    var isPilot: Bool { get }

    /// What a richer law would have beside this one: tested and bounded where this one is chosen.
    var extraTerms: [ExtraTerm] { get }

    /// Where the search begins: shapes in their lanes, the linear lanes 0. One for a model without a shape.
    func shapes(for points: FitPoints) -> [SIMD4<Double>]
    /// The ends of the search, for the shape's lanes.
    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue
    /// The parameters in the user's units, in the order of `lawParameters`.
    /// - Parameter logScale: ln of what the abscissa was divided by.
    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double>
    /// The derivatives of each of them with respect to theta.
    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>]
    static func row(_ gradient: SIMD4<Double>, residual: Double) -> Row

    // Implemented for all models; requirements only so that each model gets its own specialised code.

    /// The best member of the family, or `nil` where there is none.
    func leastSquares(_ points: FitPoints) -> ParametricFit?
    /// The members that fit the first `resamples` resampled responses of `points`, beginning at `fit`.
    func resampled(
        _ means: ResampledMeans, resamples: Int, points: FitPoints, fit: ParametricFit
    ) -> [SIMD4<Double>]
}

extension FitModel {
    /// Free parameters.
    var parameters: Int { lawParameters.count }
    /// Whether it says that nothing depends on x.
    var isConstant: Bool { lawParameters == [.floor] }
    var hasShape: Bool { parameters > linearTerms }
    /// One degree of freedom more than parameters, or the fit could not contradict the model.
    var minimumPoints: Int { parameters + 1 }
    var fixedExponent: Double? { nil }
    var usesZero: Bool { false }
    var needsPositiveResponses: Bool { false }
    var isChosenAutomatically: Bool { true }
    var isSoughtOnParts: Bool { false }
    var isPilot: Bool { false }
    var extraTerms: [ExtraTerm] { [] }
    func lane(of role: LawParameter.Role) -> Int? { lawParameters.firstIndex { $0.role == role } }
    func shapes(for points: FitPoints) -> [SIMD4<Double>] { [.zero] }
    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>) { (.zero, .zero) }

    /// 0 at x = 0 for models that do not use it.
    func value(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> Double {
        !usesZero && abscissa.logScaled == -.infinity ? 0 : evaluate(theta, at: abscissa).value
    }
}

extension FitModel where Row == SIMD4<Double> {
    /// The residual stands behind the derivatives.
    @inline(__always)
    static func row(_ gradient: SIMD4<Double>, residual: Double) -> Row {
        SIMD4(gradient[0], gradient[1], gradient[2], residual)
    }
}

extension FitModel where Row == SIMD8<Double> {
    @inline(__always)
    static func row(_ gradient: SIMD4<Double>, residual: Double) -> Row {
        SIMD8(lowHalf: gradient, highHalf: SIMD4(0, 0, 0, residual))
    }
}
