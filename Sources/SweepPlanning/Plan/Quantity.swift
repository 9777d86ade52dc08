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
    /// The sweep file fixes or derives it; it is not the grid's own coordinate.
    var isAxis = false

    enum Values: Sendable {
        /// Row-major over `dimensions`; a single value where there are none.
        case table([Double])
    }
}
