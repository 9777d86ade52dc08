import TrialContract

/// How much of the gradient lies along the direction of largest curvature.
enum Alignment: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "alignment",
        summary: "share of the squared gradient along the Hessian's first eigenvector v1 at the last iterate",
        formula: "(g·v1)^2 / |g|^2, g = grad f(x_T)", maximumDimension: 10_000)

    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double {
        let gradient = try point.gradient(), length = norm(gradient)
        guard length > 0, length.isFinite, let top = try point.top() else { return .nan }
        let share = dot(gradient.map { $0 / length }, top.vector)
        return min(1, share * share)
    }
}
