import TrialContract

/// The sharpness beyond which a step of SAM along the gradient overshoots: its edge of stability.
enum SAMEdge: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "sam_edge",
        summary: "the sharpness at which SAM's steps turn unstable where the last iterate is; 2/eta for rho = 0",
        formula: "(|g|/(2 rho)) (sqrt(1 + 8 rho/(eta |g|)) - 1), g = grad f(x_T)",
        citation: "Long & Bartlett, JMLR 25 (2024)", maximumDimension: 1_000_000)

    /// Without the difference that cancels for small rho: (4/eta)/(sqrt(1 + 8 rho/(eta |g|)) + 1).
    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double {
        let length = norm(try point.gradient()), rate = point.cell.learningRate
        guard length.isFinite else { return .nan }
        guard point.cell.rho > 0 else { return 2 / rate }
        return 4 / rate / ((1 + 8 * point.cell.rho / (rate * length)).squareRoot() + 1)
    }
}
