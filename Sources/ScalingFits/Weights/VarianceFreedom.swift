/// How well a sample's own scatter is known.
enum VarianceFreedom {
    /// Degrees of freedom of a normal sample whose variance is as uncertain as this one's: 2 S² / Var(S) with S the sum of
    /// squared deviations and Var(S) from their fourth powers (Satterthwaite 1946), at most n - 1. With heavy tails they are
    /// far fewer than trials.
    static func of(_ values: [Double]) -> Double {
        let count = Double(values.count)
        guard count > 1 else { return 0 }
        let mean = GroupData.mean(values)
        var (squares, fourths) = (0.0, 0.0)
        for value in values {
            let square = (value - mean) * (value - mean)
            squares += square
            fourths += square * square
        }
        let noise = fourths - squares * squares / count
        return noise > 0 ? min(2 * squares * squares / noise, count - 1) : count - 1
    }
}
