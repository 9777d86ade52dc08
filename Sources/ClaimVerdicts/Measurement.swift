import ScalingFits
import TrialContract

/// What was measured in a cell or group, before it is compared with anything.
struct Measurement {
    /// Stands for all cells of the group where expected values are computed.
    var cell: Int
    /// The cells whose trials it is made of, those compared with among them.
    var cells: [Int] = []
    var setting: GroupKey
    /// Where the extreme was found, along the dimensions over which it was taken; `nil` without an extreme.
    var extremeAt: GroupKey?
    var value = Double.nan
    /// `nil`: the value says nothing.
    var interval: Interval?
    var trials: Int
    /// Trials without a value.
    var valueless = 0
    var missing = 0
    var remarks: [String] = []
    /// Whether more trials shrink the interval.
    var shrinks = true
    var isCondition = false
    /// Whether the interval can contradict a claim and never bear one out.
    var onlyContradicts = false
}

extension ClaimJudge {
    /// The smallest and the largest value that a trial has.
    func everyTrial(_ claim: Claim, _ units: [[Int]], _ samples: [Int: CellSample]) -> [Measurement] {
        units.map { unit in
            let own = unit.compactMap { samples[$0] }
            var measurement = empty(claim, unit, own)
            measurement.shrinks = false
            measurement.isCondition = claim.measure.expression.isCondition
            if let blocks = own.first, blocks.trialsPerValue > 1 {
                measurement.interval = own.count == 1 ? blocks.range : nil
                measurement.value = SampleSummary(blocks.values.filter { !$0.isNaN }).mean
                if measurement.interval == nil {
                    measurement.remarks.append("blocks of trials do not tell the extremes of single trials: run with keep: trials")
                }
                return measurement
            }
            var values = own.first?.values ?? []
            for sample in own.dropFirst() {
                values.removeLast(max(0, values.count - sample.values.count))
                for (trial, value) in sample.values.prefix(values.count).enumerated() {
                    values[trial] = extreme(claim, values[trial], value)
                }
            }
            measurement.extremeAt = extremeSetting(claim, mostOftenExtreme(unit, samples, values))
            let known = values.filter { !$0.isNaN }
            guard let least = known.min(), let most = known.max() else { return measurement }
            measurement.interval = Interval(least, most)
            measurement.value = known.count == 1 || least == most ? least : SampleSummary(known).median
            return measurement
        }
    }

    /// Means with Student's t intervals.
    func means(_ claim: Claim, _ units: [[Int]], _ samples: [Int: CellSample]) -> [Measurement] {
        let count = units.reduce(0) { $0 + $1.count }
        let confidence = 1 - (1 - claim.confidence) / Double(max(1, count))
        return units.map { unit in
            let summaries = unit.compactMap { cell in samples[cell].map { (cell, SampleSummary($0.values)) } }
            let isLargest = claim.extreme?.isLargest ?? true
            let chosen = summaries.max { isLargest ? $0.1.mean < $1.1.mean : $0.1.mean > $1.1.mean }
            var measurement = empty(claim, unit, unit.compactMap { samples[$0] })
            guard let (cell, summary) = chosen else { return measurement }
            measurement.extremeAt = extremeSetting(claim, cell)
            measurement.value = summary.mean
            measurement.interval = summary.interval(confidence: confidence)
            if measurement.interval == nil, measurement.valueless == 0 {
                measurement.remarks.append("one trial has no interval: run two or more, or claim it of every trial")
            }
            return measurement
        }
    }

    private func empty(_ claim: Claim, _ unit: [Int], _ samples: [CellSample]) -> Measurement {
        Measurement(
            cell: unit[0], cells: unit + (claim.baseline == nil ? [] : unit.compactMap { baselineCell(claim, $0) }),
            setting: columns.setting(ofCell: unit[0], leavingOut: claim.extreme?.dimensions ?? []),
            trials: samples.map(\.trials).min() ?? columns.trials, valueless: samples.reduce(0) { $0 + $1.valueless },
            missing: samples.reduce(0) { $0 + $1.missing })
    }

    /// The cell that has the extreme of the most trials; the first of several.
    private func mostOftenExtreme(_ unit: [Int], _ samples: [Int: CellSample], _ extremes: [Double]) -> Int? {
        let counts = unit.map { cell in zip(samples[cell]?.values ?? [], extremes).count { $0 == $1 } }
        guard let most = counts.max(), most > 0 else { return nil }
        return counts.firstIndex(of: most).map { unit[$0] }
    }

    private func extremeSetting(_ claim: Claim, _ cell: Int?) -> GroupKey? {
        guard let cell, let own = claim.extreme?.dimensions else { return nil }
        let key = columns.setting(ofCell: cell, leavingOut: columns.dimensions.indices.filter { !own.contains($0) })
        return key.entries.isEmpty ? nil : key
    }

    /// NaN where one of them is.
    private func extreme(_ claim: Claim, _ a: Double, _ b: Double) -> Double {
        if a.isNaN || b.isNaN { return .nan }
        return claim.extreme?.isLargest ?? true ? max(a, b) : min(a, b)
    }

    /// Parameters of fitted laws, one per group of cells that differ along the abscissa only.
    func laws(
        _ claim: Claim, _ law: ClaimLaw, _ cells: [Int], _ samples: [Int: CellSample]
    ) throws -> [Measurement] {
        let groups = columns.groups(cells, leavingOut: law.abscissa.dimensions)
        let confidence = 1 - (1 - claim.confidence) / Double(max(1, groups.count))
        let options = FitOptions(
            model: law.model, bootstrapResamples: max(2000, min(20_000, Int(20 / (1 - confidence)))),
            confidence: confidence, window: .all)
        let tables = groups.map { table(claim, law, $0, samples) }
        let outcomes = try ScalingFitter(options: options).fit(tables, threads: threads)
        return zip(groups, outcomes).map { group, outcome in
            let own = group.compactMap { samples[$0] }
            var measurement = empty(claim, group, own)
            measurement.setting = columns.setting(ofCell: group[0], leavingOut: law.abscissa.dimensions)
            switch outcome {
            case .unfit(let reason): measurement.remarks.append(reason.reason)
            case .fit(let fit): take(law.parameter, of: fit, into: &measurement)
            }
            return measurement
        }
    }

    private func table(
        _ claim: Claim, _ law: ClaimLaw, _ group: [Int], _ samples: [Int: CellSample]
    ) -> ResponseTable {
        let points = group.map { cell in
            ResponsePoint(x: law.abscissa.bound(to: cell)([]), responses: samples[cell]?.values ?? [], cell: cell)
        }
        return ResponseTable(
            group: columns.setting(ofCell: group[0], leavingOut: law.abscissa.dimensions),
            against: law.abscissa.text, response: law.response.text, points: points,
            sharesRandomNumbers: columns.sharesRandomNumbers, isExcess: claim.baseline != nil)
    }

    /// Of a law that does not describe the points nothing is measured. All its local exponents together can still contradict
    /// a claim, where every one of them lies beyond it. Trials that agree to the bit leave no doubt: the interval is a point.
    private func take(_ parameter: ClaimLaw.Parameter, of fit: ScalingFit, into measurement: inout Measurement) {
        if columns.trials < 2 {
            measurement.remarks.append("one trial says nothing of the scatter: run two or more")
            return
        }
        guard fit.outcome != .noLaw else {
            measurement.remarks += fit.warnings
            if parameter == .exponent { measurement.interval = hull(fit) }
            measurement.onlyContradicts = true
            return
        }
        if fit.outcome == .constant { measurement.remarks += fit.warnings }
        let own = fit.parameters.first { $0.name == parameter.rawValue }
        measurement.value = own?.value ?? .nan
        measurement.interval = own?.interval
        if fit.reducedChiSquared == nil, let value = own?.value { measurement.interval = Interval(value, value) }
        if own != nil, measurement.interval == nil { measurement.remarks += fit.warnings }
        if !fit.foundTerms.isEmpty {
            measurement.remarks.append("the data show \(fit.foundTerms.joined(separator: " and ")) beside the law \(fit.model ?? "")")
            measurement.onlyContradicts = true
        }
    }

    /// What holds every local exponent's interval; `nil` where there are fewer than two, or where one of them has none though its trials
    /// differ: so few trials contradict nothing.
    private func hull(_ fit: ScalingFit) -> Interval? {
        let leavesNoDoubt = fit.notes.contains(.noScatter)
        let known = fit.localExponents.map { $0.interval ?? (leavesNoDoubt ? Interval($0.slope, $0.slope) : nil) }
        let intervals = known.compactMap(\.self)
        guard intervals.count == known.count else { return nil }
        guard intervals.count > 1, let lower = intervals.map(\.lower).min(), let upper = intervals.map(\.upper).max() else {
            return nil
        }
        return Interval(lower, upper)
    }
}
