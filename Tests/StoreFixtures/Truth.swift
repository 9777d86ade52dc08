import ResultStore
import TrialContract

/// All outcomes of a plan, computed once, for comparing many files with.
public struct Truth: Sendable {
    private let plan: FakePlan
    private let status: [UInt8]
    private let steps: [Int64]
    /// By the plan's statistics, in the file's form.
    private let values: [[UInt64]]
    /// By cell, quantity, number and step.
    private let curves: [[[[CurveSummary]]]]

    public init(_ plan: FakePlan) {
        self.plan = plan
        var status: [UInt8] = [], steps: [Int64] = []
        var values = plan.statistics.map { _ in [UInt64]() }
        for cell in 0..<plan.cellCount {
            for trial in 0..<plan.trials {
                let isExcluded = plan.isExcluded(cell), diverges = plan.diverges(cell, trial)
                status.append(isExcluded ? 3 : diverges ? 2 : 1)
                steps.append(isExcluded ? 0 : diverges ? 4 : Int64(plan.fixedSteps))
                for (index, statistic) in plan.statistics.enumerated() {
                    let own = statistic.storage.width(dimension: plan.dimension(ofCell: cell))
                    for column in 0..<statistic.storage.width(dimension: plan.largestDimension) {
                        let isThere = !isExcluded && column < own
                        values[index].append(
                            (isThere ? plan.value(statistic.name, cell, trial, column) : Double.nan).bitPattern)
                    }
                }
            }
        }
        self.status = status
        self.steps = steps
        self.values = values
        curves = (0..<plan.cellCount).map { cell in
            let key = plan.key(cell)
            return (plan.curve?.quantities ?? []).indices.map { quantity in
                let (own, stored) = plan.curveWidth(quantity, cell: cell)
                return (0..<stored).map { number in
                    plan.curveSteps.map { step in
                        CurveSummary(number < own ? (0..<plan.trials).map { plan.curveValue(quantity, key: key, $0, step, number) } : [])
                    }
                }
            }
        }
    }

    /// Trajectories are there where all trials of the cell are, and nowhere else.
    private func compareCurves(_ reader: ResultReader, _ status: [UInt8]) throws -> String? {
        guard let curve = plan.curve else { return nil }
        for cell in 0..<plan.cellCount {
            let isWhole = status[cell * plan.trials..<(cell + 1) * plan.trials].allSatisfy { $0 == 1 || $0 == 2 }
            for (index, quantity) in curve.quantities.enumerated() { for (number, summaries) in curves[cell][index].enumerated() {
                guard reader.curveWidth(of: quantity.name) == curves[cell][index].count else { return "the numbers of \(quantity.name)" }
                let found = try reader.curve(of: quantity.name, at: number, cell: cell)
                guard isWhole else {
                    if found != nil { return "a curve of cell \(cell), which is not whole" }
                    continue
                }
                func bits(_ values: [Double]) -> [UInt64] { values.map { $0.isNaN ? 0 : $0.bitPattern } }
                guard let found, found.counts == summaries.map(\.count),
                    bits(found.means) == bits(summaries.map(\.mean)),
                    bits(found.standardErrors) == bits(summaries.map(\.standardError)),
                    bits(found.medians) == bits(summaries.map(\.median)),
                    found.quantiles.map(bits) == summaries.map({ bits($0.quantiles) })
                else { return "the curve of \(quantity.name) of cell \(cell), number \(number)" }
            } }
        }
        return nil
    }

    /// Which rows a file shows as finished, and the first thing in it that is wrong; what is not finished must read
    /// NaN and 0.
    public func compare(_ reader: ResultReader) throws -> (done: Set<Int>, complaint: String?) {
        let cells = 0..<plan.cellCount
        let found = try reader.status(cells: cells)
        let foundSteps = try reader.stepsTaken(cells: cells)
        let done = Set(found.indices.filter { found[$0] == 1 || found[$0] == 2 })
        for row in found.indices {
            if found[row] != 0 && found[row] != status[row] || found[row] == 0 && status[row] == 3 {
                return (done, "status \(found[row]) in row \(row)")
            }
            if foundSteps[row] != (found[row] == 0 ? 0 : steps[row]) { return (done, "steps in row \(row)") }
        }
        for (index, statistic) in plan.statistics.enumerated() {
            let width = values[index].count / found.count
            let columns = try reader.values(of: statistic.name, cells: cells)
            for (place, value) in columns.enumerated() {
                let state = found[place / width]
                let expected = state == 1 || state == 2 ? Double(bitPattern: values[index][place]) : .nan
                if value.bitPattern != expected.bitPattern && !(value.isNaN && expected.isNaN) {
                    return (done, "\(statistic.name) \(value) for \(expected) in row \(place / width)")
                }
            }
        }
        return (done, try compareCurves(reader, found))
    }
}
