import Glibc
import PortableMath
import ResultStore
import SweepPlanning

/// Minima of problems over data that took long to find, kept for plans, runs and checks to come where no result holds them: text files in
/// the user's cache folder, which may be removed at any time.
///
/// What is read is checked as far as it can be: the file's own SHA-256, then by the planner the gradient and f, which must have the
/// bits that were noted. Files appear whole, so that any number of programs may read and write at once. Nothing here is ever an
/// error: without a cache the minimum is found again.
enum MinimumCache {
    /// The folder in the place of the user's cache folder; empty: nothing is kept.
    private static let variable = "SAMSWEEP_CACHE"
    private static let mark = "samsweep minimum 1"
    /// The most files that are read or left there: of 10,000 numbers each takes 170 kB.
    private static let mostFiles = 64
    private static let mostBytes = 1 << 20

    /// Where minima are kept; `nil`: nowhere.
    static var folder: String? {
        let environment = { (name: String) in getenv(name).map { String(cString: $0) } }
        if let given = environment(variable) { return given.isEmpty ? nil : given }
        if let given = environment("XDG_CACHE_HOME"), given.hasPrefix("/") { return "\(given)/samsweep" }
        return environment("HOME").flatMap { $0.hasPrefix("/") ? "\($0)/.cache/samsweep" : nil }
    }

    /// All that are kept, the last written first.
    static func all() -> [KnownMinimum] {
        guard let folder else { return [] }
        return files(folder).prefix(mostFiles).compactMap { file in
            (try? TextFile.read(file, kind: kind, most: mostBytes)).flatMap(minimum)
        }
    }

    static func keep(_ found: KnownMinimum) {
        guard let folder else { return }
        let text = text(of: found), name = "minimum-\(hexadecimal(PortableMath.sha256(Array(text.utf8))).prefix(32)).txt"
        try? TextFile.write(text, to: "\(folder)/\(name)", kind: kind, mark: mark) { $0.hasPrefix(mark) }
        for file in files(folder).dropFirst(mostFiles) { unlink(file) }
    }

    private static let kind = "minimum that samsweep keeps"

    private static func files(_ folder: String) -> [String] {
        KnownMinima.files(inFolder: folder) { $0.hasPrefix("minimum-") && $0.hasSuffix(".txt") }
    }

    /// Lines of a name and its words; numbers as the bits of doubles, so that they come back as they are.
    private static func text(of known: KnownMinimum) -> String {
        let minimum = known.minimum
        let bits = { (numbers: [Double]) in numbers.map { String($0.bitPattern, radix: 16) }.joined(separator: " ") }
        let body = """
            \(mark)
            data \(known.digest)
            numbers \(bits([minimum.value, minimum.relativeGradientNorm, minimum.smoothness, minimum.strongConvexity]))
            minimiser \(bits(minimum.minimiser))

            """
        return body + "sha256 \(hexadecimal(PortableMath.sha256(Array(body.utf8))))\n"
    }

    /// `nil` where the text is none of these, or was changed.
    private static func minimum(_ text: String) -> KnownMinimum? {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard lines.count == 5, lines[1].count == 2, lines[1][0] == "data" else { return nil }
        func doubles(_ line: Int) -> [Double] { lines[line].dropFirst().compactMap { UInt64($0, radix: 16) }.map(Double.init(bitPattern:)) }
        let numbers = doubles(2)
        guard numbers.count == 4 else { return nil }
        let known = KnownMinimum(
            digest: String(lines[1][1]),
            minimum: LinearModelMinimum(
                minimiser: doubles(3), value: numbers[0], relativeGradientNorm: numbers[1], smoothness: numbers[2],
                strongConvexity: numbers[3]),
            place: .cache)
        // Whatever was changed, the text would not be this one, and its sum neither.
        return Self.text(of: known) == text ? known : nil
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
