/// The means of a group's cells under a resample: (counts of trials) times (trials x cells).
///
/// This product is nearly all of a bootstrap's work, so it runs over vectors of eight cells (joint) or eight trials
/// (independent), always in the same order.
struct ResampledMeans {
    private typealias Lanes = SIMD8<Double>

    private let plan: ResamplePlan
    private let cells: Int
    /// Vectors per trial (joint) or per cell (independent).
    private let width: Int
    /// Joint: trial-major vectors of cells. Independent: cell-major vectors of trials. 0 for what is not finished.
    private let values: [Lanes]
    /// 1 where finished, in the same layout; empty when everything is.
    private let finished: [Lanes]

    init(_ responses: [[Double]], plan: ResamplePlan) {
        self.plan = plan
        cells = responses.count
        let trials = plan.shape.trials
        let isJoint = plan.shape.isJoint
        let width = ((isJoint ? cells : trials) + 7) / 8
        self.width = width
        var values = Array(repeating: Lanes.zero, count: width * (isJoint ? trials : cells))
        var finished = values
        var isComplete = true
        for (cell, column) in responses.enumerated() {
            precondition(column.count == trials)
            for (trial, value) in column.enumerated() {
                guard value.isFinite else {
                    isComplete = false
                    continue
                }
                let (major, minor) = isJoint ? (trial, cell) : (cell, trial)
                values[major * width + minor / 8][minor % 8] = value
                finished[major * width + minor / 8][minor % 8] = 1
            }
        }
        self.values = values
        self.finished = isComplete ? [] : finished
    }

    /// Writes the mean of each cell; NaN where the resample holds none of its finished trials.
    func means(of resample: Int, into means: inout [Double]) {
        if plan.shape.isJoint {
            joint(resample, values, into: &means)
        } else {
            independent(resample, values, into: &means)
        }
        guard !finished.isEmpty else {
            let trials = Double(plan.shape.trials)
            for cell in 0..<cells { means[cell] /= trials }
            return
        }
        var present = means
        if plan.shape.isJoint {
            joint(resample, finished, into: &present)
        } else {
            independent(resample, finished, into: &present)
        }
        for cell in 0..<cells { means[cell] = present[cell] > 0 ? means[cell] / present[cell] : .nan }
    }

    private func joint(_ resample: Int, _ matrix: [Lanes], into sums: inout [Double]) {
        plan.withCounts(resample: resample, cell: 0) { counts in
            matrix.withUnsafeBufferPointer { matrix in
                var group = 0
                while group < width {
                    // Two vectors at a time share the conversion of the counts.
                    let isPair = group + 1 < width
                    let (first, second) = Self.pairSums(matrix, counts, width, group, isPair ? group + 1 : group)
                    store(first, group, into: &sums)
                    if isPair { store(second, group + 1, into: &sums) }
                    group += 2
                }
            }
        }
    }

    @inline(__always)
    private static func pairSums(
        _ matrix: UnsafeBufferPointer<Lanes>, _ counts: UnsafeBufferPointer<UInt8>, _ width: Int, _ one: Int, _ two: Int
    ) -> (Lanes, Lanes) {
        var first = Lanes.zero
        var second = Lanes.zero
        for trial in counts.indices {
            let count = Lanes(repeating: Double(counts[trial]))
            first += count * matrix[trial * width + one]
            second += count * matrix[trial * width + two]
        }
        return (first, second)
    }

    private func store(_ lanes: Lanes, _ group: Int, into sums: inout [Double]) {
        for lane in 0..<min(8, cells - group * 8) { sums[group * 8 + lane] = lanes[lane] }
    }

    private func independent(_ resample: Int, _ matrix: [Lanes], into sums: inout [Double]) {
        matrix.withUnsafeBufferPointer { matrix in
            for cell in 0..<cells {
                sums[cell] = plan.withCounts(resample: resample, cell: cell) { counts in
                    Self.dot(UnsafeBufferPointer(rebasing: matrix[cell * width..<(cell + 1) * width]), counts)
                }
            }
        }
    }

    private static func dot(_ row: UnsafeBufferPointer<Lanes>, _ counts: UnsafeBufferPointer<UInt8>) -> Double {
        var sum = Lanes.zero
        for block in row.indices {
            var factors = Lanes.zero
            for lane in 0..<min(8, counts.count - block * 8) { factors[lane] = Double(counts[block * 8 + lane]) }
            sum += factors * row[block]
        }
        var total = 0.0
        for lane in 0..<8 { total += sum[lane] }
        return total
    }
}
