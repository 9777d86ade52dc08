import TrialContract

/// A result's columns with the quantities that follow from recorded ones: `distance_squared`, `excess` and `excess_NAME`.
///
/// An excess is the difference to the same trial in the cell at 0 of the abscissa, all other coordinates the same; NaN where
/// that cell has no such finished trial.
package struct DerivedStatistics<Columns: TrialColumns>: TrialColumns {
    private let columns: Columns
    private let against: String
    package let statistics: [String]

    /// Throws `ScalingFitsError` where a name is unknown, or an excess is asked for and `against` is no dimension of numbers.
    package init(_ columns: Columns, names: [String], against: String) throws {
        let responses = try names.map { try Response(named: $0, recorded: columns.statistics) }
        if responses.contains(where: \.isExcess) {
            guard let dimension = columns.dimensions.first(where: { $0.name == against }) else {
                throw ScalingFitsError.unknownDimension(against, option: "against", known: columns.dimensions.map(\.name))
            }
            let numbers = dimension.values.groupValues.compactMap { if case .number(let number) = $0 { number } else { nil } }
            guard numbers.count == dimension.count else { throw ScalingFitsError.axisOfNames(against) }
            try Response.requireOrigin(numbers, of: against)
        }
        (self.columns, self.against, statistics) = (columns, against, names)
    }

    package var dimensions: [GridDimension] { columns.dimensions }
    package var dependentCoordinates: [AuxiliaryCoordinate] { columns.dependentCoordinates }
    package var trials: Int { columns.trials }
    package var sharesRandomNumbers: Bool { columns.sharesRandomNumbers }
    package func status(cells: Range<Int>) throws -> [UInt8] { try columns.status(cells: cells) }
    package func stepsTaken(cells: Range<Int>) throws -> [Int64] { try columns.stepsTaken(cells: cells) }

    package func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        let response = try Response(named: statistic, recorded: columns.statistics)
        let own = try finished(response, cells)
        guard response.isExcess else { return own }
        return try zip(cells, 0...).flatMap { cell, row -> [Double] in
            let part = own[row * trials..<(row + 1) * trials]
            guard let origin = origin(of: cell) else { return part.map { _ in .nan } }
            let base = origin == cell ? Array(part) : try finished(response, origin..<origin + 1)
            return zip(part, base).map { $0 - $1 }
        }
    }

    /// NaN where a trial is not finished.
    private func finished(_ response: Response, _ cells: Range<Int>) throws -> [Double] {
        zip(try columns.values(of: response.statistic, cells: cells), try columns.status(cells: cells)).map { value, status in
            status == TrialStatus.finished.rawValue ? response.value(value, status: status) : .nan
        }
    }

    /// The cell at 0 of the abscissa beside this one; `nil` where the sweep has none.
    private func origin(of cell: Int) -> Int? {
        guard let position = dimensions.firstIndex(where: { $0.name == against }),
            let zero = dimensions[position].values.groupValues.firstIndex(of: .number(0))
        else { return nil }
        var place = grid.places(of: cell)
        place[position] = zero
        return grid.position(of: place)
    }
}
