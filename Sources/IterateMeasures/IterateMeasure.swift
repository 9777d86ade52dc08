import TrialContract

/// A statistic of a trial's last iterate that asks the objective more than a step does: products with the Hessian, gradients
/// elsewhere. It knows nothing of how the problem is computed.
///
/// A new one is a file with a type of this kind in `Members` and one line in `MeasureCatalogue`.
protocol IterateMeasure: Sendable {
    /// `maximumDimension` is stated by all that need the coordinates.
    static var description: ComponentDescription { get }
    /// What the kernel finds out on the way, for a dimension; `nil`: nothing.
    static func onTheWay(dimension: Int) -> DefinedStatistic?
    /// NaN where it is not defined. Throws where it was interrupted.
    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double
}

extension IterateMeasure {
    static var name: String { description.name }
    static func onTheWay(dimension: Int) -> DefinedStatistic? { nil }
}

/// Somebody raised the flag.
struct Interruption: Error {}
