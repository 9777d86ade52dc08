import PortableMath
import ScalingFits

/// What a segment between two neighbouring values of the range needs.
struct SegmentNeed {
    /// The segment's lower end, by place among the positions.
    let segment: Int
    /// In units of what is tolerated: a segment above 1 is cut.
    let score: Double
    /// Where and why, for people.
    let reason: String
}

/// The values that a round has, and what lies between them.
struct TakenValues {
    let range: NestedRange
    /// Ascending.
    let positions: [Int]

    func value(_ place: Int) -> Double { range.value(at: positions[place]) }

    /// ln of the ratio of a segment's ends.
    func width(_ segment: Int) -> Double { PortableMath.log(value(segment + 1) / value(segment)) }

    /// The segment that holds x; `nil` outside of the range.
    func segment(of x: Double) -> Int? {
        guard x >= value(0), x <= value(positions.count - 1) else { return nil }
        return max(0, (positions.indices.firstIndex { value($0) > x } ?? positions.count - 1) - 1)
    }
}

/// Segments in which two settings cross.
///
/// A segment is cut until it is no wider than half of the crossing's interval, within which values could not be told apart, or
/// than 1 %. Its neighbours, with which it is interpolated, may be four times as wide.
struct CrossingNeeds {
    let axis: AdaptiveAxis
    let taken: TakenValues
    let confidence: Double

    static let narrowest = 0.01
    static let neighbours = 0.25

    /// - Returns: a need for each crossing, also for those that are narrow enough.
    func needs(_ columns: some TrialColumns) throws -> [SegmentNeed] {
        guard let rivals = axis.rivals else { return [] }
        return try pairs(rivals, columns).flatMap { pair in
            try PairSearch(
                columns, over: rivals.over, pair: pair, response: axis.response, against: axis.name, confidence: confidence
            ).alongAxis().flatMap { group in
                group.crossings.flatMap { found in
                    needs(found.crossing, "\(pair.0) and \(pair.1)\(group.by.entries.isEmpty ? "" : ", \(group.by)")")
                }
            }
        }
    }

    private func pairs(_ rivals: AdaptiveAxis.Rivals, _ columns: some TrialColumns) -> [(String, String)] {
        if let pair = rivals.pair { return [(pair.first, pair.second)] }
        let values = columns.dimensions.first { $0.name == rivals.over }?.values.groupValues.map(\.description) ?? []
        return values.indices.flatMap { first in values.indices.dropFirst(first + 1).map { (values[first], values[$0]) } }
    }

    private func needs(_ crossing: Crossing, _ label: String) -> [SegmentNeed] {
        guard let own = taken.segment(of: crossing.x) else { return [] }
        let blur = crossing.interval.map { PortableMath.log($0.upper / $0.lower) / 2 } ?? 0
        let narrow = max(blur, PortableMath.log(1 + Self.narrowest))
        return [(own, 1), (own - 1, Self.neighbours), (own + 1, Self.neighbours)]
            .filter { taken.positions.indices.dropLast().contains($0.0) }.map { segment, share in
                SegmentNeed(
                    segment: segment, score: share * taken.width(segment) / narrow,
                    reason: "\(label) cross at \(Figures.significant(crossing.x, 3))")
            }
    }
}

/// Segments in which the logarithm of a response bends over that of the axis.
///
/// The second derivative at a value follows from it and its two neighbours, by divided differences. Over a segment of width h
/// the local exponent then changes by |f''| h, and the line between the ends is off by |f''| h²/8. Only a bend of three standard
/// errors counts; with common random numbers the error is that of the same trials at the three values.
struct BendNeeds {
    let axis: AdaptiveAxis
    let taken: TakenValues

    /// Changes of the local exponent over a segment that are left.
    static let exponentChange = 0.1
    /// Relative errors of the response between values that are left.
    static let courseError = 0.01
    static let standardErrors = 3.0

    private struct Point {
        var logX: Double
        var mean: Double
        /// Over the mean, by trial.
        var deviations: [Double]
    }

    func needs<Columns: TrialColumns>(_ columns: Columns) throws -> [SegmentNeed] {
        let derived = try DerivedStatistics(columns, names: [axis.response], against: axis.name)
        guard let along = columns.dimensions.firstIndex(where: { $0.name == axis.name }) else { return [] }
        let others = columns.dimensions.indices.filter { $0 != along }
        let settings = columns.grid(others)
        return try (0..<settings.count).flatMap { setting -> [SegmentNeed] in
            let places = settings.places(of: setting)
            var points: [Point] = []
            for value in 0..<columns.dimensions[along].count {
                var place = [Int](repeating: value, count: columns.dimensions.count)
                for (other, own) in zip(others, places) { place[other] = own }
                if let point = try point(derived, columns.grid.position(of: place), columns.dimensions[along].values[value]) {
                    points.append(point)
                }
            }
            let label = zip(others, places).filter { columns.dimensions[$0.0].count > 1 }
                .map { "\(columns.dimensions[$0].name) \(columns.dimensions[$0].values[$1])" }.joined(separator: ", ")
            return needs(points, label, areShared: columns.sharesRandomNumbers)
        }
    }

    /// `nil` where the response has no positive mean, or a trial diverged.
    private func point<Columns: TrialColumns>(
        _ derived: DerivedStatistics<Columns>, _ cell: Int, _ x: GroupValue
    ) throws -> Point? {
        guard case .number(let x) = x, x > 0 else { return nil }
        let responses = try derived.values(of: axis.response, cells: cell..<cell + 1)
        guard !responses.isEmpty, responses.allSatisfy(\.isFinite) else { return nil }
        let mean = Moments(responses).mean
        guard mean > 0, mean.isFinite else { return nil }
        return Point(logX: PortableMath.log(x), mean: mean, deviations: responses.map { ($0 - mean) / mean })
    }

    private func needs(_ points: [Point], _ label: String, areShared: Bool) -> [SegmentNeed] {
        let logs = points.map { PortableMath.log($0.mean) }
        var needs: [SegmentNeed] = []
        for middle in points.indices.dropFirst().dropLast() {
            let (before, after) = (points[middle].logX - points[middle - 1].logX, points[middle + 1].logX - points[middle].logX)
            let change = (logs[middle + 1] - logs[middle]) / after - (logs[middle] - logs[middle - 1]) / before
            let weights = [1 / before, -1 / before - 1 / after, 1 / after]
            let error = error(Array(points[middle - 1...middle + 1]), weights, areShared)
            // What rounding makes of three equal slopes.
            guard abs(change) > max(Self.standardErrors * error, 1e-9 * (1 / before + 1 / after)) else { continue }
            let bend = 2 * abs(change) / (before + after)
            for (low, width) in [(middle - 1, before), (middle, after)] {
                let x = PortableMath.exp((points[low].logX + points[low + 1].logX) / 2)
                guard let segment = taken.segment(of: x) else { continue }
                needs.append(need(segment, bend, width, label))
            }
        }
        return needs
    }

    private func need(_ segment: Int, _ bend: Double, _ width: Double, _ label: String) -> SegmentNeed {
        let place = "between \(Figures.significant(taken.value(segment), 3)) and \(Figures.significant(taken.value(segment + 1), 3))"
            + (label.isEmpty ? "" : " (\(label))")
        switch axis.target {
        case .curvature:
            let error = bend * width * width / 8
            return SegmentNeed(
                segment: segment, score: error / Self.courseError,
                reason: "the course is known to \(Figures.significant(100 * error, 2)) % \(place)")
        case .regime, .crossing:
            return SegmentNeed(
                segment: segment, score: bend * width / Self.exponentChange,
                reason: "the local exponent changes by \(Figures.significant(bend * width, 2)) \(place)")
        }
    }

    /// Of a sum of logarithms of means, to first order.
    private func error(_ points: [Point], _ weights: [Double], _ areShared: Bool) -> Double {
        let count = points[0].deviations.count
        guard count > 1 else { return 0 }
        func variance(_ deviations: [Double]) -> Double {
            CompensatedSum.of(deviations.map { $0 * $0 }) / Double(count) / Double(count - 1)
        }
        if areShared {
            return variance((0..<count).map { trial in
                zip(points, weights).reduce(0) { $0 + $1.1 * $1.0.deviations[trial] }
            }).squareRoot()
        }
        return zip(points, weights).reduce(0) { $0 + $1.1 * $1.1 * variance($1.0.deviations) }.squareRoot()
    }
}
