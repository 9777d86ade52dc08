import ScalingFits
import TrialContract
import Wording

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
