import TrialContract
import Wording

/// Examples as LIBSVM writes them: `target index:value …` lines, ascending indices from 1 (or from 0), what is left out
/// is 0; `#` begins a comment. Blanks may stand behind a colon. Read byte by byte: a text of hundreds of megabytes takes
/// no more memory than its numbers.
package struct LIBSVMText {
    /// The longest number: what is longer is damage.
    private static let longestNumber = 1000

    private let bytes: [UInt8]
    /// 1, or 0 where the indices begin at 0.
    private let firstIndex: Int
    private var place = 0
    private var line = 1

    private var targets: [Double] = []
    /// Positions in `values` where the examples end.
    private var ends: [Int] = []
    private var places: [Int32] = []
    private var values: [Double] = []
    private var columns = 0

    /// - Throws: `DataFileError` with the line.
    package static func dataset(_ bytes: [UInt8], name: String, firstIndex: Int = 1) throws -> Dataset {
        var text = LIBSVMText(bytes: bytes, firstIndex: firstIndex)
        return try text.dataset(name: name)
    }

    private init(bytes: [UInt8], firstIndex: Int) {
        self.bytes = bytes
        self.firstIndex = firstIndex
        // A byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    private mutating func dataset(name: String) throws -> Dataset {
        while place < bytes.count { try readLine() }
        guard !targets.isEmpty, columns > 0 else { throw DataFileError("has no examples") }
        try checkSize()
        var features = [Double](repeating: 0, count: targets.count * columns)
        var next = 0
        for (row, end) in ends.enumerated() {
            while next < end {
                features[row * columns + Int(places[next])] = values[next]
                next += 1
            }
        }
        return Dataset(name: name, columns: columns, features: features, targets: targets)
    }

    /// All numbers together, zeros included, within the limits, so that nothing larger is ever asked for.
    private func checkSize() throws {
        let (count, overflow) = max(1, targets.count).multipliedReportingOverflow(by: max(1, columns))
        guard !overflow, count <= DataFile.mostNumbers else {
            throw DataFileError(
                "has \(counted(targets.count, "example")) of \(counted(columns, "number")) up to line \(line), zeros included: more than the "
                    + "\(DataFile.mostNumbers) numbers that are read")
        }
    }

    private mutating func readLine() throws {
        defer { endLine() }
        skipBlanks()
        guard !isAtEnd else { return }
        let word = word()
        guard let target = try number(word) else { throw failure("\(Self.shown(word)) is not a number") }
        targets.append(target)
        var last = firstIndex - 1
        while true {
            skipBlanks()
            guard !isAtEnd else { break }
            last = try readEntry(after: last)
        }
        ends.append(values.count)
        try checkSize()
    }

    /// One `index:value`; returns the index.
    private mutating func readEntry(after last: Int) throws -> Int {
        let start = place
        let digits = self.digits()
        guard !digits.isEmpty, place < bytes.count, bytes[place] == UInt8(ascii: ":") else {
            place = start
            throw failure("\(Self.shown(word())) is not INDEX:VALUE")
        }
        place += 1
        skipBlanks()
        let word = word()
        // Beyond any limit where it is no Int.
        let index = Int(String(decoding: digits, as: UTF8.self)) ?? .max
        if index < firstIndex {
            throw failure(
                "index 0, but indices begin at 1; write zero_based: true beside data if they begin at 0 here, as scikit-learn "
                    + "exports them")
        }
        guard index > last else {
            throw failure("index \(index) after \(last): indices must ascend")
        }
        guard index - firstIndex < DataFile.mostColumns else {
            throw failure(
                "index \(Self.shown(digits)): more than \(DataFile.mostColumns) columns, whose curvature would not fit into "
                    + "memory")
        }
        guard let value = try number(word) else {
            throw failure("\(index):\(Self.shown(word)) is no finite number")
        }
        places.append(Int32(index - firstIndex))
        values.append(value)
        columns = max(columns, index - firstIndex + 1)
        return index
    }

    // MARK: Bytes

    private var isAtEnd: Bool {
        guard place < bytes.count else { return true }
        return bytes[place] == UInt8(ascii: "#") || Self.isNewline(bytes[place])
    }

    private mutating func skipBlanks() {
        while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
    }

    /// Passes over a comment and the end of the line: \n, \r\n or \r.
    private mutating func endLine() {
        while place < bytes.count, !Self.isNewline(bytes[place]) { place += 1 }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\r") { place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
        } else if place < bytes.count {
            place += 1
        }
        line += 1
    }

    private mutating func word() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, !isAtEnd, !Self.isBlank(bytes[place]) { place += 1 }
        return bytes[start..<place]
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, Self.isDigit(bytes[place]) { place += 1 }
        return bytes[start..<place]
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == 0x0B || byte == 0x0C
    }

    private static func isNewline(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// A decimal number, as `1`, `+.50`, `5.` or `-1e-3`; `nil` for anything else, infinities included.
    ///
    /// - Throws: where it is not 0 but too small for double precision.
    private func number(_ word: ArraySlice<UInt8>) throws -> Double? {
        guard word.count <= Self.longestNumber else { return nil }
        var rest = word
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
        let body = rest
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: Self.isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let e = rest.first, e == UInt8(ascii: "e") || e == UInt8(ascii: "E") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            let exponent = rest.prefix(while: Self.isDigit)
            guard !exponent.isEmpty else { return nil }
            rest = rest.dropFirst(exponent.count)
        }
        guard rest.isEmpty else { return nil }
        // In the form that every parser reads: a digit on both sides of the point.
        var text = String(decoding: whole.isEmpty ? [UInt8(ascii: "0")] : Array(whole), as: UTF8.self)
        if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
        if let e = body.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            text += String(decoding: body[e...], as: UTF8.self)
        }
        guard let magnitude = Double(text), magnitude.isFinite else { return nil }
        if magnitude == 0, (whole + fraction).contains(where: { $0 != UInt8(ascii: "0") }) {
            throw failure("\(Self.shown(word)) is too small for double precision")
        }
        return word.first == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    private func failure(_ text: String) -> DataFileError { DataFileError("line \(line): \(text)") }

    /// For messages: at most some 40 bytes; what is not ASCII or cannot be seen is shown as its number.
    private static func shown(_ word: ArraySlice<UInt8>) -> String {
        let text = word.prefix(40).map { byte in
            byte > 0x20 && byte < 0x7F
                ? String(UnicodeScalar(byte)) : "\\x" + String(UInt16(byte) + 0x100, radix: 16).suffix(2)
        }.joined()
        return word.count > 40 ? text + "…" : text
    }
}
