import ScalingFits
import TrialContract

/// Judges claims by a result.
///
/// A claim is about all cells that it selects. Each gives a finding: an interval of what was measured and the interval
/// of what agrees with the claim. All findings pass: pass; one fails: fail; otherwise undecided. Intervals are widened
/// so that all of a claim's together hold the true values with its confidence (Bonferroni).
///
/// A trial without a value (it diverged, or the expression has none) breaks a claim: cells where that is expected are
/// left out by `where`, or `diverged` is measured.
public struct ClaimJudge<Columns: TrialColumns> {
    let columns: Columns
    let reader: SampleReader<Columns>
    private let included: [Bool]
    let threads: Int?

    /// Throws what reading the columns throws.
    public init(_ columns: Columns, threads: Int? = nil) throws {
        self.columns = columns
        self.threads = threads
        reader = SampleReader(columns: columns)
        included = try reader.included()
    }

    public func judge(_ claim: Claim) throws -> ClaimResult {
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
        if claim.baseline != nil {
            let raw = samples
            for cell in cells {
                guard let base = baselineCell(claim, cell), let own = raw[cell], let other = raw[base] else { continue }
                samples[cell] = own.minus(other)
            }
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
    func place(ofCell cell: Int) -> [Int] {
        var rest = cell
        var place: [Int] = []
        for dimension in dimensions.reversed() {
            place.append(rest % dimension.count)
            rest /= dimension.count
        }
        return place.reversed()
    }

    func cell(at place: [Int]) -> Int { zip(place, dimensions).reduce(0) { $0 * $1.1.count + $1.0 } }

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
        guard !paired.isEmpty else { return dimensions[dimension].values.map(String.init(describing:)) }
        return dimensions[dimension].values.indices.map { index in
            paired.map { "\($0.name) \($0.values[index])" }.joined(separator: ", ")
        }
    }

    /// The quantities that a zip pairs; none along other dimensions.
    private func paired(_ dimension: Int) -> [DependentCoordinate] {
        guard dimensions[dimension].isZip else { return [] }
        return dependentCoordinates.filter { $0.dimensions == [dimensions[dimension].name] }
    }
}
