/// The means of a group's points under a resample: sums of the drawn trials.
///
/// Half of a bootstrap's work. Joint: a trial is a row of all points, and rows are added in vectors. Independent: four
/// partial sums per point, which do not wait for each other. The order of the additions is that of the draws.
struct ResampledMeans {
    private typealias Lanes = SIMD8<Double>

    let plan: ResamplePlan
    let points: Int
    private let isJoint: Bool
    /// Joint: trial-major rows of `width` vectors, filled up with zeros.
    private let rows: [Lanes]
    private let width: Int
    /// Independent: point-major columns.
    private let columns: [Double]

    /// - Parameters:
    ///   - responses: one column per point, all as long as the plan has trials, all finite.
    ///   - isJoint: whether a resample holds the same trials in every point.
    init(_ responses: [[Double]], plan: ResamplePlan, isJoint: Bool) {
        precondition(responses.allSatisfy { $0.count == plan.trials })
        self.plan = plan
        self.isJoint = isJoint
        points = responses.count
        width = (points + 7) / 8
        guard isJoint else {
            (rows, columns) = ([], responses.flatMap { $0 })
            return
        }
        columns = []
        let width = width
        var rows = Array(repeating: Lanes.zero, count: width * plan.trials)
        rows.withUnsafeMutableBufferPointer { rows in
            for (point, column) in responses.enumerated() {
                for trial in column.indices { rows[trial * width + point / 8][point % 8] = column[trial] }
            }
        }
        self.rows = rows
    }

    /// Writes the mean of each point.
    func means(of resample: Int, into means: UnsafeMutableBufferPointer<Double>) {
        if isJoint {
            plan.withDraws(resample: resample, point: 0) { draws in
                rows.withUnsafeBufferPointer { joint(draws, $0, into: means) }
            }
        } else {
            columns.withUnsafeBufferPointer { columns in
                for point in 0..<points {
                    means[point] = plan.withDraws(resample: resample, point: point) { draws in
                        Self.sum(UnsafeBufferPointer(rebasing: columns[(point * draws.count)...]), draws)
                    }
                }
            }
        }
        let trials = Double(plan.trials)
        for point in 0..<points { means[point] /= trials }
    }

    /// Two vectors at a time share the walk through the draws.
    private func joint(
        _ draws: UnsafeBufferPointer<UInt32>, _ rows: UnsafeBufferPointer<Lanes>,
        into sums: UnsafeMutableBufferPointer<Double>
    ) {
        guard let base = rows.baseAddress else { return }
        for group in stride(from: 0, to: width, by: 2) {
            let second = min(group + 1, width - 1)
            var (low, high) = (Lanes.zero, Lanes.zero)
            for trial in draws {
                let row = base + Int(trial) * width
                low += row[group]
                high += row[second]
            }
            store(low, group, into: sums)
            if second > group { store(high, second, into: sums) }
        }
    }

    private func store(_ lanes: Lanes, _ group: Int, into sums: UnsafeMutableBufferPointer<Double>) {
        for lane in 0..<min(8, points - group * 8) { sums[group * 8 + lane] = lanes[lane] }
    }

    private static func sum(_ column: UnsafeBufferPointer<Double>, _ draws: UnsafeBufferPointer<UInt32>) -> Double {
        guard let values = column.baseAddress, let first = draws.baseAddress else { return 0 }
        var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
        let whole = draws.count / 4 * 4
        var draw = first
        while draw < first + whole {
            a += values[Int(draw[0])]
            b += values[Int(draw[1])]
            c += values[Int(draw[2])]
            d += values[Int(draw[3])]
            draw += 4
        }
        var sum = ((a + b) + c) + d
        for index in whole..<draws.count { sum += values[Int(draws[index])] }
        return sum
    }
}
