import Glibc
import Wording

/// Numbers as people and machines want to read them.
enum NumberText {
    /// 1234567 as `1,234,567`.
    static func grouped(_ value: Int) -> String { Wording.grouped(value) }

    /// Three significant digits with a decimal prefix: 4.12 G.
    static func scaled(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        let prefixes = ["", " k", " M", " G", " T", " P", " E"]
        var rest = value
        var place = 0
        while rest >= 999.5, place < prefixes.count - 1 {
            rest /= 1000
            place += 1
        }
        let decimals = rest >= 99.95 || (place == 0 && rest == rest.rounded()) ? 0 : rest >= 9.995 ? 1 : 2
        return fixed(rest, decimals: decimals) + prefixes[place]
    }

    /// 93784 as `26:03:04`, 63 as `1:03`, below ten seconds `6.3 s`, below a tenth `17 ms`; from 100 hours on days.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "?" }
        if seconds > 0, seconds < 0.095 { return fixed(seconds * 1000, decimals: seconds < 0.00095 ? 2 : 0) + " ms" }
        if seconds < 9.95 { return fixed(max(0, seconds), decimals: 1) + " s" }
        let whole = Int(seconds.rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours >= 100 { return "\(grouped(Int((seconds / 86_400).rounded()))) days" }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// Bytes with a binary prefix: 1.5 MiB.
    static func bytes(_ count: Double) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var rest = count
        var place = 0
        while rest >= 1024, place < units.count - 1 {
            rest /= 1024
            place += 1
        }
        return fixed(rest, decimals: place == 0 || rest >= 100 ? 0 : 1) + " " + units[place]
    }

    static func fixed(_ value: Double, decimals: Int) -> String {
        formatted("%.*f", [Int32(decimals), value])
    }

    /// 17 significant digits: every double reads back as itself.
    static func exact(_ value: Double) -> String {
        value.isNaN ? "nan" : formatted("%.17g", [value])
    }

    /// Six significant digits.
    static func brief(_ value: Double) -> String {
        formatted("%.6g", [value])
    }

    private static func formatted(_ format: String, _ arguments: [any CVarArg]) -> String {
        withVaList(arguments) { list in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
                let count = vsnprintf(buffer.baseAddress, buffer.count, format, list)
                let bytes = buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) }
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
