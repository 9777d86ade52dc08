extension PortableMath {
    /// `count` equally spaced values; both ends are included and exact, a count of 1 gives `from`.
    ///
    /// Each value is the exact one between the given ends, rounded once: 0.1 to 1 in ten values meets 0.3 exactly.
    public static func linspace(from: Double, to: Double, count: Int) -> [Double] {
        precondition(count >= 1)
        guard count > 1 else { return [from] }
        // Products with the index must neither overflow nor lose their low halves.
        let largest = max(from.magnitude, to.magnitude)
        let scale = largest > 0x1p900 ? 0x1p-100 : largest < 0x1p-800 ? 0x1p100 : 1
        let intervals = DoubleDouble(Double(count - 1))
        return (0..<count).map { index in
            if index == 0 { return from }
            if index == count - 1 { return to }
            let sum = DoubleDouble.product(from * scale, Double(count - 1 - index))
                + DoubleDouble.product(to * scale, Double(index))
            let value = sum / intervals
            return (value.high + value.low) / scale
        }
    }

    /// `count` values with equal ratios; both ends are included and exact, a count of 1 gives `from`.
    ///
    /// Exponentials of equally spaced logarithms in twice the precision, rounded once: 0.001 to 1 in four values meets
    /// 0.01 and 0.1 exactly. `from` and `to` are positive and finite.
    public static func logspace(from: Double, to: Double, count: Int) -> [Double] {
        precondition(count >= 1 && from > 0 && to > 0 && from.isFinite && to.isFinite)
        guard count > 1 else { return [from] }
        let first = extendedLog(from)
        let last = extendedLog(to)
        let step = (last + DoubleDouble(-first.high, -first.low)) / DoubleDouble(Double(count - 1))
        // exp(first + i step) is a product of one of few coarse and one of few fine exponentials.
        let stride = 512
        let fine = (0..<min(stride, count)).map { splitExp(step * DoubleDouble(Double($0))) }
        var values: [Double] = []
        values.reserveCapacity(count)
        while values.count < count {
            let coarse = splitExp(first + step * DoubleDouble(Double(values.count)))
            for part in fine.prefix(count - values.count) {
                values.append(scaled(coarse.mantissa * part.mantissa, exponent: coarse.exponent + part.exponent))
            }
        }
        values[0] = from
        values[count - 1] = to
        return values
    }
}
