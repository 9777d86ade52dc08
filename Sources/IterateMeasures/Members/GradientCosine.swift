import TrialContract

/// Whether the gradient that a perturbed step takes points where the plain one does.
enum GradientCosine: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "gradient_cosine",
        summary: "cosine between the full gradients at the last iterate and at the point perturbed along its own",
        formula: "cos(g, grad f(x_T + rho g/|g|)), g = grad f(x_T)", maximumDimension: 1_000_000)

    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double {
        let gradient = try point.gradient(), length = norm(gradient)
        guard length > 0, length.isFinite else { return .nan }
        guard point.cell.rho > 0 else { return 1 }
        let unit = gradient.map { $0 / length }
        var perturbed = point.x
        add(point.cell.rho, unit, to: &perturbed)
        let other = try point.gradient(at: perturbed), otherLength = norm(other)
        guard otherLength > 0, otherLength.isFinite else { return .nan }
        return max(-1, min(1, dot(unit, other.map { $0 / otherLength })))
    }
}
