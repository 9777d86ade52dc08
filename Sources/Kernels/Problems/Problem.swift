import TrialContract

/// An objective whose gradient is taken coordinate by coordinate.
///
/// A new problem is a file with a type of this kind and one line in `Catalogue.swift`. Functions of a coordinate are
/// inlined into the step of every optimizer, so write them on `Lanes` and mark them `@inline(__always)`.
protocol Problem: SendableMetatype {
    static var description: ComponentDescription { get }
    /// Whether a partial derivative is one or two operations: less than keeping one in memory. See `CheapGradientProblem`.
    static var gradientIsCheap: Bool { get }

    /// What draws the components of a finite sum; `nil`: gradients are full ones.
    static func sampler(_ trialClass: TrialClass) -> (any Sampler)?

    init(_ trialClass: TrialClass)

    /// The partial derivative along coordinate `j` at `x`, plus `noise`.
    ///
    /// `component` is what the sampler drew for the step; 0 stands for the mean over all components. Problems without a
    /// sampler get 0.
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes

    /// The second derivative along coordinate `j` at `x`; at a kink, that of one side or 0.
    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes

    /// Coordinate `j`'s share of f(x) - f*.
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes

    /// The least value f*.
    var minimum: Double { get }

    /// Coordinate `j` of the minimiser that starting points are measured from.
    func minimiser(coordinate j: Int) -> Double

    /// Coordinate `j` of x - x*, x* being the nearest minimiser.
    func displacement(at x: Lanes, coordinate j: Int) -> Lanes
}

extension Problem {
    static var name: String { description.name }
    static var gradientIsCheap: Bool { false }

    static func sampler(_ trialClass: TrialClass) -> (any Sampler)? { nil }

    var minimum: Double { 0 }

    func minimiser(coordinate j: Int) -> Double { 0 }

    @inline(__always)
    func displacement(at x: Lanes, coordinate j: Int) -> Lanes { x }
}

/// Problems whose partial derivative is one or two operations, so that several steps on a line are taken side by side.
protocol CheapGradientProblem: Problem {}

extension CheapGradientProblem {
    static var gradientIsCheap: Bool { true }
}

extension Problem {
    /// All measures of eight iterates.
    func measures(_ x: UnsafeMutablePointer<Lanes>, dimension: Int) -> Measures {
        let distanceSquared = sumOfSquares(dimension) { displacement(at: x[$0], coordinate: $0) }
        let gradientSquared = sumOfSquares(dimension) { j in
            gradient(at: x[j], coordinate: j, component: Lanes(repeating: 0), plus: Lanes(repeating: 0))
        }
        var excess = Lanes(repeating: 0)
        for j in 0..<dimension { excess += suboptimality(at: x[j], coordinate: j) }
        return Measures(
            distanceSquared: distanceSquared,
            distance: norm(sumOfSquares: distanceSquared, dimension: dimension) { displacement(at: x[$0], coordinate: $0) },
            suboptimality: excess, objective: excess + Lanes(repeating: minimum), gradientSquared: gradientSquared)
    }
}
