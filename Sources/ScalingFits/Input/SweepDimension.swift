/// A dimension of a result with its coordinate values.
package struct SweepDimension: Sendable, Equatable {
    package var name: String
    package var values: [GroupValue]
    /// Whether the values are positions in a zip, whose quantities are dependent coordinates.
    package var isZip: Bool
    /// Whether the result holds them as integers: tables then write them without a point.
    package var isInteger: Bool

    package init(name: String, values: [GroupValue], isZip: Bool = false, isInteger: Bool = false) {
        self.name = name
        self.values = values
        self.isZip = isZip
        self.isInteger = isInteger
    }

    package var count: Int { values.count }
}

/// A zipped or derived quantity: a value for each combination of the dimensions it depends on.
package struct DependentCoordinate: Sendable, Equatable {
    package var name: String
    /// In the order of the result's dimensions.
    package var dimensions: [String]
    /// Row-major over `dimensions`.
    package var values: [GroupValue]
    /// Whether the result holds them as integers.
    package var isInteger: Bool

    package init(name: String, dimensions: [String], values: [GroupValue], isInteger: Bool = false) {
        self.name = name
        self.dimensions = dimensions
        self.values = values
        self.isInteger = isInteger
    }
}
