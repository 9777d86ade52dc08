import Glibc
import PortableMath
import TrialContract

/// How the data of problems are got at.
public struct DataAccess {
    /// Reads datasets of numbers from an HDF5 file: path, names of the datasets, the most numbers in one. Errors are for
    /// people.
    public typealias NumberReading =
        (_ path: String, _ datasets: [String], _ most: Int) throws -> [(lengths: [Int], values: [Double])]

    /// `nil`: only text is read.
    let numbers: NumberReading?
    /// Files beside which relative paths are looked for, too, after the sweep file.
    let besides: [String]

    public init(numbers: NumberReading? = nil, besides: [String] = []) {
        self.numbers = numbers
        self.besides = besides
    }
}

/// Examples from a file: LIBSVM text (`target index:value …` lines, indices from 1 and ascending, what is left out is 0;
/// `#` begins a comment), or HDF5 with the datasets `X` (examples × features) and `y` (targets).
enum DataFile {
    static let maximumBytes = 256_000_000
    /// Numbers of all examples together, zeros included.
    static let mostNumbers = 50_000_000

    /// Where a name leads: as it is if absolute; else the first that can be read beside one of the files, or from the
    /// working folder; beside the first file if none can.
    static func path(_ name: String, besides files: [String]) -> String {
        guard !name.hasPrefix("/") else { return name }
        let places = files.map { file in file.lastIndex(of: "/").map { String(file[...$0]) + name } ?? name } + [name]
        return places.first { access($0, R_OK) == 0 } ?? places[0]
    }

    /// - Throws: `DataFileError`.
    ///
    /// - Parameter numbers: reads HDF5; `nil` where that is not to be had.
    static func read(_ path: String, numbers: DataAccess.NumberReading?) throws -> (dataset: Dataset, digest: String) {
        let bytes = try bytes(path)
        let digest = PortableMath.sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            guard let numbers else { throw DataFileError("is an HDF5 file, which cannot be read here") }
            let parts: [(lengths: [Int], values: [Double])]
            do { parts = try numbers(path, ["X", "y"], mostNumbers) } catch { throw DataFileError("\(error)") }
            return (try dataset(parts, name: name), digest)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DataFileError("is neither text nor HDF5")
        }
        return (try dataset(text, name: name), digest)
    }

    /// - Parameter parts: `X` and `y`.
    static func dataset(_ parts: [(lengths: [Int], values: [Double])], name: String) throws -> Dataset {
        guard parts.count == 2, parts[0].lengths.count == 2, parts[0].lengths[1] > 0, parts[1].lengths.count == 1,
            parts[0].lengths[0] == parts[1].lengths[0], !parts[1].values.isEmpty
        else {
            let shapes = parts.map { "\($0.lengths)" }.joined(separator: " and ")
            throw DataFileError("needs datasets X (examples × features) and y (examples), not of shapes \(shapes)")
        }
        for (name, part) in zip(["X", "y"], parts) {
            if let bad = part.values.firstIndex(where: { !$0.isFinite }) {
                throw DataFileError("\(name) has a value that is no number, at position \(bad)")
            }
        }
        return Dataset(name: name, columns: parts[0].lengths[1], features: parts[0].values, targets: parts[1].values)
    }

    static func dataset(_ text: String, name: String) throws -> Dataset {
        var targets: [Double] = []
        var examples: [[(column: Int, value: Double)]] = []
        var columns = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let bare = (index == 0 && line.first == "\u{FEFF}" ? line.dropFirst() : line).prefix { $0 != "#" }
            let words = bare.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard let target = number(first) else { throw DataFileError("line \(index + 1): \(first) is not a number") }
            let example = try values(words.dropFirst(), line: index + 1)
            columns = max(columns, example.last?.column ?? 0)
            targets.append(target)
            examples.append(example)
            guard targets.count * columns <= mostNumbers else { throw DataFileError("has more than \(mostNumbers) numbers") }
        }
        guard !targets.isEmpty, columns > 0 else { throw DataFileError("has no examples") }
        var features = [Double](repeating: 0, count: targets.count * columns)
        for (row, example) in examples.enumerated() {
            for (column, value) in example { features[row * columns + column - 1] = value }
        }
        return Dataset(name: name, columns: columns, features: features, targets: targets)
    }

    private static func values(
        _ words: ArraySlice<Substring>, line: Int
    ) throws -> [(column: Int, value: Double)] {
        var example: [(column: Int, value: Double)] = []
        for word in words {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let column = Int(parts[0]), column > example.last?.column ?? 0 else {
                throw DataFileError("line \(line): \(word) is not INDEX:VALUE with ascending indices from 1")
            }
            guard let value = number(parts[1]) else { throw DataFileError("line \(line): \(word) is no finite number") }
            example.append((column, value))
        }
        return example
    }

    /// A finite number; `+1` is one.
    private static func number(_ text: Substring) -> Double? {
        Double(text.hasPrefix("+") ? text.dropFirst() : text).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw DataFileError("cannot be read: \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= maximumBytes else { throw DataFileError("has more than \(maximumBytes) bytes") }
        }
        guard ferror(file) == 0, !bytes.isEmpty else { throw DataFileError("cannot be read or is empty") }
        return bytes
    }
}
