/// A dimension of a result with its coordinate values.
public struct SweepDimension: Sendable, Equatable {
    public var name: String
    public var values: [GroupValue]
    /// Whether the values are positions in a zip, whose quantities are dependent coordinates.
    public var isZip: Bool
    /// Whether the result holds them as integers: tables then write them without a point.
    public var isInteger: Bool

    public init(name: String, values: [GroupValue], isZip: Bool = false, isInteger: Bool = false) {
        self.name = name
        self.values = values
        self.isZip = isZip
        self.isInteger = isInteger
    }

    public var count: Int { values.count }
}

/// A zipped or derived quantity: a value for each combination of the dimensions it depends on.
public struct DependentCoordinate: Sendable, Equatable {
    public var name: String
    /// In the order of the result's dimensions.
    public var dimensions: [String]
    /// Row-major over `dimensions`.
    public var values: [GroupValue]
    /// Whether the result holds them as integers.
    public var isInteger: Bool

    public init(name: String, dimensions: [String], values: [GroupValue], isInteger: Bool = false) {
        self.name = name
        self.dimensions = dimensions
        self.values = values
        self.isInteger = isInteger
    }
}
