import TrialContract

/// Cuts a block whose trials stand at different steps into blocks whose trials stand at the same one.
struct BlockPartition {
    struct Part {
        let request: BlockRequest
        let origin: BlockOrigin
        /// Row of the whole block for each row of the part.
        let rows: [Int]
    }

    private(set) var parts: [Part] = []

    private struct Stretch: Hashable {
        let step: Int
        let trials: Range<Int>
    }

    init(_ request: BlockRequest, states: [TrialState?]) {
        var cellsOfStretch: [Stretch: [Int]] = [:]
        var order: [Stretch] = []
        for cell in request.cells.indices {
            for stretch in Self.stretches(request, states, cell: cell) {
                if cellsOfStretch[stretch] == nil { order.append(stretch) }
                cellsOfStretch[stretch, default: []].append(cell)
            }
        }
        for stretch in order {
            append(stretch, cells: cellsOfStretch[stretch] ?? [], request, states)
        }
    }

    /// A cell's runs of neighbouring trials that stand at the same step.
    private static func stretches(_ request: BlockRequest, _ states: [TrialState?], cell: Int) -> [Stretch] {
        let width = request.trials.count
        func step(_ offset: Int) -> Int { states[cell * width + offset]?.step ?? 0 }
        var stretches: [Stretch] = []
        var start = 0
        for offset in 1...width where offset == width || step(offset) != step(start) {
            let first = request.trials.lowerBound + start
            stretches.append(Stretch(step: step(start), trials: first..<request.trials.lowerBound + offset))
            start = offset
        }
        return stretches
    }

    private mutating func append(
        _ stretch: Stretch, cells: [Int], _ request: BlockRequest, _ states: [TrialState?]
    ) {
        let rows = cells.flatMap { cell in
            stretch.trials.map { cell * request.trials.count + $0 - request.trials.lowerBound }
        }
        parts.append(Part(
            request: BlockRequest(
                trialClass: request.trialClass, cells: cells.map { request.cells[$0] }, trials: stretch.trials),
            origin: BlockOrigin(step: stretch.step, states: stretch.step == 0 ? [] : rows.map { states[$0] }),
            rows: rows))
    }
}

extension BlockPartition {
    /// The progress of the whole block from that of its parts, in their order.
    static func assemble(_ progress: [BlockProgress], _ partition: BlockPartition, empty: OutcomeColumns) -> BlockProgress {
        var columns = empty
        var states = [TrialState?](repeating: nil, count: empty.status.count)
        for (part, own) in zip(partition.parts, progress) {
            for (from, to) in part.rows.enumerated() {
                states[to] = own.states[from]
                columns.status[to] = own.columns.status[from]
                columns.stepsTaken[to] = own.columns.stepsTaken[from]
            }
            copy(own.columns.values, part.rows, into: &columns.values)
            copy(own.columns.curves, part.rows, into: &columns.curves)
        }
        return BlockProgress(columns: columns, states: states)
    }

    /// Row by row; a column has the same number of values for every row.
    private static func copy(_ source: [[Double]], _ rows: [Int], into target: inout [[Double]]) {
        for column in source.indices {
            let width = source[column].count / rows.count
            for (from, to) in rows.enumerated() {
                for k in 0..<width { target[column][to * width + k] = source[column][from * width + k] }
            }
        }
    }
}
