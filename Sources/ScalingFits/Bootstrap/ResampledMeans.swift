/// The means of a group's points under a resample: (counts of trials) times (trials x points).
///
/// This product is nearly half of a bootstrap's work, so it runs over vectors of points (joint) or of trials
/// (independent), always in the same order.
struct ResampledMeans {
    private typealias Lanes = SIMD8<Double>

    let plan: ResamplePlan
    let points: Int
    /// Vectors per trial (joint) or per point (independent).
    private let width: Int
    /// Joint: trial-major vectors of points. Independent: point-major vectors of trials. Filled up with zeros.
    private let values: [Lanes]

    /// - Parameter responses: one column per point, all as long as the plan has trials, all finite.
    init(_ responses: [[Double]], plan: ResamplePlan) {
        self.plan = plan
        points = responses.count
        let trials = plan.shape.trials
        let isJoint = plan.shape.isJoint
        let width = ((isJoint ? points : trials) + 7) / 8
        self.width = width
        var values = Array(repeating: Lanes.zero, count: width * (isJoint ? trials : points))
        values.withUnsafeMutableBufferPointer { values in
            for (point, column) in responses.enumerated() {
                precondition(column.count == trials)
                for (trial, value) in column.enumerated() {
                    let (major, minor) = isJoint ? (trial, point) : (point, trial)
                    values[major * width + minor / 8][minor % 8] = value
                }
            }
        }
        self.values = values
    }

    /// Writes the mean of each point.
    func means(of resample: Int, into means: UnsafeMutableBufferPointer<Double>) {
        if plan.shape.isJoint {
            joint(resample, into: means)
        } else {
            independent(resample, into: means)
        }
        let trials = Double(plan.shape.trials)
        for point in 0..<points { means[point] /= trials }
    }

    private func joint(_ resample: Int, into sums: UnsafeMutableBufferPointer<Double>) {
        plan.withCounts(resample: resample, cell: 0) { counts in
            values.withUnsafeBufferPointer { matrix in
                var group = 0
                while group < width {
                    // Two vectors at a time share the conversion of the counts.
                    let isPair = group + 1 < width
                    let (first, second) = Self.pairSums(matrix, counts, width, group, isPair ? group + 1 : group)
                    store(first, group, into: sums)
                    if isPair { store(second, group + 1, into: sums) }
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
        guard var row = matrix.baseAddress else { return (first, second) }
        for trial in counts.indices {
            let count = Lanes(repeating: Double(counts[trial]))
            first += count * row[one]
            second += count * row[two]
            row += width
        }
        return (first, second)
    }

    private func store(_ lanes: Lanes, _ group: Int, into sums: UnsafeMutableBufferPointer<Double>) {
        for lane in 0..<min(8, points - group * 8) { sums[group * 8 + lane] = lanes[lane] }
    }

    private func independent(_ resample: Int, into sums: UnsafeMutableBufferPointer<Double>) {
        values.withUnsafeBufferPointer { matrix in
            for point in 0..<points {
                sums[point] = plan.withCounts(resample: resample, cell: point) { counts in
                    Self.dot(UnsafeBufferPointer(rebasing: matrix[point * width..<(point + 1) * width]), counts)
                }
            }
        }
    }

    private static func dot(_ row: UnsafeBufferPointer<Lanes>, _ counts: UnsafeBufferPointer<UInt8>) -> Double {
        var sum = Lanes.zero
        let whole = counts.count / 8
        for block in 0..<whole { sum += factors(counts, block * 8, 8) * row[block] }
        if whole < row.count { sum += factors(counts, whole * 8, counts.count - whole * 8) * row[whole] }
        var total = 0.0
        for lane in 0..<8 { total += sum[lane] }
        return total
    }

    @inline(__always)
    private static func factors(_ counts: UnsafeBufferPointer<UInt8>, _ start: Int, _ length: Int) -> Lanes {
        guard length == 8 else {
            var factors = Lanes.zero
            for lane in 0..<length { factors[lane] = Double(counts[start + lane]) }
            return factors
        }
        return Lanes(
            Double(counts[start]), Double(counts[start + 1]), Double(counts[start + 2]), Double(counts[start + 3]),
            Double(counts[start + 4]), Double(counts[start + 5]), Double(counts[start + 6]), Double(counts[start + 7]))
    }
}
