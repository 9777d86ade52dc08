import ScalingFits
import TrialContract
import TrialSummaries
import Wording

/// Judges claims by a result.
///
/// A claim is about all cells that it selects. Each gives a finding: an interval of what was measured and the interval
/// of what agrees with the claim. All findings pass: pass; one fails: fail; otherwise undecided. Intervals are widened
/// so that all of a claim's together hold the true values with its confidence (Bonferroni).
///
/// A trial without a value (it diverged, or the expression has none) breaks a claim: cells where that is expected are
/// left out by `where`, or `diverged` is measured.
package struct ClaimJudge<Columns: TrialColumns> {
    let columns: Columns
    let reader: SampleReader<Columns>
    private let included: [Bool]
    let threads: Int?

    /// - Parameter blocks: what is kept of blocks of trials where no trial is.
    /// - Throws: what reading the columns throws.
    package init(_ columns: Columns, blocks: (any StoredBlocks)? = nil, threads: Int? = nil) throws {
        self.columns = columns
        self.threads = threads
        reader = SampleReader(columns: columns, blocks: blocks)
        included = try reader.included()
    }

    package func judge(_ claim: Claim) throws -> ClaimResult {
        var result = ClaimResult(claim, table: labels(claim))
        let selected = selected(claim)
        let cells = selected.filter { expectedOutcome(claim, $0) != .none }
        guard !cells.isEmpty else {
            result.remarks = [selected.isEmpty ? "no cell is selected" : "nothing is expected of the selected cells"]
            return result
        }
        let (samples, remark) = try samples(claim, cells)
        guard remark == nil else {
            result.remarks = [remark].compactMap(\.self)
            return result
        }
        let judged = judged(claim, try measurements(claim, cells, samples))
        result.findings = judged.findings
        result.remarks = judged.remarks
        result.verdict = Verdict.all(result.findings.map(\.verdict))
        return result
    }

    private func measurements(_ claim: Claim, _ cells: [Int], _ samples: [Int: CellSample]) throws -> [Measurement] {
        switch claim.measure {
        case .every: everyTrial(claim, units(claim, cells), samples)
        case .mean: means(claim, units(claim, cells), samples)
        case .law(let law): try laws(claim, law, cells, samples)
        }
    }

    /// The cells a claim speaks of, ascending.
    private func selected(_ claim: Claim) -> [Int] {
        included.indices.filter { cell in
            guard included[cell], baselineCell(claim, cell) != cell else { return false }
            return claim.selection.map { $0.bound(to: cell)([]) != 0 } ?? true
        }
    }

    /// The cell that is subtracted; `nil` without a baseline.
    func baselineCell(_ claim: Claim, _ cell: Int) -> Int? {
        claim.baseline.map { baseline in
            var place = columns.place(ofCell: cell)
            for (dimension, position) in baseline.positions { place[dimension] = position }
            return columns.cell(at: place)
        }
    }

    /// What is measured of each trial, differences already taken; a remark where there is no cell to compare with.
    private func samples(_ claim: Claim, _ cells: [Int]) throws -> ([Int: CellSample], String?) {
        let bases = claim.baseline == nil ? [] : cells.compactMap { baselineCell(claim, $0) }
        if let lost = bases.first(where: { !included[$0] }) {
            let place = columns.setting(ofCell: lost, leavingOut: [])
            return ([:], "the sweep drops the cell to compare with (\(place)): change where")
        }
        let expression = claim.measure.expression
        var samples = try reader.samples(of: expression, cells: Set(cells + bases).sorted())
        if let unknown = (cells + bases).first(where: { samples[$0] == nil }) {
            let place = columns.setting(ofCell: unknown, leavingOut: [])
            return ([:], "blocks of trials do not tell \(expression.text) (\(place)): run the sweep with keep: trials")
        }
        if claim.baseline != nil {
            let raw = samples
            for cell in cells {
                guard let base = baselineCell(claim, cell), let own = raw[cell], let other = raw[base] else { continue }
                samples[cell] = own.minus(other)
            }
        }
        // What is claimed of every trial is claimed of the trials as they are.
        guard !claim.measure.isOfEveryTrial else { return (samples, nil) }
        for cell in cells {
            if let values = samples[cell]?.values { samples[cell]?.values = try columns.controlled(values, cell: cell) }
        }
        return (samples, nil)
    }

    /// Cells over which an extreme is taken belong together; otherwise each is alone.
    private func units(_ claim: Claim, _ cells: [Int]) -> [[Int]] {
        guard let extreme = claim.extreme else { return cells.map { [$0] } }
        return columns.groups(cells, leavingOut: extreme.dimensions)
    }

    private func labels(_ claim: Claim) -> (rows: [String], columns: [String])? {
        guard case .table(let table) = claim.expectation else { return nil }
        return (columns.labels(along: table.rows), columns.labels(along: table.columns))
    }
}

extension TrialColumns {
    /// Positions along all dimensions.
    func place(ofCell cell: Int) -> [Int] { grid.places(of: cell) }

    func cell(at place: [Int]) -> Int { grid.position(of: place) }

    /// Cells that differ along these dimensions only, in the order of their first cells.
    func groups(_ cells: [Int], leavingOut dimensions: [Int]) -> [[Int]] {
        var groups: [[Int]] = []
        var places: [[Int]: Int] = [:]
        for cell in cells {
            var key = place(ofCell: cell)
            for dimension in dimensions { key[dimension] = 0 }
            if let known = places[key] {
                groups[known].append(cell)
            } else {
                places[key] = groups.count
                groups.append([cell])
            }
        }
        return groups
    }

    /// A cell's coordinates along dimensions of several values; along a zip, the values that it pairs.
    func setting(ofCell cell: Int, leavingOut left: [Int]) -> GroupKey {
        let place = place(ofCell: cell)
        let shown = dimensions.indices.filter { dimensions[$0].count > 1 && !left.contains($0) }
        return GroupKey(shown.flatMap { index -> [GroupKey.Entry] in
            let paired = paired(index)
            guard paired.isEmpty else {
                return paired.map { GroupKey.Entry(name: $0.name, value: $0.values[place[index]]) }
            }
            return [GroupKey.Entry(name: dimensions[index].name, value: dimensions[index].values[place[index]])]
        })
    }

    /// What tells the places along a dimension apart: its values; along a zip, the values that it pairs.
    func labels(along dimension: Int) -> [String] {
        let paired = paired(dimension)
        guard !paired.isEmpty else { return dimensions[dimension].values.groupValues.map(String.init(describing:)) }
        return (0..<dimensions[dimension].count).map { index in
            paired.map { "\($0.name) \($0.values[index])" }.joined(separator: ", ")
        }
    }

    /// The quantities that a zip pairs; none along other dimensions.
    private func paired(_ dimension: Int) -> [AuxiliaryCoordinate] {
        guard dimensions[dimension].kind == .positions else { return [] }
        return dependentCoordinates.filter { $0.dimensions == [dimensions[dimension].name] }
    }
}

extension ClaimMeasure {
    fileprivate var isOfEveryTrial: Bool {
        if case .every = self { true } else { false }
    }
}

/// Whether a claim says something of a cell.
enum ExpectedOutcome: Equatable {
    /// A band for all cells.
    case band
    /// One of a table's outcomes, by position.
    case outcome(Int, row: Int, column: Int)
    case none
}

extension ClaimJudge {
    func expectedOutcome(_ claim: Claim, _ cell: Int) -> ExpectedOutcome {
        guard case .table(let table) = claim.expectation else { return .band }
        let place = columns.place(ofCell: cell)
        let (row, column) = (place[table.rows], place[table.columns])
        return table.expected[row][column].map { .outcome($0, row: row, column: column) } ?? .none
    }

    func judged(_ claim: Claim, _ measurements: [Measurement]) -> (findings: [Finding], remarks: [String]) {
        if case .band(let band) = claim.expectation, let constant = band.constant {
            return withConstant(claim, band, constant, measurements)
        }
        return (measurements.map { measurement in
            switch (claim.expectation, expectedOutcome(claim, measurement.cell)) {
            case (.band(let band), _): return finding(measurement, Acceptance(band, cell: measurement.cell))
            case (.table(let table), .outcome(let index, let row, let column)):
                var finding = finding(measurement, Acceptance(table.outcomes[index].band, cell: measurement.cell))
                finding.place = TablePlace(row: row, column: column, outcome: outcome(measurement, table))
                return finding
            case (.table, _): return finding(measurement, Acceptance(ClaimBand(), cell: measurement.cell))
            }
        }, [])
    }

    private func outcome(_ measurement: Measurement, _ table: ClaimTable) -> String? {
        guard let interval = measurement.interval, measurement.valueless == 0 else { return nil }
        return table.outcomes.first {
            Acceptance($0.band, cell: measurement.cell).verdict(interval) == .pass
        }?.name
    }

    func finding(_ measurement: Measurement, _ accepted: Acceptance) -> Finding {
        var finding = Finding(
            setting: measurement.setting, extremeAt: measurement.extremeAt, measured: measurement.value, interval: measurement.interval,
            accepted: accepted.interval, verdict: .undecided, trials: measurement.trials,
            cells: measurement.cells, remarks: measurement.remarks, isOfSingleTrials: !measurement.shrinks,
            isCondition: measurement.isCondition)
        if !accepted.isMeaningful { finding.remarks.append("what is expected has no value here") }
        if measurement.valueless > 0 {
            finding.verdict = .fail
            finding.remarks.append("\(counted(measurement.valueless, "trial")) diverged or \(measurement.valueless == 1 ? "has" : "have") no value")
            return finding
        }
        guard let interval = measurement.interval else { return finding }
        finding.verdict = accepted.verdict(interval)
        if measurement.onlyContradicts {
            if finding.verdict == .pass { finding.verdict = .undecided }
            return finding
        }
        // Of single trials, one that disagrees is enough.
        if !measurement.shrinks, finding.verdict == .undecided, accepted.isMeaningful { finding.verdict = .fail }
        if measurement.missing > 0 {
            finding.remarks.append(counted(measurement.missing, "trial is missing", "trials are missing"))
            if finding.verdict == .pass { finding.verdict = .undecided }
        } else if measurement.shrinks {
            finding.trialsNeeded = accepted.trialsNeeded(measurement.value, interval, trials: measurement.trials)
        }
        return finding
    }

    /// A bound up to a constant: found on some cells, tested on the others.
    private func withConstant(
        _ claim: Claim, _ band: ClaimBand, _ constant: ClaimConstant, _ measurements: [Measurement]
    ) -> (findings: [Finding], remarks: [String]) {
        let isUpper = band.atMost != nil
        func ratio(_ measurement: Measurement) -> Double {
            let end = (band.atMost ?? band.atLeast)?.bound(to: measurement.cell)([]) ?? .nan
            guard let interval = measurement.interval else { return .nan }
            let value = measurement.shrinks ? measurement.value : isUpper ? interval.upper : interval.lower
            return value / end
        }
        let isFound = measurements.map { constant.selection.bound(to: $0.cell)([]) != 0 }
        let found = zip(measurements, isFound).filter(\.1).map { ratio($0.0) }
        let others = zip(measurements, isFound).filter { !$0.1 }.map(\.0)
        guard let factor = isUpper ? found.max() : found.min(), !found.contains(where: \.isNaN), !others.isEmpty
        else {
            return ([], ["the constant needs cells with values to be found on, and others to be tested on"])
        }
        let allowed = isUpper ? factor * constant.allowance : factor / constant.allowance
        // What the constant was found on decides, too.
        let foundOn = zip(measurements, isFound).filter(\.1).flatMap { $0.0.cells }
        let findings = others.map { measurement in
            var finding = finding(measurement, Acceptance(band, cell: measurement.cell, factor: allowed))
            finding.cells += foundOn
            return finding
        }
        let tested = others.map(ratio)
        let needed = (isUpper ? tested.max() : tested.min()) ?? .nan
        let figures = [factor, needed, allowed].map { Figures.significant($0, 4) }
        let remark = "constant \(figures[0]) found on \(counted(found.count, "cell")); the other \(others.count) "
            + "\(others.count == 1 ? "needs" : "need") \(figures[1]), "
            + "allowed is \(figures[2])"
        return (findings, [remark])
    }
}
