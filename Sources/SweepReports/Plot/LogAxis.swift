import ScalingFits

/// A logarithmic axis over a whole number of places.
struct LogAxis {
    /// log10 of the ends, lower < upper.
    let lower: Double
    let upper: Double

    /// Covers all values (positive and finite); a little more where a value stands at an end.
    init(_ values: [Double]) {
        let logs = values.map(Self.log10)
        let least = logs.min() ?? 0
        let most = logs.max() ?? 0
        // A single value gets a decade around it.
        let margin = most > least ? 0.03 * (most - least) : 0.5
        lower = least - margin
        upper = most + margin
    }

    /// Where a value stands, 0 at the lower end and 1 at the upper.
    func position(_ value: Double) -> Double {
        (Self.log10(value) - lower) / (upper - lower)
    }

    func value(at position: Double) -> Double {
        Self.power(lower + position * (upper - lower))
    }

    /// Decades inside, thinned to at most `limit`; with fewer than two, 1-2-5 steps; with fewer than two of those,
    /// the ends.
    func ticks(limit: Int) -> [(value: Double, label: String)] {
        let first = Int(lower.rounded(.up))
        let last = Int(upper.rounded(.down))
        let room = max(limit, 2)
        if last > first {
            let stride = (last - first) / room + 1
            // Decades at the ends of double precision have no value.
            return Swift.stride(from: first, through: last, by: stride).map { (Self.power(Double($0)), "1e\($0)") }
                .filter { Self.isDrawable($0.0) }
        }
        var fine: [(Double, String)] = []
        for decade in first - 1...max(last, first) {
            for digit in [1, 2, 5] {
                let text = "\(digit)e\(decade)"
                let value = Double(text) ?? 0
                if Self.isDrawable(value), (lower...upper).contains(Self.log10(value)) { fine.append((value, text)) }
            }
        }
        if fine.count >= 2 { return Array(fine.prefix(room)) }
        return [0.0, 1].map { end in
            let value = value(at: end)
            return (value, Figures.significant(value, 3))
        }.filter { Self.isDrawable($0.0) }
    }

    private static func isDrawable(_ value: Double) -> Bool { value > 0 && value.isFinite }

    static func log10(_ value: Double) -> Double { DecimalLogarithm.of(value) }
    static func power(_ exponent: Double) -> Double { DecimalLogarithm.inverse(exponent) }
}
