import TrialContract

/// Which trial of which cell rides in which lane.
///
/// Lanes that share noise form a group: one noise vector for all its slots. Where a generator key serves many cells
/// (common random numbers), a group is eight trials and its slots are the cells; where it serves one, or trials are
/// few, lanes of different cells share a slot and each slot is a group of its own. Which of the two is cheaper is
/// decided per key; it changes no value.
struct BlockLayout {
    /// Eight lanes of a slot: cell, trial and row; padding lanes repeat the last one and have row -1.
    struct SlotLanes {
        var cells: [Int]
        var rows: [Int]
    }

    struct Group {
        var identity: PhiloxLanes.Identity
        var slots: [SlotLanes]
    }

    private(set) var groups: [Group] = []

    init(_ request: BlockRequest) {
        var cellsOfKey: [UInt64: [Int]] = [:]
        var keys: [UInt64] = []
        for (index, cell) in request.cells.enumerated() {
            if cellsOfKey[cell.streamKey] == nil { keys.append(cell.streamKey) }
            cellsOfKey[cell.streamKey, default: []].append(index)
        }
        var unshared: [Int] = []
        for key in keys {
            let cells = cellsOfKey[key] ?? []
            if Self.sharingPays(cells: cells.count, trials: request.trials.count) {
                appendShared(cells, request)
            } else {
                unshared += cells
            }
        }
        appendMixed(unshared, request)
    }

    /// Noise costs about six times what a step costs.
    private static func sharingPays(cells: Int, trials: Int) -> Bool {
        func vectors(_ lanes: Int) -> Int { (lanes + laneCount - 1) / laneCount }
        return vectors(trials) * (6 + cells) < vectors(trials * cells) * 7
    }

    private mutating func appendShared(_ cells: [Int], _ request: BlockRequest) {
        let width = request.trials.count
        for start in stride(from: 0, to: width, by: laneCount) {
            let offsets = (0..<laneCount).map { min(start + $0, width - 1) }
            let slots = cells.map { cell in
                SlotLanes(
                    cells: Array(repeating: cell, count: laneCount),
                    rows: (0..<laneCount).map { start + $0 < width ? cell * width + start + $0 : -1 })
            }
            let key = request.cells[cells[0]].streamKey
            groups.append(Group(
                identity: PhiloxLanes.Identity(
                    keys: Words(repeating: key),
                    trials: words { UInt64(request.trials.lowerBound + offsets[$0]) }),
                slots: slots))
        }
    }

    private mutating func appendMixed(_ cells: [Int], _ request: BlockRequest) {
        let width = request.trials.count
        let total = cells.count * width
        for start in stride(from: 0, to: total, by: laneCount) {
            let places = (0..<laneCount).map { min(start + $0, total - 1) }
            let laneCells = places.map { cells[$0 / width] }
            let rows = (0..<laneCount).map { lane in
                start + lane < total ? laneCells[lane] * width + places[lane] % width : -1
            }
            groups.append(Group(
                identity: PhiloxLanes.Identity(
                    keys: words { request.cells[laneCells[$0]].streamKey },
                    trials: words { UInt64(request.trials.lowerBound + places[$0] % width) }),
                slots: [SlotLanes(cells: laneCells, rows: rows)]))
        }
    }
}
