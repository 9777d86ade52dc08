import PortableMath

/// A group's cells after checking: sorted by x, inside the window, each with a mean.
struct GroupData: Sendable {
    /// Ascending.
    var x: [Double]
    /// Over finished trials, in trial order.
    var means: [Double]
    /// Standard error of each mean; 0 where the trials agree or there is only one.
    var standardErrors: [Double]
    /// Finished trials of each cell.
    var counts: [Int]
    /// Per-trial responses of each cell, all of the same length, NaN where there is none.
    var responses: [[Double]]
    /// Cells of the window without a single finished trial.
    var emptyCells: [Double]
    /// The geometric mean of the positive x; the abscissa's unit in fits.
    var scale: Double
    var abscissae: [Abscissa]

    var count: Int { x.count }
    var trials: Int { responses.first?.count ?? 0 }
    var positive: [Int] { x.indices.filter { x[$0] > 0 } }

    /// Whether trials scatter at all: at least one cell's standard error is above rounding.
    var hasScatter: Bool {
        zip(means, standardErrors).contains { $1 > 1e-12 * abs($0) && $1 > 0 }
    }

    init(_ table: ResponseTable, window: ClosedRange<Double>?) {
        let inside = table.points.filter { $0.x.isFinite && (window?.contains($0.x) ?? true) }
        let sorted = inside.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }
        let length = table.trials
        (x, means, standardErrors, counts, responses, emptyCells) = ([], [], [], [], [], [])
        for point in sorted.map(\.element) {
            let finished = point.responses.filter(\.isFinite)
            guard !finished.isEmpty else {
                emptyCells.append(point.x)
                continue
            }
            let (mean, error) = Self.meanAndError(finished)
            x.append(point.x)
            means.append(mean)
            standardErrors.append(error)
            counts.append(finished.count)
            let padding = Array(repeating: Double.nan, count: length - point.responses.count)
            responses.append(point.responses.map { $0.isFinite ? $0 : .nan } + padding)
        }
        let logs = x.filter { $0 > 0 }.map(PortableMath.log)
        let center = logs.isEmpty ? 0 : CompensatedSum.of(logs) / Double(logs.count)
        let scale = PortableMath.exp(center)
        self.scale = scale
        abscissae = x.map { value in
            Abscissa(scaled: value / scale, logScaled: value > 0 ? PortableMath.log(value) - center : -.infinity)
        }
    }

    /// The mean and its standard error, sqrt(sum (y - mean)² / (n (n - 1))); 0 for one value.
    static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
        let count = Double(values.count)
        let mean = CompensatedSum.of(values) / count
        guard values.count > 1 else { return (mean, 0) }
        let squares = CompensatedSum.of(values.map { ($0 - mean) * ($0 - mean) })
        return (mean, (squares / (count * (count - 1))).squareRoot())
    }
}
