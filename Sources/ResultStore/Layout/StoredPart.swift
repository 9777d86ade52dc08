import TrialContract

/// Which rows of the whole sweep a file holds: those of a shard, and what was carried over from its earlier forms.
///
/// They are stored one after the other, box after box, cell after cell, trial after trial. A box is a run of cells with
/// the same run of trials; the cells of two boxes are the same or none of them is.
struct StoredPart: Sendable, Equatable {
    struct Box: Sendable, Equatable {
        let cells: Range<Int>
        let trials: Range<Int>
        /// Where its first row is stored, counted in rows.
        let position: Int

        var rowCount: Int { cells.count * trials.count }
    }

    /// Rows that follow each other both in the sweep and in the file.
    struct Piece: Equatable {
        let row: Int
        let position: Int
        var count: Int
    }

    /// More of them make a file's mappings slow to read; such a file holds the whole sweep instead.
    static let mostBoxes = 1024

    /// What the trials are that the file does not hold.
    enum Rest: Sendable, Equatable {
        /// Other files' trials.
        case missing
        /// Nobody's: the cells are asked for different numbers of trials.
        case notAsked

        var status: UInt8 { self == .missing ? TrialStatus.missing.rawValue : TrialStatus.notAsked.rawValue }
    }

    /// Ascending by cells, then by trials.
    let boxes: [Box]
    var rest = Rest.missing
    /// Trials per cell of the sweep.
    let trials: Int

    /// Rows that are stored.
    var rowCount: Int { boxes.last.map { $0.position + $0.rowCount } ?? 0 }
    /// Whether the cells that are stored are stored with all their trials, as trajectories need it.
    var hasWholeCells: Bool { boxes.allSatisfy { $0.trials == 0..<trials } }

    /// `nil` where the numbers are not those of boxes as described above, or lie outside the sweep.
    ///
    /// - Parameter numbers: of each box the first cell, the number of cells, the first trial and the number of trials.
    init?(numbers: [Int], cellCount: Int, trials: Int) {
        guard !numbers.isEmpty, numbers.count % 4 == 0, numbers.count / 4 <= Self.mostBoxes else { return nil }
        var boxes: [Box] = []
        for first in stride(from: 0, to: numbers.count, by: 4) {
            let (cell, cells, trial, count) = (numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3])
            guard (0..<cellCount).contains(cell), (1...cellCount - cell).contains(cells), (0..<trials).contains(trial),
                (1...trials - trial).contains(count) else { return nil }
            let box = Box(
                cells: cell..<cell + cells, trials: trial..<trial + count,
                position: boxes.last.map { $0.position + $0.rowCount } ?? 0)
            if let last = boxes.last {
                let follows = last.cells == box.cells ? last.trials.upperBound < trial : last.cells.upperBound <= cell
                guard follows else { return nil }
            }
            boxes.append(box)
        }
        (self.boxes, self.trials) = (boxes, trials)
    }

    /// The rows of a shard and of what is carried over; `nil` where that is everything, or in too many boxes.
    ///
    /// - Parameters:
    ///   - keepsCellsWhole: whether cells are stored with all their trials or not at all, as trajectories need it.
    ///   - carried: the trials of a cell that are to be stored besides, possibly none.
    init?(
        shard: ShardPart, cellCount: Int, trials: Int, keepsCellsWhole: Bool = false,
        carried: (_ cell: Int) throws -> Range<Int> = { _ in 0..<0 }
    ) rethrows {
        var numbers: [Int] = []
        var run = (cells: 0..<0, trials: [Range<Int>]())
        func close() {
            for trials in run.trials { numbers += [run.cells.lowerBound, run.cells.count, trials.lowerBound, trials.count] }
        }
        for cell in 0..<cellCount {
            let own = Self.union(shard.trials(cell), try carried(cell))
            if own == run.trials && run.cells.upperBound == cell {
                run.cells = run.cells.lowerBound..<cell + 1
            } else {
                close()
                run = (cell..<cell + 1, own)
                if numbers.count > 4 * Self.mostBoxes { return nil }
            }
        }
        close()
        // A part without any trial stores one that is another's.
        if numbers.isEmpty { numbers = [0, 1, 0, keepsCellsWhole ? trials : 1] }
        guard let part = StoredPart(numbers: numbers, cellCount: cellCount, trials: trials),
            part.rowCount < cellCount * trials else { return nil }
        self = part
        rest = shard.shard == nil ? .notAsked : .missing
    }

    /// Two runs of trials as one where they touch.
    private static func union(_ first: Range<Int>, _ second: Range<Int>) -> [Range<Int>] {
        let parts = [first, second].filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        guard parts.count == 2, parts[1].lowerBound <= parts[0].upperBound else { return parts }
        return [parts[0].lowerBound..<max(parts[0].upperBound, parts[1].upperBound)]
    }

    /// As the file has them.
    var numbers: [Int] {
        boxes.flatMap { [$0.cells.lowerBound, $0.cells.count, $0.trials.lowerBound, $0.trials.count] }
    }

    /// The stored ones among some rows of the sweep.
    func pieces(of rows: Range<Int>) -> [Piece] {
        guard !rows.isEmpty else { return [] }
        let cells = rows.lowerBound / trials..<(rows.upperBound - 1) / trials + 1
        var pieces: [Piece] = []
        var index = firstBox { $0.cells.upperBound > cells.lowerBound }
        while index < boxes.count, boxes[index].cells.lowerBound < cells.upperBound {
            let box = boxes[index]
            let isWhole = box.trials.count == trials
            let stride = isWhole ? box.cells.count : 1
            for cell in Swift.stride(from: isWhole ? box.cells.lowerBound : max(box.cells.lowerBound, cells.lowerBound),
                                     to: min(box.cells.upperBound, cells.upperBound), by: stride) {
                let first = cell * trials + box.trials.lowerBound
                let own = (first..<first + stride * box.trials.count).clamped(to: rows)
                guard !own.isEmpty else { continue }
                let position = box.position + (cell - box.cells.lowerBound) * box.trials.count + own.lowerBound - first
                pieces.append(Piece(row: own.lowerBound, position: position, count: own.count))
            }
            index += 1
        }
        return pieces
    }

    /// The rows of the sweep that are stored at some positions, in their order.
    func rows(at positions: Range<Int>) -> [Range<Int>] {
        var rows: [Range<Int>] = []
        var index = firstBox { $0.position + $0.rowCount > positions.lowerBound }
        while index < boxes.count, boxes[index].position < positions.upperBound {
            let box = boxes[index]
            let own = positions.clamped(to: box.position..<box.position + box.rowCount)
            var position = own.lowerBound
            while position < own.upperBound {
                let (cell, trial) = (position - box.position).quotientAndRemainder(dividingBy: box.trials.count)
                let first = (box.cells.lowerBound + cell) * trials + box.trials.lowerBound + trial
                let count = min(box.trials.count - trial, own.upperBound - position)
                if let last = rows.last, last.upperBound == first {
                    rows[rows.count - 1] = last.lowerBound..<first + count
                } else {
                    rows.append(first..<first + count)
                }
                position += count
            }
            index += 1
        }
        return rows
    }

    private func firstBox(where isReached: (Box) -> Bool) -> Int {
        var (low, high) = (0, boxes.count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(boxes[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether all trials of a shard are stored.
    func covers(_ shard: ShardPart, cellCount: Int) -> Bool {
        (0..<cellCount).allSatisfy { cell in
            let own = shard.trials(cell)
            return own.isEmpty || pieces(of: cell * trials + own.lowerBound..<cell * trials + own.upperBound)
                .reduce(0) { $0 + $1.count } == own.count
        }
    }
}

extension [StoredPart.Piece] {
    /// Those that are neighbours in the file, together: small pieces are read at once.
    func forEachGroup(_ body: (_ positions: Range<Int>, _ pieces: ArraySlice<StoredPart.Piece>) throws -> Void) rethrows {
        var first = startIndex
        while first < endIndex {
            var end = first + 1
            while end < endIndex, self[end].position == self[end - 1].position + self[end - 1].count { end += 1 }
            try body(self[first].position..<self[end - 1].position + self[end - 1].count, self[first..<end])
            first = end
        }
    }

    /// Copies stored bytes, of the rows from position `first` on, to where the rows of some pieces lie in `bytes`, whose
    /// first row is `firstRow`.
    static func scatter(
        _ stored: [UInt8], at first: Int, of pieces: ArraySlice<StoredPart.Piece>, rowBytes size: Int, firstRow: Int,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        stored.withUnsafeBytes { stored in
            for piece in pieces {
                let from = (piece.position - first) * size, to = (piece.row - firstRow) * size, count = piece.count * size
                UnsafeMutableRawBufferPointer(rebasing: bytes[to..<to + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: stored[from..<from + count]))
            }
        }
    }
}

/// How rows and cells of the sweep lie in the file.
extension ResultLayout {
    /// Rows that are stored.
    var storedRowCount: Int { part?.rowCount ?? rowCount }
    /// Rows that are not stored and that somebody is to compute.
    var missingElsewhere: Int { part?.rest == .missing ? rowCount - storedRowCount : 0 }
    /// How rows of a variable read that are not stored.
    func notStored(_ variable: TrialVariable, _ rows: Int) -> [UInt8] {
        guard let part, variable == .status, part.rest != .missing else { return variable.notComputed(rows) }
        return [UInt8](repeating: part.rest.status, count: rows)
    }
    /// Cells whose trajectories are stored.
    var storedCellCount: Int { part.map { $0.rowCount / trials } ?? cellCount }

    /// The stored ones among some rows.
    func pieces(of rows: Range<Int>) -> [StoredPart.Piece] {
        part?.pieces(of: rows) ?? [StoredPart.Piece(row: rows.lowerBound, position: rows.lowerBound, count: rows.count)]
    }

    /// The rows at some positions of the file.
    func rows(at positions: Range<Int>) -> [Range<Int>] { part?.rows(at: positions) ?? [positions] }

    /// Where the trajectories of a cell are stored, counted in cells; `nil` where they are not.
    func storedCell(_ cell: Int) -> Int? {
        guard part != nil else { return cell }
        return pieces(of: cell * trials..<(cell + 1) * trials).first.map { $0.position / trials }
    }

    /// Where the dataset lies that holds the numbers of a variable.
    func storedPath(_ name: String) -> String { part == nil ? name : "\(Self.partName)/\(name)" }

    /// The lengths of that dataset.
    func storedLengths(of variable: TrialVariable) -> [Int] {
        guard part != nil else { return lengths(of: variable) }
        return [storedRowCount] + (variable.innerDimension.map { _ in [variable.width] } ?? [])
    }

    func storedLengths(of variable: CurveVariable) -> [Int] {
        (part == nil ? dimensions.map(\.count) : [storedCellCount]) + variable.ownLengths
    }
}
