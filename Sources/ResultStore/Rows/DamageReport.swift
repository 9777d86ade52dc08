import PortableMath
import TrialContract
import Wording

/// Says where damaged tiles lie, in a user's terms.
enum DamageReport {
    /// `nil` where nothing is damaged.
    static func error(_ damaged: [(tile: Int, variables: [String])], _ header: ResultHeader) -> ResultStoreError? {
        guard let first = damaged.first else { return nil }
        let variables = damaged.reduce(into: [String]()) { names, tile in
            for name in tile.variables where !names.contains(name) { names.append(name) }
        }
        let rows = TileTable.rows(first.tile, of: header.layout)
        let more = damaged.count > 1 ? ", and \(damaged.count - 1) more stretches" : ""
        return ResultStoreError(
            .damaged, "read", object: variables.joined(separator: ", "), path: header.path,
            reason: "checksums are wrong: \(place(rows[0].lowerBound..<rows[rows.count - 1].upperBound, header.layout))\(more)",
            remedy: "restore a copy, or have the damaged trials computed again with --repair")
    }

    /// As "trials 0 to 23 of optimizer=sgd, rho=0.1 and the following 3 cells".
    static func place(_ rows: Range<Int>, _ layout: ResultLayout) -> String {
        let cells = rows.lowerBound / layout.trials..<(rows.upperBound - 1) / layout.trials + 1
        let cell = coordinates(cells.lowerBound, layout.dimensions)
        if cells.count > 1 { return "\(cell) and the following \(counted(cells.count - 1, "cell"))" }
        let first = rows.lowerBound % layout.trials
        return "trials \(first) to \(first + rows.count - 1) of \(cell)"
    }

    /// As "optimizer=sgd, rho=0.1".
    static func coordinates(_ cell: Int, _ dimensions: [GridDimension]) -> String {
        zip(dimensions, RowMajor(dimensions.map(\.count)).places(of: cell))
            .map { "\($0.name)=\($0.values.text(at: $1))" }.joined(separator: ", ")
    }
}
