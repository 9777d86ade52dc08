import TrialContract

/// The outcome of a trial that waits for the other trials of its cell; kept between runs.
struct GatheredTrial: Sendable, Equatable {
    let columns: OutcomeColumns

    init(_ columns: OutcomeColumns, row: Int) {
        func part(_ column: [Double]) -> [Double] {
            let width = column.count / columns.status.count
            return Array(column[row * width..<(row + 1) * width])
        }
        self.columns = OutcomeColumns(
            status: [columns.status[row]], stepsTaken: [columns.stepsTaken[row]], values: columns.values.map(part),
            curves: columns.curves.map(part))
    }

    /// Words of eight bytes, little-endian: state, steps taken, and for statistics and curves each the number of columns
    /// and for each column its length and values.
    var bytes: [UInt8] {
        var words = [UInt64(columns.status[0]), UInt64(bitPattern: columns.stepsTaken[0])]
        for group in [columns.values, columns.curves] {
            words.append(UInt64(group.count))
            for column in group {
                words.append(UInt64(column.count))
                words += column.map(\.bitPattern)
            }
        }
        return words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    /// `nil` where the bytes are no outcome.
    init?(_ bytes: [UInt8]) {
        var words = Words(bytes)
        guard let status = words.next(), (1...2).contains(status), let steps = words.next(),
            let values = words.group(), let curves = words.group(), words.isAtEnd
        else { return nil }
        columns = OutcomeColumns(
            status: [UInt8(status)], stepsTaken: [Int64(bitPattern: steps)], values: values, curves: curves)
    }

    /// Reads words of eight bytes.
    private struct Words {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func next() -> UInt64? {
            guard position + 8 <= bytes.count else { return nil }
            defer { position += 8 }
            return (0..<8).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
        }

        mutating func group() -> [[Double]]? {
            guard let count = next(), count <= bytes.count else { return nil }
            var columns: [[Double]] = []
            for _ in 0..<count {
                guard let length = next(), length <= bytes.count else { return nil }
                var column: [Double] = []
                for _ in 0..<length {
                    guard let word = next() else { return nil }
                    column.append(Double(bitPattern: word))
                }
                columns.append(column)
            }
            return columns
        }
    }
}
