import ScalingFits

/// A value with its interval, to as many digits as the interval allows.
struct UncertainNumber {
    var value: Double
    var interval: Interval?
    var plusMinus = "±"

    /// `1.98 ± 0.03` where both arms read the same, `1.98 [1.90, 2.01]` where they do not, `1.98` to five digits
    /// without an interval. Beyond 10^-3 and 10^6 a common power of ten follows: `(1.98 ± 0.03)e-05`.
    var text: String {
        guard let interval, interval.width > 0, value.isFinite else { return Figures.significant(value, 5) }
        // A trial that ran away: nothing is known of the mean, whatever its digits are.
        guard interval.width.isFinite else { return "\(Figures.significant(value, 2)) \(plusMinus) inf" }
        let largest = max(abs(value), max(abs(interval.lower), abs(interval.upper)))
        let power = Figures.leadingPower(largest)
        guard power < -3 || power >= 6 else { return plain(value, interval) }
        let unit = Self.powerOfTen(power)
        let scaled = plain(value / unit, Interval(interval.lower / unit, interval.upper / unit))
        let exponent = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return "(\(scaled))e\(power < 0 ? "-" : "+")\(exponent)"
    }

    /// Where twelve decimals show no uncertainty, `0.5000000004660 ± 3e-15`: it is written as a number of its own.
    private func plain(_ value: Double, _ interval: Interval) -> String {
        if interval.width / 2 < Self.leastHalfWidth {
            let reach = max(value - interval.lower, interval.upper - value)
            return "\(Figures.fixed(value, decimals: 13)) \(plusMinus) \(Figures.significant(reach, 2))"
        }
        let decimals = Self.decimals(halfWidth: interval.width / 2)
        func fixed(_ number: Double) -> String { Figures.fixed(number, decimals: decimals) }
        let below = fixed(value - interval.lower)
        let above = fixed(interval.upper - value)
        if below == above { return "\(fixed(value)) \(plusMinus) \(above)" }
        return "\(fixed(value)) [\(fixed(interval.lower)), \(fixed(interval.upper))]"
    }

    private static let leastHalfWidth = 0.95e-12

    /// Two digits of a half width that begins with 1 or 2, one digit of others.
    private static func decimals(halfWidth: Double) -> Int {
        let power = Figures.leadingPower(halfWidth)
        let leading = halfWidth / powerOfTen(power)
        return min(12, max(0, (leading < 2.95 ? 1 : 0) - power))
    }

    private static func powerOfTen(_ power: Int) -> Double {
        Double("1e\(power)") ?? 1
    }
}
