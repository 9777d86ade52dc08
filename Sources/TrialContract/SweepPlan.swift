/// The values along one dimension of the result.
public enum AxisValues: Sendable, Equatable {
    case names([String])
    case integers([Int])
    case numbers([Double])

    public var count: Int {
        switch self {
        case .names(let values): values.count
        case .integers(let values): values.count
        case .numbers(let values): values.count
        }
    }

    /// One of the values, for people: numbers as Swift writes them, with as many digits as tell them apart.
    public func text(at index: Int) -> String {
        switch self {
        case .names(let values): values[index]
        case .integers(let values): "\(values[index])"
        case .numbers(let values): "\(values[index])"
        }
    }
}

/// What the values along a dimension are.
public enum DimensionKind: String, Sendable, Equatable {
    /// Values of the quantity that the dimension is named after.
    case values
    /// Positions in a zip, counted from 0: the quantities that it pairs are variables over the dimension.
    case positions
}

/// A dimension of the result file, with its coordinate values.
public struct GridDimension: Sendable, Equatable {
    public let name: String
    public let values: AxisValues
    public let longName: String
    public let kind: DimensionKind

    public init(name: String, values: AxisValues, longName: String, kind: DimensionKind = .values) {
        self.name = name
        self.values = values
        self.longName = longName
        self.kind = kind
    }

    public var count: Int { values.count }
}

/// A zipped or derived quantity: a variable over some of the dimensions, listed in `coordinates`.
public struct AuxiliaryCoordinate: Sendable, Equatable {
    public let name: String
    /// Names of the dimensions it depends on, in canonical order.
    public let dimensions: [String]
    /// Row-major over `dimensions`.
    public let values: AxisValues
    public let longName: String

    public init(name: String, dimensions: [String], values: AxisValues, longName: String) {
        self.name = name
        self.dimensions = dimensions
        self.values = values
        self.longName = longName
    }
}

/// A parameter with one value for the whole sweep: a scalar variable, or a vector over `coordinate`.
public struct FixedParameter: Sendable, Equatable {
    public let name: String
    /// One value, or one for each coordinate of the sweep's largest dimension.
    public let value: AxisValues
    public let longName: String

    public init(name: String, value: AxisValues, longName: String) {
        self.name = name
        self.value = value
        self.longName = longName
    }
}

/// A cell, decoded from its position.
public enum PlannedCell: Sendable {
    case included(TrialClass, CellParameters)
    /// Dropped by `where`.
    case excluded
}

/// A checked sweep. Cells are numbered row-major over `dimensions` and decoded by index: nothing is materialised.
///
/// `trial` is the last dimension of the result and is not among `dimensions`.
public protocol SweepPlan: Sendable {
    var name: String { get }
    var title: String { get }
    /// The sweep file's text as run.
    var sourceText: String { get }
    var dimensions: [GridDimension] { get }
    var auxiliaryCoordinates: [AuxiliaryCoordinate] { get }
    var fixedParameters: [FixedParameter] { get }
    /// Trials per cell.
    var trials: Int { get }
    /// The recorded statistics in the sweep file's order.
    var statistics: [ComponentDescription] { get }
    /// The recorded trajectories; `nil` where there are none.
    var curve: PlannedCurve? { get }
    /// What decides a trial's value apart from its cell.
    var sweepFingerprint: String { get }
    /// The same and the grid.
    var planFingerprint: String { get }
    var usesCommonRandomNumbers: Bool { get }
    /// The size of `iterate`'s `coordinate` dimension: the largest dimension of any cell.
    var largestDimension: Int { get }

    /// Whether any cell may be excluded; a plan that knows of none spares others looking at each.
    var mayExcludeCells: Bool { get }

    /// The cell at a position in 0 ..< cellCount.
    /// Throws where a derived value turns out to be out of range.
    func cell(at index: Int) throws -> PlannedCell
}

extension SweepPlan {
    /// The product of all dimensions' lengths, dropped cells included.
    public var cellCount: Int { dimensions.reduce(1) { $0 * $1.count } }

    public var mayExcludeCells: Bool { true }

    public var curve: PlannedCurve? { nil }
}
