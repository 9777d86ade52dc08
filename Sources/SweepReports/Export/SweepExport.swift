import PortableMath
import ScalingFits
import TrialContract

/// The tables that `export` writes, streamed from a result: memory does not grow with it.
package enum SweepExport {
    /// Values that are held at a time, unless one cell alone has more.
    private static let batchValues = 1 << 20

    /// A row per cell and statistic. `statistics`: those to write, `nil` for all recorded ones.
    ///
    /// `output` gets the header, then whole lines.
    package static func cells(
        of columns: some TrialColumns, statistics: [String]? = nil, output: @escaping (String) throws -> Void
    ) throws {
        let own = try exported(columns, statistics)
        let writer = CellTableWriter(columns: own, output: output)
        try writer.writeHeader()
        try forEachCell(columns, own.statistics) { try writer.write($0) }
    }

    /// A row per trial with every statistic in a column.
    package static func trials(
        of columns: some TrialColumns, statistics: [String]? = nil, output: @escaping (String) throws -> Void
    ) throws {
        let own = try exported(columns, statistics)
        let writer = TrialTableWriter(columns: own, output: output)
        try writer.writeHeader()
        try forEachCell(columns, own.statistics) { try writer.write($0) }
    }

    private static func exported(_ columns: some TrialColumns, _ statistics: [String]?) throws -> ExportedColumns {
        ExportedColumns(
            coordinates: names(columns), statistics: try checked(statistics, columns.statistics), integers: integers(columns))
    }

    static func checked(_ wanted: [String]?, _ recorded: [String]) throws -> [String] {
        guard let wanted else { return recorded }
        if let unknown = wanted.first(where: { !recorded.contains($0) }) {
            throw ScalingFitsError.unknownResponse(unknown, known: recorded)
        }
        return wanted
    }

    static func names(_ columns: some TrialColumns) -> [String] {
        columns.dimensions.map(\.name) + columns.dependentCoordinates.map(\.name)
    }

    /// The coordinates that the result holds as integers.
    static func integers(_ columns: some TrialColumns) -> Set<String> {
        Set(columns.dimensions.filter(\.values.areIntegers).map(\.name) + columns.dependentCoordinates.filter(\.values.areIntegers).map(\.name))
    }

    static func forEachCell(
        _ columns: some TrialColumns, _ statistics: [String], _ body: (ExportedCell) throws -> Void
    ) throws {
        let trials = columns.trials
        let batch = max(1, batchValues / max(1, trials * (statistics.count + 1)))
        for start in stride(from: 0, to: columns.cellCount, by: batch) {
            let range = start..<min(start + batch, columns.cellCount)
            let status = try columns.status(cells: range)
            let steps = try columns.stepsTaken(cells: range)
            let values = try statistics.map { try columns.values(of: $0, cells: range) }
            for cell in range {
                let rows = (cell - start) * trials..<(cell - start + 1) * trials
                try body(ExportedCell(
                    coordinates: coordinates(ofCell: cell, columns), status: Array(status[rows]),
                    stepsTaken: Array(steps[rows]), values: values.map { Array($0[rows]) }))
            }
        }
    }

    static func coordinates(ofCell cell: Int, _ columns: some TrialColumns) -> [GroupValue] {
        let own = columns.coordinates(ofCell: cell)
        let dependent = columns.dependentCoordinates.map { $0.value(at: own, of: columns.dimensions) }
        return own + dependent
    }
}

extension AuxiliaryCoordinate {
    /// The value that belongs to a cell, given by its coordinates along all dimensions.
    func value(at coordinates: [GroupValue], of all: [GridDimension]) -> GroupValue {
        let own = dimensions.compactMap { name in all.firstIndex { $0.name == name } }
        let places = own.map { all[$0].values.groupValues.firstIndex(of: coordinates[$0]) ?? 0 }
        return values[RowMajor(own.map { all[$0].count }).position(of: places)]
    }
}
