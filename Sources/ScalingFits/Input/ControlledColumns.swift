import TrialContract

/// A result's columns whose means of `distance_squared` and `suboptimality` are less scattered, by the trials of control cells.
///
/// Everything that reads them, fits, goals, claims, sees adjusted responses in the place of plain ones, with the same means and
/// the scatter that is left. `distance` and other statistics are what they were.
package struct ControlledColumns<Columns: TrialColumns>: TrialColumns {
    private let columns: Columns
    /// By cell; `nil` where there is no control. Empty: nothing is adjusted.
    private let controls: [ControlCell?]
    package let statistics: [String]

    private static var distance: String { "distance" }
    private static var square: String { "distance_squared" }
    private static var suboptimality: String { "suboptimality" }

    package init(_ columns: Columns, controls: [ControlCell?]) {
        precondition(controls.isEmpty || controls.count == columns.cellCount)
        self.columns = columns
        self.controls = controls
        let recorded = columns.statistics
        let addsSquare = !controls.isEmpty && recorded.contains(Self.distance) && !recorded.contains(Self.square)
        statistics = recorded + (addsSquare ? [Self.square] : [])
    }

    package var dimensions: [GridDimension] { columns.dimensions }
    package var dependentCoordinates: [AuxiliaryCoordinate] { columns.dependentCoordinates }
    package var trials: Int { columns.trials }
    package var sharesRandomNumbers: Bool { columns.sharesRandomNumbers }
    package func status(cells: Range<Int>) throws -> [UInt8] { try columns.status(cells: cells) }
    package func stepsTaken(cells: Range<Int>) throws -> [Int64] { try columns.stepsTaken(cells: cells) }

    package func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        guard !controls.isEmpty, [Self.square, Self.suboptimality].contains(statistic) else {
            return try columns.values(of: statistic, cells: cells)
        }
        let plain = try plain(statistic, cells)
        return try zip(cells, 0...).flatMap { cell, row -> [Double] in
            let own = Array(plain[row * trials..<(row + 1) * trials])
            return try adjusted(own, cell, by: statistic) ?? own
        }
    }

    package func controlled(_ responses: [Double], cell: Int) throws -> [Double] {
        guard !controls.isEmpty, let name = [Self.square, Self.suboptimality].first(where: { statistics.contains($0) }) else {
            return responses
        }
        return try adjusted(responses, cell, by: name) ?? responses
    }

    /// What is won in a cell.
    package struct Gain: Sendable, Equatable {
        package var cell: Int
        package var trials: Int
        /// How many plain trials have the same standard error; infinite where the mean is known exactly.
        package var plainTrials: Double
    }

    /// Of the cells in which it helps, ascending by cell; of cells with fewer than two trials nothing is known.
    package func gains(of statistic: String) throws -> [Gain] {
        guard !controls.isEmpty, statistics.contains(statistic) else { return [] }
        return try controls.indices.compactMap { cell in
            let own = try plain(statistic, cell..<cell + 1)
            guard let adjusted = try adjusted(own, cell, by: statistic) else { return nil }
            let count = own.count(where: \.isFinite)
            return Gain(cell: cell, trials: count, plainTrials: Double(count) * ControlVariate.gain(own, adjusted))
        }
    }

    /// As recorded, or the square of what is; NaN where a trial is not finished.
    private func plain(_ statistic: String, _ cells: Range<Int>) throws -> [Double] {
        let isSquared = !columns.statistics.contains(statistic)
        let values = try columns.values(of: isSquared ? Self.distance : statistic, cells: cells)
        return zip(values, try columns.status(cells: cells)).map { value, status in
            status == TrialStatus.finished.rawValue ? (isSquared ? value * value : value) : .nan
        }
    }

    /// `nil` where there is no control, or it does not help. A control of which a trial diverged has another mean.
    private func adjusted(_ responses: [Double], _ cell: Int, by statistic: String) throws -> [Double]? {
        guard let control = controls[cell] else { return nil }
        let name = control.means[statistic] == nil ? Self.square : statistic
        guard let mean = control.means[name], statistics.contains(name) else { return nil }
        let cells = control.cell..<control.cell + 1
        guard try !columns.status(cells: cells).contains(TrialStatus.diverged.rawValue) else { return nil }
        return ControlVariate.adjusted(responses, control: try plain(name, cells), mean: mean)
    }
}
