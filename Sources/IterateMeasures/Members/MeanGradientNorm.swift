import TrialContract

/// What theorems on stationary points bound.
enum MeanGradientNorm: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "mean_gradient_norm", summary: "mean gradient norm on the way",
        formula: "(1/T) sum over t = 0…T-1 of |grad f(x_t)|", maximumDimension: 1_000_000)

    /// The mean over t = 0…T, by a tape over f and its gradient.
    static func onTheWay(dimension d: Int) -> DefinedStatistic? {
        let gradient = Tape.Operand(.sample, offset: DefinedStatistic.gradientPlace, rowStride: 0, columnStride: 1)
        let result = Tape.Operand(.output, offset: 0, rowStride: 0, columnStride: 0)
        let instruction = Tape.Instruction(.norm, rows: 1, columns: d, result: result, operands: [gradient])
        return DefinedStatistic(
            name: name, moment: .mean, tape: Tape(instructions: [instruction], constants: [], bufferSize: 0, outputSize: 1))
    }

    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double {
        let last = norm(try point.gradient()), steps = Double(point.steps)
        return max(0, (point.onTheWay * (steps + 1) - last) / steps)
    }
}
