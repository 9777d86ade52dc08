import TrialContract

/// The best place along some dimensions in one setting of the others: where the mean response is smallest, what comes next,
/// and whether the two differ.
package struct BestSetting: Sendable, Equatable {
    /// A place along the dimensions that are searched.
    package struct Candidate: Sendable, Equatable {
        package var at: GroupKey
        package var mean: Double
        /// `nil` for fewer than two trials.
        package var standardError: Double?
        package var finished: Int
    }

    /// The setting.
    package var by: GroupKey
    package var response: String
    /// The names of the dimensions that are searched.
    package var over: [String]
    /// `nil` where no place has finished trials and none that diverged.
    package var best: Candidate?
    package var runnerUp: Candidate?
    /// Mean of the runner-up minus that of the best, over the trials compared; never negative unless trials are missing.
    package var difference: Double?
    /// Student's t interval of the difference, corrected for the number of places that the runner-up was picked from
    /// (Bonferroni); trial by trial where random numbers are common, Welch's otherwise. `nil` for fewer than two trials.
    package var interval: Interval?
    package var isPaired: Bool
    /// Places that are not significantly worse than the best, by the same intervals, the best itself left out.
    package var equals: [GroupKey]
    package var confidence: Double
    /// Places left out since trials diverged there.
    package var diverged: [GroupKey]
    /// Whether the best place is the first or last value along a searched dimension of several numbers: the optimum may lie
    /// beyond.
    package var isAtEnd: Bool

    /// Whether best and runner-up differ significantly; `nil` where there is no interval.
    package var differs: Bool? { interval.map { $0.lower > 0 || $0.upper < 0 } }
}

/// Finds the best place of every setting of a result.
package struct BestSearch<Columns: TrialColumns> {
    private let columns: Columns
    private let response: Response
    private let confidence: Double
    /// Positions in the result's dimensions, ascending.
    private let over: [Int]
    private let by: [Int]

    /// - Parameters:
    ///   - over: dimensions, or dependent coordinates, which stand for their dimensions.
    ///   - response: a recorded statistic or `distance_squared`; smaller is better.
    ///
    /// Throws `ScalingFitsError`.
    package init(_ columns: Columns, over names: [String], response: String, confidence: Double) throws {
        guard confidence > 0, confidence < 1 else { throw ScalingFitsError.invalidConfidence(confidence) }
        guard columns.trials > 0 else { throw ScalingFitsError.noTrials }
        self.columns = columns
        self.confidence = confidence
        let named = try Response(named: response, recorded: columns.statistics)
        guard !named.isExcess else {
            let known = Response.names(recorded: columns.statistics).filter { !$0.hasPrefix(Response.excessPrefix) }
            throw ScalingFitsError.unknownResponse(response, known: known)
        }
        self.response = named
        let dimensions = columns.dimensions
        var chosen = Set<Int>()
        for name in names {
            let own = columns.dependentCoordinates.first { $0.name == name }?.dimensions ?? [name]
            let positions = own.compactMap { own in dimensions.firstIndex { $0.name == own } }
            guard !positions.isEmpty else {
                throw ScalingFitsError.unknownDimension(
                    name, option: "over", known: dimensions.map(\.name) + columns.dependentCoordinates.map(\.name))
            }
            chosen.formUnion(positions)
        }
        over = chosen.sorted()
        by = dimensions.indices.filter { !chosen.contains($0) }
    }

    /// One per setting, row-major over the dimensions that are not searched. Settings that were not run at all are left out.
    package func settings() throws -> [BestSetting] {
        let places = over.reduce(1) { $0 * columns.dimensions[$1].count }
        let count = columns.cellCount / max(1, places)
        return try (0..<count).compactMap { setting in
            let place = columns.grid(by).places(of: setting)
            return try best(by: place, places: (0..<places).map { columns.grid(over).places(of: $0) })
        }
    }

    private struct Place {
        var indices: [Int]
        /// Infinite where a trial diverged, NaN where it is missing.
        var responses: [Double]
        var summary: SampleSummary
    }

    private func best(by setting: [Int], places: [[Int]]) throws -> BestSetting? {
        var found: [Place] = []
        var diverged: [GroupKey] = []
        var wasRun = false
        for indices in places {
            let cell = cell(setting, indices)
            let status = try columns.status(cells: cell..<cell + 1)
            guard status.contains(where: { $0 != TrialStatus.excluded.rawValue }) else { continue }
            wasRun = true
            if status.contains(TrialStatus.diverged.rawValue) {
                diverged.append(key(over, indices))
                continue
            }
            let values = try columns.values(of: response.statistic, cells: cell..<cell + 1)
            let responses = zip(values, status).map { response.value($0, status: $1) }
            let summary = SampleSummary(responses)
            if summary.count > 0 { found.append(Place(indices: indices, responses: responses, summary: summary)) }
        }
        guard wasRun else { return nil }
        // The first of equals is the best: nothing depends on the order of sorting.
        let ranked = found.enumerated().sorted { a, b in
            (a.element.summary.mean, a.offset) < (b.element.summary.mean, b.offset)
        }.map(\.element)
        var result = BestSetting(
            by: key(by, setting), response: response.name, over: over.map { columns.dimensions[$0].name },
            best: ranked.first.map(candidate), runnerUp: ranked.dropFirst().first.map(candidate), difference: nil,
            interval: nil, isPaired: columns.sharesRandomNumbers, equals: [], confidence: confidence, diverged: diverged,
            isAtEnd: ranked.first.map(isAtEnd) ?? false)
        guard let best = ranked.first else { return result }
        let corrected = 1 - (1 - confidence) / Double(max(1, ranked.count - 1))
        for (rank, other) in ranked.dropFirst().enumerated() {
            let (difference, interval) = compare(best, other, confidence: corrected)
            if rank == 0 { (result.difference, result.interval) = (difference, interval) }
            if let interval, interval.lower <= 0 { result.equals.append(key(over, other.indices)) }
        }
        return result
    }

    /// `other` minus `best`.
    private func compare(_ best: Place, _ other: Place, confidence: Double) -> (Double, Interval?) {
        if columns.sharesRandomNumbers {
            let differences = SampleSummary(zip(best.responses, other.responses).map { $1 - $0 })
            if differences.count > 0 { return (differences.mean, differences.interval(confidence: confidence)) }
        }
        let difference = other.summary.mean - best.summary.mean
        guard best.summary.count > 1, other.summary.count > 1 else { return (difference, nil) }
        let parts = [best.summary, other.summary].map { ($0.standardError * $0.standardError, Double($0.count - 1)) }
        let variance = parts[0].0 + parts[1].0
        guard variance > 0 else { return (difference, Interval(difference, difference)) }
        // Welch and Satterthwaite's degrees of freedom.
        let freedom = variance * variance / parts.reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
        let arm = StudentT(freedom: freedom).quantile(confidence: confidence) * variance.squareRoot()
        return (difference, Interval(difference - arm, difference + arm))
    }

    private func candidate(_ place: Place) -> BestSetting.Candidate {
        BestSetting.Candidate(
            at: key(over, place.indices), mean: place.summary.mean,
            standardError: place.summary.count > 1 ? place.summary.standardError : nil, finished: place.summary.count)
    }

    private func isAtEnd(_ place: Place) -> Bool {
        zip(over, place.indices).contains { position, index in
            let values = columns.dimensions[position].values.groupValues
            guard values.count > 1, case .number = values[0], columns.dimensions[position].kind == .values else { return false }
            let numbers = values.map { if case .number(let number) = $0 { number } else { Double.nan } }
            return numbers[index] == numbers.min() || numbers[index] == numbers.max()
        }
    }

    private func key(_ positions: [Int], _ indices: [Int]) -> GroupKey {
        let dimensions = columns.dimensions
        var entries = zip(positions, indices).map {
            GroupKey.Entry(
                name: dimensions[$0].name, value: dimensions[$0].values[$1], isInteger: dimensions[$0].values.areIntegers)
        }
        let names = positions.map { dimensions[$0].name }
        for coordinate in columns.dependentCoordinates where Set(coordinate.dimensions).isSubset(of: names) {
            let own = coordinate.dimensions.map { names.firstIndex(of: $0) ?? 0 }
            let place = columns.grid(own.map { positions[$0] }).position(of: own.map { indices[$0] })
            entries.append(GroupKey.Entry(
                name: coordinate.name, value: coordinate.values[place], isInteger: coordinate.values.areIntegers))
        }
        return GroupKey(entries)
    }

    private func cell(_ setting: [Int], _ indices: [Int]) -> Int {
        let places = Dictionary(uniqueKeysWithValues: Array(zip(by, setting)) + Array(zip(over, indices)))
        return columns.grid.position(of: columns.dimensions.indices.map { places[$0] ?? 0 })
    }
}
