/// A value that a cell has: a number, or a choice of component as its position among the sweep's.
struct Quantity: Sendable {
    let name: String
    let longName: String
    /// Positions of the grid's dimensions it varies along, ascending.
    let dimensions: [Int]
    let values: Values
    /// Names instead of numbers: what the positions stand for.
    var labels: [String]?
    /// The sweep file does not give it.
    var isDefault = false
    /// It is the coordinate of a dimension.
    var isAxis = false
    /// It helps to compute others and is not stored.
    var isInternal = false

    enum Values: Sendable {
        /// Row-major over `dimensions`; a single value where there are none.
        case table([Double])
        /// Computed where it is needed: too many combinations for a table.
        case formula(Formula)
    }

    /// How a quantity is computed from others, given by their positions in the layout.
    enum Formula: Sendable {
        case program(Program, inputs: [Int])
        case curvature(CurvatureName)
    }

    /// A variable of its own over some dimensions: zipped or derived.
    var isCoordinate: Bool { !isAxis && !isInternal && !dimensions.isEmpty }

    /// All values, where there is a table.
    var table: [Double]? {
        if case .table(let values) = values { return values }
        return nil
    }
}
