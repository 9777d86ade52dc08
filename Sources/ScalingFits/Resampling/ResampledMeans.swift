/// The means of a group's points under a resample: sums of the drawn trials.
///
/// Half of a bootstrap's work. Joint: a trial is a row of all points, and rows are added in vectors. Independent: four
/// partial sums per point, which do not wait for each other. The order of the additions is that of the draws. The means
/// are kept, so that tests, parameters and windows of a group share them; where they would take too much room, each use
/// adds the trials up anew.
struct ResampledMeans {
    let plan: ResamplePlan
    /// Which of the group's points are meant; `nil`: all.
    private var selection: [Int]?
    private let sums: TrialAdder
    /// Row after row of all points' means; empty where they are computed anew.
    private let kept: [Double]
    /// Numbers that may be kept.
    private static let keptLimit = 4 << 20

    var points: Int { selection?.count ?? sums.points }

    /// - Parameters:
    ///   - responses: one column per point, all as long as the plan has trials, all finite.
    ///   - isJoint: whether a resample holds the same trials in every point.
    init(_ responses: [[Double]], plan: ResamplePlan, isJoint: Bool) {
        let sums = TrialAdder(responses, plan: plan, isJoint: isJoint)
        let points = responses.count
        self.plan = plan
        self.sums = sums
        guard points * plan.resamples <= Self.keptLimit else {
            kept = []
            return
        }
        kept = Array(unsafeUninitializedCapacity: points * plan.resamples) { buffer, initialized in
            buffer.initialize(repeating: 0)
            for resample in 0..<plan.resamples {
                sums.means(
                    of: resample,
                    into: UnsafeMutableBufferPointer(rebasing: buffer[resample * points..<(resample + 1) * points]))
            }
            initialized = points * plan.resamples
        }
    }

    /// Those of some of the points, by position among these.
    func selecting(_ indices: [Int]) -> ResampledMeans {
        var result = self
        result.selection = indices.map { selection?[$0] ?? $0 }
        return result
    }

    /// Writes the mean of each point.
    @inline(__always)
    func means(of resample: Int, into means: UnsafeMutableBufferPointer<Double>) {
        let all = sums.points
        if !kept.isEmpty {
            kept.withUnsafeBufferPointer { kept in
                let row = resample * all
                if let selection {
                    for (place, point) in selection.enumerated() { means[place] = kept[row + point] }
                } else {
                    for point in 0..<all { means[point] = kept[row + point] }
                }
            }
        } else if let selection {
            withUnsafeTemporaryAllocation(of: Double.self, capacity: all) { buffer in
                buffer.initialize(repeating: 0)
                sums.means(of: resample, into: buffer)
                for (place, point) in selection.enumerated() { means[place] = buffer[point] }
            }
        } else {
            sums.means(of: resample, into: means)
        }
    }
}

/// Adds up the trials that a resample draws.
private struct TrialAdder {
    private typealias Lanes = SIMD8<Double>

    let plan: ResamplePlan
    let points: Int
    private let isJoint: Bool
    /// Joint: trial-major rows of `width` vectors, filled up with zeros.
    private let rows: [Lanes]
    private let width: Int
    /// Independent: point-major columns.
    private let columns: [Double]

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
