import ScalingFits
import TrialContract

/// A result as it was when each cell had its first trials only: what a decision looks at, however many trials there are by now.
package struct PrefixColumns<Columns: TrialColumns>: TrialColumns {
    let columns: Columns
    /// By cell.
    let asked: [Int]

    package init(_ columns: Columns, asked: [Int]) {
        self.columns = columns
        self.asked = asked
    }

    package var dimensions: [GridDimension] { columns.dimensions }
    package var dependentCoordinates: [AuxiliaryCoordinate] { columns.dependentCoordinates }
    package var statistics: [String] { columns.statistics }
    package var trials: Int { columns.trials }
    package var sharesRandomNumbers: Bool { columns.sharesRandomNumbers }

    package func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        try masked(columns.values(of: statistic, cells: cells), cells) { $0 = .nan }
    }

    package func status(cells: Range<Int>) throws -> [UInt8] {
        try masked(columns.status(cells: cells), cells) {
            if $0 != TrialStatus.excluded.rawValue { $0 = TrialStatus.notAsked.rawValue }
        }
    }

    package func stepsTaken(cells: Range<Int>) throws -> [Int64] { try masked(columns.stepsTaken(cells: cells), cells) { $0 = 0 } }

    /// Changes what lies beyond a cell's trials.
    private func masked<Value>(_ values: [Value], _ cells: Range<Int>, _ change: (inout Value) -> Void) throws -> [Value] {
        var values = values
        for (place, cell) in cells.enumerated() where asked[cell] < trials {
            for row in place * trials + asked[cell]..<(place + 1) * trials { change(&values[row]) }
        }
        return values
    }
}
