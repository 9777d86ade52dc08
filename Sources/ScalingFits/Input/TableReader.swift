import TrialContract

/// Reads the responses of some groups, every cell once, in runs of neighbouring cells.
struct TableReader<Columns: TrialColumns> {
    let columns: Columns
    let grouping: Grouping
    let response: Response

    /// One table per group of the range, in its order.
    func tables(groups: Range<Int>) throws -> [ResponseTable] {
        let members = groups.map(grouping.members)
        let numbers = members.flatMap { $0.map(\.cell) }.sorted()
        let cells = try CellResponses(numbers, columns: columns, response: response)
        return zip(groups, members).map { table(grouping.key(ofGroup: $0), $1, cells) }
    }

    private func table(_ key: GroupKey, _ members: [Grouping.Member], _ cells: CellResponses) -> ResponseTable {
        let included = members.filter { cells.isIncluded($0.cell) }
        let points = response.isExcess
            ? excesses(included, cells)
            : included.map { ResponsePoint(x: $0.x, responses: Array(cells.responses($0.cell)), cell: $0.cell) }
        return ResponseTable(
            group: key, against: grouping.against, response: response.name, points: points,
            sharesRandomNumbers: columns.sharesRandomNumbers, isExcess: response.isExcess)
    }

    /// Response minus that of the same trial at x = 0. A trial that diverged at x = 0 only is missing, not diverged.
    private func excesses(_ members: [Grouping.Member], _ cells: CellResponses) -> [ResponsePoint] {
        let origins = Dictionary(
            members.filter { $0.x == 0 }.map { ($0.sibling, $0.cell) }, uniquingKeysWith: { first, _ in first })
        return members.filter { $0.x != 0 }.compactMap { member in
            guard let origin = origins[member.sibling] else { return nil }
            let pairs = zip(cells.responses(member.cell), cells.responses(origin))
            return ResponsePoint(x: member.x, responses: pairs.map { own, base in
                base.isFinite ? own - base : (own == .infinity ? own : .nan)
            }, cell: member.cell)
        }
    }
}

/// The responses of some cells, found by the cell's number.
struct CellResponses {
    private let trials: Int
    /// Ascending; the place of a cell is that of its values.
    private let numbers: [Int]
    private var values: [Double] = []
    private var excluded: [Bool] = []
    /// Trials that each was asked for.
    private var lengths: [Int] = []

    /// Reads neighbouring cells together.
    ///
    /// - Parameter numbers: ascending, each once.
    init(_ numbers: [Int], columns: some TrialColumns, response: Response) throws {
        guard columns.trials > 0 else { throw ScalingFitsError.noTrials }
        self.numbers = numbers
        trials = columns.trials
        values.reserveCapacity(numbers.count * trials)
        var start = 0
        for end in 1...max(1, numbers.count) where end >= numbers.count || numbers[end] != numbers[end - 1] + 1 {
            guard start < numbers.count else { break }
            let run = numbers[start]..<numbers[end - 1] + 1
            let recorded = try columns.values(of: response.statistic, cells: run)
            append(recorded, try columns.status(cells: run), response)
            start = end
        }
    }

    private mutating func append(_ recorded: [Double], _ status: [UInt8], _ response: Response) {
        for index in recorded.indices { values.append(response.value(recorded[index], status: status[index])) }
        for start in stride(from: 0, to: status.count, by: trials) {
            let own = status[start..<start + trials]
            let length = (own.lastIndex { $0 != TrialStatus.notAsked.rawValue } ?? start - 1) + 1 - start
            lengths.append(length)
            excluded.append(own.prefix(length).allSatisfy { $0 == TrialStatus.excluded.rawValue })
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

    /// In trial order, as many as the cell was asked for.
    func responses(_ cell: Int) -> ArraySlice<Double> {
        let place = place(cell), start = place * trials
        return values[start..<start + lengths[place]]
    }
}
