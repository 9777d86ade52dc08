/// Reads the responses of some groups, every cell once, in runs of neighbouring cells.
struct TableReader<Columns: TrialColumns> {
    let columns: Columns
    let grouping: Grouping
    let response: Response

    /// One table per group of the range, in its order.
    func tables(groups: Range<Int>) throws -> [ResponseTable] {
        let members = groups.map(grouping.members)
        var cells = try Cells(members.flatMap { $0.map(\.cell) }.sorted(), trials: columns.trials)
        for run in cells.runs {
            let recorded = try columns.values(of: response.statistic, cells: run)
            let status = try columns.status(cells: run)
            cells.append(zip(recorded, status).map { response.value($0, status: $1) }, status)
        }
        return zip(groups, members).map { table(grouping.key(ofGroup: $0), $1, cells) }
    }

    private func table(_ key: GroupKey, _ members: [Grouping.Member], _ cells: Cells) -> ResponseTable {
        let included = members.filter { cells.isIncluded($0.cell) }
        let points = response.isExcess
            ? excesses(included, cells)
            : included.map { ResponsePoint(x: $0.x, responses: Array(cells.responses($0.cell))) }
        return ResponseTable(
            group: key, against: grouping.against, response: response.name, points: points,
            sharesRandomNumbers: columns.sharesRandomNumbers, isExcess: response.isExcess)
    }

    /// Response minus that of the same trial at x = 0. A trial that diverged at x = 0 only is missing, not diverged.
    private func excesses(_ members: [Grouping.Member], _ cells: Cells) -> [ResponsePoint] {
        let origins = Dictionary(
            members.filter { $0.x == 0 }.map { ($0.sibling, $0.cell) }, uniquingKeysWith: { first, _ in first })
        return members.filter { $0.x != 0 }.compactMap { member in
            guard let origin = origins[member.sibling] else { return nil }
            let pairs = zip(cells.responses(member.cell), cells.responses(origin))
            return ResponsePoint(x: member.x, responses: pairs.map { own, base in
                base.isFinite ? own - base : (own == .infinity ? own : .nan)
            })
        }
    }
}

/// The responses of some cells, found by the cell's number.
private struct Cells {
    let runs: [Range<Int>]
    private let trials: Int
    /// Ascending; the place of a cell is that of its values.
    private let numbers: [Int]
    private var values: [Double] = []
    private var excluded: [Bool] = []

    init(_ numbers: [Int], trials: Int) throws {
        guard trials > 0 else { throw ScalingFitsError.noTrials }
        self.numbers = numbers
        self.trials = trials
        var runs: [Range<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound == number {
                runs[runs.count - 1] = last.lowerBound..<number + 1
            } else {
                runs.append(number..<number + 1)
            }
        }
        self.runs = runs
    }

    mutating func append(_ responses: [Double], _ status: [UInt8]) {
        values += responses
        for start in stride(from: 0, to: status.count, by: trials) {
            excluded.append(status[start..<start + trials].allSatisfy { $0 == TrialState.excluded })
        }
    }

    private func place(_ cell: Int) -> Int {
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < cell { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func isIncluded(_ cell: Int) -> Bool { !excluded[place(cell)] }

    func responses(_ cell: Int) -> ArraySlice<Double> {
        let start = place(cell) * trials
        return values[start..<start + trials]
    }
}
