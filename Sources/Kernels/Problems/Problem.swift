import TrialContract

/// An objective whose gradient is taken coordinate by coordinate, with its minimiser at 0.
///
/// A new problem is a file with a type of this kind and one line in `Catalogue.swift`. Functions of a coordinate are
/// inlined into the step of every optimizer, so write them on `Lanes` and mark them `@inline(__always)`.
protocol Problem: SendableMetatype {
    static var description: ComponentDescription { get }

    init(_ trialClass: TrialClass)

    /// The partial derivative along coordinate `j` at `x`, plus `noise`.
    func gradient(at x: Lanes, coordinate j: Int, plus noise: Lanes) -> Lanes

    /// Coordinate `j`'s share of f(x) - f*.
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes
}

extension Problem {
    static var name: String { description.name }
}
