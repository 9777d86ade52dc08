import TrialContract
import Wording

/// A vector or matrix of numbers from a file: CSV (separated by commas, semicolons, tabs or blanks; a first line that is no
/// numbers is a header), NumPy's `.npy`, a dataset of an HDF5 file, or `X` or `y` of LIBSVM text.
struct TableFile {
    /// `nil`: a vector.
    var rows: Int?
    var columns: Int
    /// Row by row.
    var values: [Double]
    /// SHA-256 of the file, in hexadecimal.
    var digest: String

    /// - Parameter part: the dataset of an HDF5 file, or `X` or `y` of LIBSVM text.
    /// - Throws: `DataFileError`.
    static func read(_ path: String, part: String?, numbers: DataAccess.NumberReading?) throws -> TableFile {
        let (bytes, digest) = try DataFile.bytesAndDigest(path)
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            guard let numbers else { throw DataFileError("is an HDF5 file, which cannot be read here") }
            guard let part else { throw DataFileError("is an HDF5 file: say which dataset of it, as dataset: X") }
            let found: [(lengths: [Int], values: [Double])]
            do { found = try numbers(bytes, path, [part], DataFile.mostNumbers) } catch { throw DataFileError("\(error)") }
            return try table(found[0].lengths, found[0].values, digest)
        }
        if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) { return try array(bytes, digest) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DataFileError("is neither text nor NumPy's .npy nor HDF5")
        }
        if let part {
            let dataset = try DataFile.dataset(text, name: path)
            switch part {
            case "X": return TableFile(rows: dataset.rows, columns: dataset.columns, values: dataset.features, digest: digest)
            case "y": return TableFile(rows: nil, columns: dataset.rows, values: dataset.targets, digest: digest)
            default: throw DataFileError("is LIBSVM text, which has X and y, and no \(part)")
            }
        }
        return try separated(text, digest)
    }

    private static func table(_ lengths: [Int], _ values: [Double], _ digest: String) throws -> TableFile {
        switch lengths.count {
        case 1 where !values.isEmpty: return TableFile(rows: nil, columns: lengths[0], values: values, digest: digest)
        case 2 where !values.isEmpty: return TableFile(rows: lengths[0], columns: lengths[1], values: values, digest: digest)
        default: throw DataFileError("has an array of shape \(lengths), not a vector or a matrix")
        }
    }

    static func separated(_ text: String, _ digest: String) throws -> TableFile {
        var values: [Double] = []
        var columns = 0, rows = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let bare = (index == 0 && line.first == "\u{FEFF}" ? line.dropFirst() : line).prefix { $0 != "#" }
            let separator: (Character) -> Bool =
                bare.contains(",") ? { $0 == "," } : bare.contains(";") ? { $0 == ";" } : { $0.isWhitespace }
            let isBlankSeparated = !bare.contains(",") && !bare.contains(";")
            let words = bare.split(omittingEmptySubsequences: isBlankSeparated, whereSeparator: separator)
                .map { $0.drop(while: \.isWhitespace) }.map { $0.prefix { !$0.isWhitespace } }
            guard !words.allSatisfy(\.isEmpty) else { continue }
            let numbers = words.map { Double($0.hasPrefix("+") ? $0.dropFirst() : $0) }
            if rows == 0, numbers.contains(where: { $0 == nil }), columns == 0 {
                // A header tells the number of columns.
                columns = words.count
                continue
            }
            guard let bad = numbers.firstIndex(where: { $0.map { !$0.isFinite } ?? true }) else {
                if columns == 0 { columns = numbers.count }
                guard numbers.count == columns else {
                    throw DataFileError("line \(index + 1) has \(counted(numbers.count, "number")), and those before have \(columns)")
                }
                values += numbers.compactMap(\.self)
                rows += 1
                guard values.count <= DataFile.mostNumbers else {
                    throw DataFileError("has more than \(DataFile.mostNumbers) numbers")
                }
                continue
            }
            throw DataFileError("line \(index + 1): \"\(words[bad])\" is no finite number")
        }
        guard rows > 0 else { throw DataFileError("has no numbers") }
        return columns == 1
            ? TableFile(rows: nil, columns: rows, values: values, digest: digest)
            : TableFile(rows: rows, columns: columns, values: values, digest: digest)
    }

    /// NumPy's format, versions 1 to 3: a header that is a Python dictionary, then the numbers.
    static func array(_ bytes: [UInt8], _ digest: String) throws -> TableFile {
        guard bytes.count > 12 else { throw DataFileError("is a damaged .npy file") }
        let isShort = bytes[6] == 1
        let length = isShort ? Int(bytes[8]) | Int(bytes[9]) << 8
            : (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = (isShort ? 10 : 12) + length
        guard start <= bytes.count, let header = String(validating: bytes[(isShort ? 10 : 12)..<start], as: UTF8.self),
            let kind = header.firstMatch(of: /'descr': *'([<|]?)([fiub])([1248])'/),
            let order = header.firstMatch(of: /'fortran_order': *(True|False)/),
            let shape = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)
        else { throw DataFileError("is a .npy file of a type that is not read: numbers of 1 to 8 bytes, low byte first") }
        let lengths = shape.1.split(whereSeparator: { $0 == "," || $0 == " " }).compactMap { Int($0) }
        guard (1...2).contains(lengths.count) else { throw DataFileError("has an array of shape (\(shape.1)), not a vector or a matrix") }
        let width = Int(kind.3) ?? 8
        let count = lengths.reduce(1.0) { $0 * Double($1) }
        guard count <= Double(DataFile.mostNumbers), bytes.count - start == Int(count) * width else {
            throw DataFileError("is a damaged .npy file: \(counted(bytes.count - start, "byte")) for \(brief(count)) numbers")
        }
        let numbers = try (0..<Int(count)).map { place -> Double in
            let word = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[start + place * width + $1]) << UInt64(8 * $1) }
            switch (kind.2, width) {
            case ("f", 8): return Double(bitPattern: word)
            case ("f", 4): return Double(Float(bitPattern: UInt32(word)))
            case ("i", _): return Double(Int64(bitPattern: word << UInt64(64 - 8 * width)) >> Int64(64 - 8 * width))
            case ("u", _), ("b", _): return Double(word)
            default: throw DataFileError("is a .npy file of half-precision numbers, which are not read")
            }
        }
        guard order.1 == "True", lengths.count == 2 else { return try table(lengths, numbers, digest) }
        let (rows, columns) = (lengths[0], lengths[1])
        let turned = (0..<rows).flatMap { r in (0..<columns).map { numbers[$0 * rows + r] } }
        return try table(lengths, turned, digest)
    }
}
