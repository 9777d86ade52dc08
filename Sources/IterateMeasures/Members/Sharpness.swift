import TrialContract

/// How curved the objective is where a trial ends.
enum Sharpness: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "sharpness", summary: "largest eigenvalue of the Hessian at the last iterate",
        formula: "lambda_max(hess f(x_T))", citation: "Lanczos, J. Res. NBS 45 (1950) 255", maximumDimension: 10_000)

    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double { try point.top()?.value ?? .nan }
}
