import ResultStore
import TrialContract

/// All outcomes of a plan, computed once, for comparing many files with.
public struct Truth {
    private let plan: FakePlan
    private let status: [UInt8]
    private let steps: [Int64]
    /// By the plan's statistics, in the file's form.
    private let values: [[UInt64]]

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
                    let width = statistic.storage == .float64PerCoordinate ? plan.largestDimension : 1
                    for column in 0..<width {
                        let isThere = !isExcluded && (width == 1 || column < plan.dimension(ofCell: cell))
                        values[index].append(
                            (isThere ? plan.value(statistic.name, cell, trial, column) : Double.nan).bitPattern)
                    }
                }
            }
        }
        self.status = status
        self.steps = steps
        self.values = values
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
        return (done, nil)
    }
}
