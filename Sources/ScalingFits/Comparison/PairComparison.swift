import TrialContract

/// Two values of a dimension, as two optimizers, held against each other at every setting of the others.
package struct PairComparison: Sendable, Equatable {
    /// A setting at which both have finished trials.
    package struct Place: Sendable, Equatable {
        package var at: GroupKey
        package var first: Double
        package var second: Double
        /// Trials that were compared: those finished in both where trials are paired, otherwise the smaller sample.
        package var trials: Int
        /// First minus second.
        package var difference: Double
        /// Student's t, with the degrees of freedom that the scatter's fourth moments leave; `nil` for fewer than two trials.
        package var interval: Interval?
        /// First over second; `nil` unless both means are positive.
        package var ratio: Double?
        /// From the standard error of the logarithm's first-order expansion.
        package var ratioInterval: Interval?
        /// Share of the trials in which the first is smaller, ties counted half; `nil` where trials are not paired.
        package var shareNearer: Double?
        /// Two-sided, that the means are equal; `nil` for fewer than two trials.
        package var probability: Double?
        /// After Holm's correction for all places.
        package var adjusted: Double?

        /// Whether the two agree to the last bit, trial by trial as far as trials are paired.
        package var isEqual: Bool { difference == 0 && (interval.map { $0.lower == 0 && $0.upper == 0 } ?? false) }
    }

    /// Where the two cross along an abscissa, at one setting of what is left.
    package struct Crossings: Sendable, Equatable {
        package var by: GroupKey
        package var found: [Crossing]
    }

    /// The dimension and its two values.
    package var over: String
    package var first: GroupValue
    package var second: GroupValue
    package var response: String
    /// The abscissa of the crossings; `nil` where there is none.
    package var against: String?
    package var isPaired: Bool
    package var confidence: Double
    package var places: [Place]
    package var crossings: [Crossings]
    /// Cells of the first with finished trials where the second has none.
    package var firstAlone = 0
    /// The same of the second.
    package var secondAlone = 0

    /// What was compared were means over blocks of trials: of single trials, the share that is nearer is not known.
    package mutating func countBlocks(of trials: Int) {
        for place in places.indices {
            places[place].trials *= trials
            places[place].shareNearer = nil
        }
    }

    /// The value with the smaller mean, beyond doubt after Holm's correction.
    package func nearer(_ place: Place) -> GroupValue? {
        guard let adjusted = place.adjusted, adjusted < 1 - confidence else { return nil }
        return place.difference < 0 ? first : second
    }
}

/// Two values of a dimension along an abscissa, for who asks where they cross.
package struct PairAlongAxis {
    package struct Place: Sendable {
        package var x: Double
        /// Of the first and the second value.
        package var cells: [Int]
    }

    /// The setting of what is left.
    package var by: GroupKey
    /// Ascending.
    package var places: [Place]
    /// Signs of the differences beyond doubt, 0 elsewhere; empty where trials cannot be paired.
    package var signs: [Int] = []
    /// Each with how its logarithm moves with the mean of (first - second)/x at every place.
    package var crossings: [(crossing: Crossing, influences: [Double])] = []
    /// Of single trials' (first - second)/x between places.
    package var covariances: [[Double]] = []
    /// Of the variance of their mean at each place, by the trials' fourth moments.
    package var freedoms: [Double] = []
}

/// Compares two values of a dimension of a result.
package struct PairSearch<Columns: TrialColumns> {
    private let columns: Columns
    private let response: Response
    private let confidence: Double
    private let over: Int
    private let values: (first: Int, second: Int)
    /// Position of the abscissa, `nil` where the result has no such dimension of numbers.
    private let axis: Int?

    /// - Parameters:
    ///   - over: a dimension.
    ///   - pair: two of its values, as they are printed.
    ///   - against: the abscissa of crossings; left out where the result does not have it.
    ///
    /// Throws `ScalingFitsError`.
    package init(
        _ columns: Columns, over: String, pair: (String, String), response: String, against: String, confidence: Double
    ) throws {
        guard confidence > 0, confidence < 1 else { throw ScalingFitsError.invalidConfidence(confidence) }
        guard columns.trials > 0 else { throw ScalingFitsError.noTrials }
        self.columns = columns
        self.confidence = confidence
        self.response = try Response(named: response, recorded: columns.statistics)
        guard !self.response.isExcess else {
            let known = Response.names(recorded: columns.statistics).filter { !$0.hasPrefix(Response.excessPrefix) }
            throw ScalingFitsError.unknownResponse(response, known: known)
        }
        guard let position = columns.dimensions.firstIndex(where: { $0.name == over }) else {
            throw ScalingFitsError.unknownDimension(over, option: "over", known: columns.dimensions.map(\.name))
        }
        self.over = position
        let dimension = columns.dimensions[position]
        func place(_ text: String) throws -> Int {
            guard let place = dimension.values.groupValues.firstIndex(where: { value in
                if case .number(let number) = value, Double(text) == number { return true }
                return value.description == text
            }) else { throw ScalingFitsError.unknownValue(text, of: over, known: dimension.values.groupValues.map(\.description)) }
            return place
        }
        values = (try place(pair.0), try place(pair.1))
        guard values.first != values.second else { throw ScalingFitsError.sameValue(pair.0, of: over) }
        axis = columns.dimensions.indices.first { index in
            let own = columns.dimensions[index]
            let isNumeric = if case .names = own.values { false } else { true }
            return own.name == against && index != position && isNumeric && own.count > 1 && own.kind == .values
        }
    }

    /// Places are in the order of the result's cells.
    package func comparison() throws -> PairComparison {
        let dimensions = columns.dimensions
        let others = dimensions.indices.filter { $0 != over }
        let count = others.reduce(1) { $0 * dimensions[$1].count }
        var result = PairComparison(
            over: dimensions[over].name, first: dimensions[over].values[values.first],
            second: dimensions[over].values[values.second], response: response.name, against: axis.map { dimensions[$0].name },
            isPaired: columns.sharesRandomNumbers, confidence: confidence, places: [], crossings: [])
        var along: [AlongAxis] = []
        for setting in 0..<count {
            let place = columns.grid(others).places(of: setting)
            let found = (first: try sample(others, place, values.first), second: try sample(others, place, values.second))
            let hasFirst = found.first?.hasValues ?? false, hasSecond = found.second?.hasValues ?? false
            if hasFirst && !hasSecond { result.firstAlone += 1 }
            if hasSecond && !hasFirst { result.secondAlone += 1 }
            guard let (first, second) = paired(found.first, found.second) else { continue }
            guard !first.trials.isEmpty, !second.trials.isEmpty else { continue }
            result.places.append(compare(key(others, place), first.trials, second.trials))
            add(first, second, others, place, to: &along)
        }
        let tested = result.places.indices.filter { result.places[$0].probability != nil }
        let adjusted = Multiplicity.holm(tested.map { result.places[$0].probability! })
        for (place, probability) in zip(tested, adjusted) { result.places[place].adjusted = probability }
        result.crossings = along.compactMap { group in
            group.search(self).map { PairComparison.Crossings(by: group.by, found: $0.crossings) }
        }
        return result
    }

    /// The groups along the abscissa, for who asks for a crossing: empty where the result has no such axis.
    package func alongAxis() throws -> [PairAlongAxis] {
        let others = columns.dimensions.indices.filter { $0 != over }
        let count = others.reduce(1) { $0 * columns.dimensions[$1].count }
        var along: [AlongAxis] = []
        for setting in 0..<count {
            let place = columns.grid(others).places(of: setting)
            if let (first, second) = try samples(others, place) { add(first, second, others, place, to: &along) }
        }
        return along.map { group in
            let places = group.points.sorted { $0.x < $1.x }.map { PairAlongAxis.Place(x: $0.x, cells: [$0.first.cell, $0.second.cell]) }
            guard let search = group.search(self) else { return PairAlongAxis(by: group.by, places: places) }
            return PairAlongAxis(
                by: group.by, places: places, signs: search.signs,
                crossings: search.located.map { ($0.crossing, $0.influences) }, covariances: search.covariances, freedoms: search.freedoms)
        }
    }

    /// What is finished of a cell, in trial order.
    private struct Sample {
        var cell: Int
        var trials: [Double]
        /// Whether these are its first trials, without a gap.
        var isPrefix: Bool
        var hasValues: Bool { trials.contains(where: \.isFinite) }
    }

    /// Two values at the settings along the abscissa, ascending.
    private struct AlongAxis {
        var by: GroupKey
        var points: [(x: Double, first: Sample, second: Sample)]

        /// `nil` where trials of one place are not those of another: where some are missing in one and not in the other.
        func search(_ owner: PairSearch) -> CrossingSearch? {
            let points = points.sorted { $0.x < $1.x }
            let isWhole = points.allSatisfy { $0.first.isPrefix && $0.second.isPrefix }
            guard points.count > 1, isWhole || !owner.columns.sharesRandomNumbers else { return nil }
            return CrossingSearch(
                x: points.map(\.x), first: points.map(\.first.trials), second: points.map(\.second.trials),
                isPaired: owner.columns.sharesRandomNumbers, secondIsShared: false, confidence: owner.confidence,
                isScattered: owner.columns.trials > 1)
        }
    }

    private func samples(_ others: [Int], _ place: [Int]) throws -> (Sample, Sample)? {
        paired(try sample(others, place, values.first), try sample(others, place, values.second))
    }

    /// The trials that can be compared; `nil` where one of the two has none.
    private func paired(_ first: Sample?, _ second: Sample?) -> (Sample, Sample)? {
        guard var first, var second else { return nil }
        if columns.sharesRandomNumbers {
            let pairs = zip(first.trials, second.trials).map { ($0, $1, $0.isFinite && $1.isFinite) }
            let end = pairs.lastIndex { $0.2 }.map { $0 + 1 } ?? 0
            let isPrefix = pairs[..<end].allSatisfy(\.2)
            first = Sample(cell: first.cell, trials: pairs.filter(\.2).map(\.0), isPrefix: isPrefix)
            second = Sample(cell: second.cell, trials: pairs.filter(\.2).map(\.1), isPrefix: isPrefix)
        } else {
            first.trials.removeAll { !$0.isFinite }
            second.trials.removeAll { !$0.isFinite }
        }
        return (first, second)
    }

    private func add(
        _ first: Sample, _ second: Sample, _ others: [Int], _ place: [Int], to along: inout [AlongAxis]
    ) {
        guard let axis, let own = others.firstIndex(of: axis), case .number(let x) = columns.dimensions[axis].values[place[own]], x > 0,
            !first.trials.isEmpty, !second.trials.isEmpty
        else { return }
        let rest = others.indices.filter { $0 != own }
        let by = key(rest.map { others[$0] }, rest.map { place[$0] })
        if let known = along.firstIndex(where: { $0.by == by }) {
            along[known].points.append((x, first, second))
        } else {
            along.append(AlongAxis(by: by, points: [(x, first, second)]))
        }
    }

    private func compare(_ at: GroupKey, _ first: [Double], _ second: [Double]) -> PairComparison.Place {
        let (a, b) = (GroupData.meanAndError(first), GroupData.meanAndError(second))
        let isPaired = columns.sharesRandomNumbers
        var place = PairComparison.Place(
            at: at, first: a.mean, second: b.mean, trials: min(first.count, second.count), difference: a.mean - b.mean)
        if a.mean > 0, b.mean > 0 { place.ratio = a.mean / b.mean }
        if isPaired {
            let nearer = zip(first, second).reduce(0.0) { $0 + ($1.0 < $1.1 ? 1 : ($1.0 == $1.1 ? 0.5 : 0)) }
            place.shareNearer = nearer / Double(first.count)
        }
        guard place.trials > 1 else { return place }
        let difference = scatter(first, second, 1, 1)
        place.interval = interval(place.difference, difference)
        place.probability = difference.error > 0
            ? StudentT(freedom: difference.freedom).twoSided(place.difference / difference.error) : (place.difference == 0 ? 1 : 0)
        if let ratio = place.ratio {
            let logs = interval(logarithm(ratio), scatter(first, second, 1 / a.mean, 1 / b.mean))
            place.ratioInterval = Interval(exponential(logs.lower), exponential(logs.upper))
        }
        return place
    }

    /// Of mean(p first - q second).
    private func scatter(_ first: [Double], _ second: [Double], _ p: Double, _ q: Double) -> (error: Double, freedom: Double) {
        if columns.sharesRandomNumbers {
            let column = zip(first, second).map { p * $0 - q * $1 }
            return (GroupData.meanAndError(column).error, max(1, VarianceFreedom.of(column)))
        }
        let parts = [(first, p), (second, q)].map { column, factor -> (variance: Double, freedom: Double) in
            let error = factor * GroupData.meanAndError(column).error
            return (error * error, max(1, VarianceFreedom.of(column)))
        }
        let variance = parts[0].variance + parts[1].variance
        let noise = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.freedom }
        return (variance.squareRoot(), noise > 0 ? max(1, variance * variance / noise) : 1)
    }

    private func interval(_ value: Double, _ scatter: (error: Double, freedom: Double)) -> Interval {
        guard scatter.error > 0 else { return Interval(value, value) }
        let arm = StudentT(freedom: scatter.freedom).quantile(confidence: confidence) * scatter.error
        return Interval(value - arm, value + arm)
    }

    /// `nil` where the cell was not run. Trials that diverged are infinite, missing ones NaN.
    private func sample(_ others: [Int], _ place: [Int], _ value: Int) throws -> Sample? {
        let places = Dictionary(uniqueKeysWithValues: Array(zip(others, place)) + [(over, value)])
        let cell = columns.grid.position(of: columns.dimensions.indices.map { places[$0] ?? 0 })
        let status = try columns.status(cells: cell..<cell + 1)
        guard status.contains(TrialStatus.finished.rawValue) else { return nil }
        let trials = zip(try columns.values(of: response.statistic, cells: cell..<cell + 1), status).map { response.value($0, status: $1) }
        return Sample(cell: cell, trials: trials, isPrefix: true)
    }

    private func key(_ positions: [Int], _ place: [Int]) -> GroupKey {
        GroupKey(zip(positions, place).map { position, index in
            let own = columns.dimensions[position]
            return GroupKey.Entry(name: own.name, value: own.values[index], isInteger: own.values.areIntegers)
        })
    }
}
