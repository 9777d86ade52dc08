/// Numbers as people read them, without Foundation: the same text on every machine.
///
/// Rounds the shortest decimal that identifies the double, half away from zero.
package enum Figures {
    /// The shortest text that reads back as the same double, integers without `.0`.
    package static func shortest(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The shortest text where that is short, otherwise four significant digits: for naming a place in a sentence.
    package static func concise(_ value: Double) -> String {
        let text = shortest(value)
        return text.utf8.count <= 7 ? text : significant(value, 4)
    }

    /// `value` to `digits` significant digits, 1 to 17; as `0.0123`, or `1.23e-05` beyond 10^-4 and 10^6.
    package static func significant(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        guard value != 0 else { return "0" }
        let rounded = Decimal(value).rounded(toDigits: digits)
        if rounded.exponent < -4 || rounded.exponent >= max(6, digits) {
            return rounded.scientific(digits: digits)
        }
        return rounded.plain(decimals: max(0, digits - 1 - rounded.exponent))
    }

    /// `value` with `decimals` digits after the point, 0 to 17.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let decimal = Decimal(value)
        return decimal.rounded(toDigits: decimal.exponent + 1 + decimals).plain(decimals: decimals)
    }

    /// The power of ten of the leading digit: 0 for 1 to 9.99, -2 for 0.05; 0 for 0.
    package static func leadingPower(_ value: Double) -> Int {
        value == 0 || !value.isFinite ? 0 : Decimal(value).exponent
    }
}

/// d.ddd times 10^exponent, from the shortest decimal of a finite double.
private struct Decimal {
    var negative: Bool
    /// Digits without leading zeros; [0] for zero.
    var digits: [UInt8]
    var exponent: Int

    init(_ value: Double) {
        negative = value < 0
        var mantissa: [UInt8] = []
        var pointAt: Int?
        var power = 0
        let text = Array("\(value.magnitude)".utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "e") {
                power = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            }
            if byte == UInt8(ascii: ".") { pointAt = mantissa.count } else { mantissa.append(byte - 48) }
        }
        let leading = mantissa.firstIndex { $0 != 0 } ?? mantissa.count
        digits = Array(mantissa[leading...])
        exponent = power + (pointAt ?? mantissa.count) - 1 - leading
        if digits.isEmpty {
            digits = [0]
            exponent = 0
        }
    }

    /// Keeps `count` leading digits; with `count` <= 0 what remains is 0 or, rounded up, one digit.
    func rounded(toDigits count: Int) -> Decimal {
        guard count < digits.count else { return self }
        var result = self
        let roundsUp = count >= 0 && digits[max(count, 0)] >= 5
        result.digits = count > 0 ? Array(digits[..<count]) : []
        if roundsUp { result.addOneInLastPlace() }
        if result.digits.isEmpty {
            result.digits = [0]
            result.exponent = 0
            result.negative = false
        }
        return result
    }

    private mutating func addOneInLastPlace() {
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            if digits.count > 1 { digits.removeLast() }
            exponent += 1
        }
    }

    /// Assumes that nothing stands behind the last decimal, as after `rounded`.
    func plain(decimals: Int) -> String {
        let sign = negative ? "-" : ""
        func digit(_ power: Int) -> String {
            let place = exponent - power
            return digits.indices.contains(place) ? "\(digits[place])" : "0"
        }
        let whole = stride(from: max(exponent, 0), through: 0, by: -1).map(digit).joined()
        guard decimals > 0 else { return sign + whole }
        return sign + whole + "." + (1...decimals).map { digit(-$0) }.joined()
    }

    func scientific(digits count: Int) -> String {
        let padded = digits + Array(repeating: 0, count: max(0, count - digits.count))
        let tail = padded.dropFirst().map { "\($0)" }.joined()
        let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
        return "\(negative ? "-" : "")\(padded[0])\(tail.isEmpty ? "" : "." + tail)e\(exponent < 0 ? "-" : "+")\(power)"
    }
}
