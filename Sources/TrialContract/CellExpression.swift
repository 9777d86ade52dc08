/// A number or a condition computed from a cell's values and, where it names recorded statistics, from a trial's.
public protocol CellExpression: Sendable {
    /// As the sweep file writes it.
    var text: String { get }
    /// A condition, which gives 1 or 0.
    var isCondition: Bool { get }
    /// The statistics it names, in the order in which `bound` wants their values.
    var statistics: [String] { get }
    /// Positions of the plan's dimensions along which it varies, apart from statistics; ascending.
    var dimensions: [Int] { get }

    /// The expression in a cell of the plan, as a function of one trial's statistics.
    func bound(to cell: Int) -> CellFunction
}

/// An expression with its cell's values filled in: from values of its statistics to a number; conditions give 1 or 0.
public typealias CellFunction = @Sendable ([Double]) -> Double
