import TrialContract
import Wording

/// Fits `y = C x1^a1 x2^a2 …` to every group of a result, reading each cell once.
package struct ProductSession<Columns: TrialColumns> {
    private let columns: Columns
    private let response: Response
    private let grouping: Grouping
    private let regressors: [String]
    private let options: FitOptions
    private let batchBytes = 32 << 20

    /// - Parameters:
    ///   - regressors: numeric dimensions, zipped or derived quantities; `nil`: every numeric dimension with several
    ///     positive values that is not a zip, whose positions are no quantity.
    ///   - request: its `against` is not used; groups are told apart by its `by`, or by all dimensions that no
    ///     regressor depends on.
    ///
    /// Throws `ScalingFitsError`.
    package init(_ columns: Columns, regressors: [String]?, request: FitRequest) throws {
        try request.options.validated()
        let names = regressors ?? Self.numeric(columns)
        guard !names.isEmpty else { throw ScalingFitsError.noRegressors(columns.dimensions.map(\.name)) }
        self.columns = columns
        self.regressors = names
        options = request.options
        response = try Response(named: request.response, recorded: columns.statistics)
        guard !response.isExcess else { throw ScalingFitsError.excessOfProduct }
        let dimensions = columns.dimensions
        let depends = Set(try names.flatMap { name in
            try Grouping(dimensions: dimensions, dependent: columns.dependentCoordinates, against: name, by: nil).axis
        })
        let by = request.by ?? dimensions.indices.filter { !depends.contains($0) }.map { dimensions[$0].name }
        if let shared = by.first(where: { name in depends.contains { dimensions[$0].name == name } }) {
            throw ScalingFitsError.groupedByAbscissa(shared, against: "the regressors")
        }
        grouping = try Grouping(
            dimensions: dimensions, dependent: columns.dependentCoordinates, against: names[0], by: by)
    }

    /// The dimensions that tell groups apart.
    package var groupDimensions: [GridDimension] { grouping.by.map { grouping.dimensions[$0] } }

    private static func numeric(_ columns: Columns) -> [String] {
        columns.dimensions.filter { dimension in
            guard dimension.kind == .values else { return false }
            let positive = dimension.values.groupValues.compactMap { value -> Double? in
                if case .number(let number) = value, number > 0 { number } else { nil }
            }
            return Set(positive).count > 1 && positive.count >= dimension.count - 1
        }.map(\.name)
    }

    /// In the groups' order.
    package func outcomes() throws -> [ProductOutcome] {
        let logs = try regressors.map { try RegressorLogs($0, columns) }
        return try (0..<grouping.groupCount).map { try outcome($0, logs) }
    }

    private func outcome(_ group: Int, _ logs: [RegressorLogs]) throws -> ProductOutcome {
        var tally = ProductTally(columns: columns, response: response, regressors: regressors, options: options)
        let members = grouping.members(ofGroup: group).map(\.cell)
        let length = max(1, batchBytes / max(1, columns.trials * MemoryLayout<Double>.size))
        for start in stride(from: 0, to: members.count, by: length) {
            let part = Array(members[start..<min(start + length, members.count)])
            let cells = try CellResponses(part, columns: columns, response: response)
            for cell in part where cells.isIncluded(cell) {
                tally.add(cells.responses(cell), logs: logs.map { $0.log(ofCell: cell) })
            }
        }
        return tally.outcome(grouping.key(ofGroup: group))
    }
}

/// ln of one regressor in every cell.
private struct RegressorLogs {
    private let strides: [(count: Int, stride: Int)]
    private let logs: [Double]

    init(_ name: String, _ columns: some TrialColumns) throws {
        let grouping = try Grouping(
            dimensions: columns.dimensions, dependent: columns.dependentCoordinates, against: name, by: nil)
        let counts = columns.dimensions.map(\.count)
        strides = grouping.axis.map { axis in (counts[axis], counts[(axis + 1)...].reduce(1, *)) }
        logs = grouping.abscissae.map { logarithm($0) }
    }

    func log(ofCell cell: Int) -> Double {
        logs[strides.reduce(0) { $0 * $1.count + cell / $1.stride % $1.count }]
    }
}

/// One group of a product law while its cells are read.
private struct ProductTally {
    private let response: Response
    private let regressors: [String]
    private let options: FitOptions
    private let trials: Int
    private var sums: ProductAccumulator
    private var (diverged, missing) = (0, 0)
    /// Cells without a logarithm: at zero of a regressor, without a finished trial, not positive.
    private var (atZero, empty, notPositive) = (0, 0, 0)
    /// Cells whose trials are so far away that their mean or its error is no number.
    private var runaway = 0

    init(columns: some TrialColumns, response: Response, regressors: [String], options: FitOptions) {
        self.response = response
        self.regressors = regressors
        self.options = options
        trials = columns.trials
        sums = ProductAccumulator(
            regressors: regressors.count, trials: columns.trials, isJoint: columns.sharesRandomNumbers)
    }

    mutating func add(_ responses: ArraySlice<Double>, logs: [Double]) {
        let point = ResponsePoint(x: 1, responses: Array(responses))
        diverged += point.diverged
        missing += point.missing
        guard logs.allSatisfy(\.isFinite) else {
            atZero += 1
            return
        }
        let table = ResponseTable(group: GroupKey([]), points: [point], sharesRandomNumbers: true)
        let data = GroupData(table, window: nil, summary: options.summary)
        guard data.count == 1 else {
            empty += 1
            return
        }
        guard data.means[0] > 0 else {
            notPositive += 1
            return
        }
        guard data.means[0].isFinite, data.standardErrors[0].isFinite else {
            runaway += 1
            return
        }
        sums.add(logs: logs, data: data)
    }

    func outcome(_ key: GroupKey) -> ProductOutcome {
        let label = options.summary.label(response.name)
        guard let solution = sums.solution(trialsPerCell: trials) else {
            return .unfit(UnfitGroup(
                by: key, response: label, against: regressors.joined(separator: ", "), diverged: diverged,
                objection: "\(counted(sums.cells, "cell")) with positive \(label) and positive "
                    + "\(regressors.joined(separator: ", ")) do not determine \(counted(regressors.count, "exponent")); leave out a "
                    + "regressor that does not vary or that follows from the others, or sweep more of it"))
        }
        // Of a product that the grid does not follow the trials' scatter says nothing: no interval.
        let holds = solution.deviation <= ProductLaw.mostDeviation * solution.explained
        let isStatistical = sums.noise > 0 && holds && trials >= Acceptance.fewestTrials
        let student = StudentT(freedom: solution.freedom).quantile(confidence: options.confidence)
        func interval(_ index: Int) -> Interval? {
            let reach = student * solution.variances[index].squareRoot()
            let value = coefficient(index)
            return isStatistical ? Interval(value - reach, value + reach) : nil
        }
        /// An exponent that is rounding is none.
        func coefficient(_ index: Int) -> Double {
            let value = solution.coefficients[index]
            return index > 0 && abs(value) < 1e-12 ? 0 : value
        }
        var law = ProductLaw(
            by: key, response: label,
            regressors: regressors.indices.map { index in
                ProductLaw.Regressor(
                    name: regressors[index], exponent: coefficient(index + 1),
                    standardError: isStatistical ? solution.variances[index + 1].squareRoot() : nil,
                    interval: interval(index + 1))
            },
            prefactor: exponential(solution.coefficients[0]),
            prefactorInterval: interval(0).map { Interval(exponential($0.lower), exponential($0.upper)) },
            confidence: options.confidence, cells: sums.cells, trials: sums.trials, diverged: diverged,
            missing: missing, deviation: solution.deviation, explainedDeviation: solution.explained, warnings: [])
        law.warnings = warnings(law)
        return .law(law)
    }

    private func warnings(_ law: ProductLaw) -> [String] {
        var warnings: [String] = []
        if law.explainedDeviation == 0 {
            warnings.append("no scatter between trials: no interval is statistical")
        }
        if !law.describesTheGrid {
            warnings.append(
                "the grid does not follow one product of powers: cells deviate from it by a factor of "
                    + "\(Figures.significant(exponential(law.deviation), 3)) (root mean square), the trials' scatter explains "
                    + "\(Figures.significant(exponential(law.explainedDeviation), 3)); exponents are averages over this grid, and have no interval")
        }
        if atZero > 0 { warnings.append("\(counted(atZero, "cell")) at zero of a regressor \(atZero == 1 ? "has no logarithm and takes" : "have no logarithm and take") no part") }
        if notPositive > 0 { warnings.append("\(counted(notPositive, "cell")) whose response is not positive \(notPositive == 1 ? "takes" : "take") no part") }
        if runaway > 0 { warnings.append("\(counted(runaway, "cell runs", "cells run")) away beyond the range of numbers and \(runaway == 1 ? "takes" : "take") no part") }
        if trials < Acceptance.fewestTrials, law.explainedDeviation > 0 {
            warnings.append("fewer than \(Acceptance.fewestTrials) trials: no interval")
        }
        if empty > 0 { warnings.append("\(counted(empty, "cell")) without a finished trial \(empty == 1 ? "takes" : "take") no part") }
        if diverged > 0 || missing > 0 {
            warnings.append("trials in no mean: \(diverged) diverged, \(missing) missing")
        }
        return warnings
    }
}
