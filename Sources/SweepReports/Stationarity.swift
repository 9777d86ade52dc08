import ScalingFits

/// Whether means still move at the end of the trials, where trajectories were recorded.
package struct Stationarity: Sendable, Equatable {
    /// A cell whose mean moves over the last tenth of its steps.
    package struct Drift: Sendable, Equatable {
        /// The cell's number in the result.
        package var cell: Int
        /// Mean at the last recorded step over that at the first one of the last tenth, minus 1.
        package var relative: Double
    }

    package var from: Int
    package var to: Int
    package var cells: Int
    package var drifts: [Drift]

    /// Standard errors that a difference of independent means must reach: one cell of 10,000 does by chance. Means of the
    /// same trials at two steps differ less than that, so fewer do.
    private static let limit = 4.0

    /// `nil` where no trajectory of the distance has two steps in the last tenth.
    package static func check(_ columns: some CurveColumns) throws -> Stationarity? {
        guard let quantity = ["distance", "distance_squared"].first(where: columns.curveQuantities.contains),
            let last = columns.curveSteps.last, let first = columns.curveSteps.firstIndex(where: { 10 * $0 >= 9 * last }),
            columns.curveSteps[first] < last
        else { return nil }
        var result = Stationarity(from: columns.curveSteps[first], to: last, cells: 0, drifts: [])
        for cell in 0..<columns.cellCount {
            guard let curve = try columns.curve(of: quantity, cell: cell), let end = curve.means.last else { continue }
            result.cells += 1
            let start = curve.means[first]
            let (a, b) = (curve.standardErrors[first], curve.standardErrors[curve.standardErrors.count - 1])
            let error = (a * a + b * b).squareRoot()
            if start > 0, abs(end - start) > Self.limit * error, abs(end - start) > 1e-9 * start {
                result.drifts.append(Drift(cell: cell, relative: end / start - 1))
            }
        }
        return result
    }

    /// What a reader of a law at the end must know; `nil` where nothing moves.
    ///
    /// - Parameter name: of a cell.
    package func warning(_ name: (Int) -> String) -> String? {
        guard let largest = drifts.max(by: { abs($0.relative) < abs($1.relative) }) else { return nil }
        let size = Figures.significant(100 * largest.relative, 2)
        return "not stationary: in \(drifts.count) of \(cells) cells the mean distance still moves between steps \(from) and \(to), most at "
            + "\(name(largest.cell)), by \(size) %; a law of the stationary distance needs more steps"
    }
}
