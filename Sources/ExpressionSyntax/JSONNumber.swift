/// Numbers as JSON writes them (RFC 8259, section 6): `-1`, `0.25`, `1e-3`; not `010`, `.5`, `+1`, `1:30`, `0x10` or
/// `.nan`.
public enum JSONNumber {
    public enum Outcome: Equatable {
        case number(Double)
        /// Not of JSON's form; says why where there is something to say.
        case notANumber(String?)
        case tooLarge
        case tooSmall
    }

    public static func parse(_ text: String) -> Outcome {
        guard isJSON(text) else { return .notANumber(hint(text)) }
        guard let value = Double(text) else { return .notANumber(nil) }
        if value.isInfinite { return .tooLarge }
        let mantissa = text.prefix { $0 != "e" && $0 != "E" }
        if value == 0 {
            // Minus zero is zero: equal values must be equal as bits.
            return mantissa.contains { ("1"..."9").contains($0) } ? .tooSmall : .number(0)
        }
        return .number(value)
    }

    /// The grammar, byte by byte.
    public static func isJSON(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        guard let first = rest.first, isDigit(first) else { return false }
        let whole = skipDigits(&rest)
        if first == UInt8(ascii: "0"), whole > 1 { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            if skipDigits(&rest) == 0 { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            if skipDigits(&rest) == 0 { return false }
        }
        return rest.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func skipDigits(_ rest: inout Substring.UTF8View) -> Int {
        let digits = rest.prefix(while: isDigit).count
        rest.removeFirst(digits)
        return digits
    }

    private static func hint(_ text: String) -> String? {
        let lower = text.lowercased()
        if lower.hasSuffix("nan") || lower.hasSuffix("inf") { return "it must be a finite number" }
        let body = lower.drop { $0 == "-" || $0 == "+" }
        guard let first = body.first, first.isASCII, first.isNumber || first == "." else { return nil }
        if lower.hasPrefix("+") { return "a number has no plus sign" }
        if first == "." { return "a number needs a digit before the point" }
        if body.hasSuffix(".") { return "a number needs a digit after the point" }
        if body.contains("_") || body.contains(",") { return "digits are not grouped" }
        if first == "0" { return "a number has no leading zero" }
        return nil
    }
}
