import PortableMath

/// A group's cells after checking: sorted by x, inside the window, each with a mean.
struct GroupData: Sendable {
    /// Ascending.
    var x: [Double]
    /// Numbers in the result.
    var cells: [Int?]
    /// The cells' summaries.
    var means: [Double]
    /// Standard error of each mean; 0 where the trials agree or there is only one.
    var standardErrors: [Double]
    /// Trials that stand behind each mean.
    var counts: [Int]
    /// One value per cell and trial. A trial that takes no part in a cell stands at the cell's mean and the others are
    /// stretched away from it, so that means, and covariances of means over R (R - 1), are those of the trials there.
    var responses: [[Double]]
    /// Cells of the window without a summary.
    var emptyCells: [Double]
    /// Cells with a trial so far away that fourth powers are no numbers, which are left out as diverged trials are.
    var runaways: [Double] = []
    /// The geometric mean of the positive x; the abscissa's unit in fits.
    var scale: Double
    var abscissae: [Abscissa]
    /// Differences to x = 0: the law goes through the origin, and signs mean something.
    var isExcess: Bool
    /// Whether no trial's response is negative, as no distance is: then no floor is.
    var isNeverNegative: Bool
    /// Cells of the group that hold responses, also outside the window.
    var tally: [CellTally]
    /// Cells nearer to x = 0 that a window which was asked for leaves out.
    var nearer: [NearerCell]

    var count: Int { x.count }
    /// Trials per cell.
    var trials: Int { responses.first?.count ?? 0 }
    var positive: [Int] { x.indices.filter { x[$0] > 0 } }
    /// ln of `scale`.
    var logScale: Double { PortableMath.log(scale) }

    /// Whether trials scatter at all: at least one cell's standard error is above rounding.
    var hasScatter: Bool {
        zip(means, standardErrors).contains { $1 > 1e-12 * abs($0) && $1 > 0 }
    }

    /// Weights need fourth moments.
    static let largestResponse = 1e70

    /// - Parameter leavesOutRunaways: otherwise they are points as any other, and no model is admitted.
    init(_ table: ResponseTable, window: ClosedRange<Double>?, summary: CellSummary = .mean, leavesOutRunaways: Bool = false) {
        let inside = table.points.filter { $0.x.isFinite && (window?.contains($0.x) ?? true) }
        let sorted = inside.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }
        let length = table.trials
        isExcess = table.isExcess
        isNeverNegative = !table.isExcess && !table.points.contains { $0.responses.contains { $0 < 0 } }
        tally = table.points.map(CellTally.init).sorted { $0.x < $1.x }
        nearer = table.points.compactMap { point in
            guard let window, point.x >= 0, point.x < window.lowerBound else { return nil }
            return NearerCell(point, summary: summary)
        }.sorted { $0.x < $1.x }
        (x, cells, means, standardErrors, counts, responses, emptyCells) = ([], [], [], [], [], [], [])
        for point in sorted.map(\.element) {
            guard let cell = SummarisedCell(point.responses, summary: summary) else {
                emptyCells.append(point.x)
                continue
            }
            let known = cell.values.filter(\.isFinite)
            if leavesOutRunaways, known.contains(where: { abs($0) > Self.largestResponse }) {
                runaways.append(point.x)
                continue
            }
            x.append(point.x)
            cells.append(point.cell)
            means.append(cell.value)
            standardErrors.append(Self.meanAndError(known).error)
            counts.append(known.count)
            let stretch = Double(length) / Double(known.count)
            let padding = Array(repeating: cell.value, count: length - point.responses.count)
            responses.append(
                cell.values.map { $0.isFinite ? cell.value + stretch * ($0 - cell.value) : cell.value } + padding)
        }
        let logs = x.filter { $0 > 0 }.map(PortableMath.log)
        let center = logs.isEmpty ? 0 : CompensatedSum.of(logs) / Double(logs.count)
        let scale = PortableMath.exp(center)
        self.scale = scale
        abscissae = x.map { Self.abscissa($0, scale: scale, logScale: center) }
    }

    private static func abscissa(_ x: Double, scale: Double, logScale: Double) -> Abscissa {
        Abscissa(scaled: x / scale, logScaled: x > 0 ? PortableMath.log(x) - logScale : -.infinity)
    }

    /// In the unit of the points of this window.
    func abscissa(_ x: Double) -> Abscissa { Self.abscissa(x, scale: scale, logScale: logScale) }

    static func mean(_ values: [Double]) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.value / Double(values.count)
    }

    /// The mean and its standard error, sqrt(sum (y - mean)² / (n (n - 1))); 0 for one value.
    static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
        let count = Double(values.count)
        let mean = mean(values)
        guard values.count > 1 else { return (mean, 0) }
        var squares = CompensatedSum()
        for value in values { squares.add((value - mean) * (value - mean)) }
        return (mean, (squares.value / (count * (count - 1))).squareRoot())
    }
}

extension GroupData {
    /// Some of the points, in the same units.
    func selecting(_ indices: [Int]) -> GroupData {
        var result = self
        result.x = indices.map { x[$0] }
        result.cells = indices.map { cells[$0] }
        result.means = indices.map { means[$0] }
        result.standardErrors = indices.map { standardErrors[$0] }
        result.counts = indices.map { counts[$0] }
        result.responses = indices.map { responses[$0] }
        result.abscissae = indices.map { abscissae[$0] }
        return result
    }
}

/// What a cell outside of the window measured.
struct NearerCell: Sendable {
    var x: Double
    var value: Double
    /// 0 for a single trial.
    var error: Double

    /// `nil` where a cell has no summary.
    init?(_ point: ResponsePoint, summary: CellSummary) {
        guard let cell = SummarisedCell(point.responses, summary: summary) else { return nil }
        (x, value) = (point.x, cell.value)
        error = GroupData.meanAndError(cell.values.filter(\.isFinite)).error
    }
}

/// What became of a cell's trials.
package struct CellTally: Sendable, Equatable {
    package var x: Double
    package var finished: Int
    package var diverged: Int
    package var missing: Int

    init(_ point: ResponsePoint) {
        x = point.x
        diverged = point.diverged
        missing = point.missing
        finished = point.responses.count - diverged - missing
    }
}
