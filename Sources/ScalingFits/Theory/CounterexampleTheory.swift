/// m-SAM on the finite sums with an unavoidable distance: `trap` (B1, B2) and `two-quadratics` (B3), stationary.
///
/// trap: E x² = rho0² [((c1+c2)/2)² + h/(2-h) ((c2-c1)/2)²], h = eta beta <= 1, for a problem scaled with rho.
/// two-quadratics: E x² = c0 + c1 rho + c2 rho² with abar = (a1+a2)/2, b = (a2-a1)/(a1+a2), E a² = (a1²+a2²)/2,
/// D = 2 abar - eta E a²: c0 = eta K²/D, c1 = eta K (2 abar - b (a2-a1))/D,
/// c2 = [eta E a² + b (a2-a1) - eta b (a2²-a1²)]/D.
enum CounterexampleTheory {
    @Sendable static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        guard setting.optimizer == "m-sam", setting.noise == 0 else { return nil }
        switch setting.problem {
        case "trap": return trap(setting)
        case "two-quadratics": return twoQuadratics(setting)
        default: return nil
        }
    }

    private static func trap(_ setting: TheorySetting) -> TheoryPrediction? {
        let parameters = setting.problemParameters
        guard let c1 = parameters["c1"], let c2 = parameters["c2"], let beta = parameters["smoothness"] else { return nil }
        let scale = parameters["rho0"].flatMap { $0 > 0 ? $0 : nil } ?? setting.rho
        let h = setting.learningRate * beta
        let kept = TheoryCatalogue.power((1 - h) * (1 - h), setting.steps)
        guard h <= 1, scale == setting.rho, kept < 1e-12 else { return nil }
        let (center, spread) = ((c1 + c2) / 2, (c2 - c1) / 2)
        return TheoryPrediction(
            distanceSquared: scale * scale * (center * center + h / (2 - h) * spread * spread), relativeError: 0,
            form: "m-SAM on trap, stationary")
    }

    private static func twoQuadratics(_ setting: TheorySetting) -> TheoryPrediction? {
        let parameters = setting.problemParameters
        guard let a1 = parameters["a1"], let a2 = parameters["a2"], let k = parameters["K"] else { return nil }
        let (eta, rho) = (setting.learningRate, setting.rho)
        let (mean, square) = ((a1 + a2) / 2, (a1 * a1 + a2 * a2) / 2)
        let b = (a2 - a1) / (a1 + a2)
        let divisor = 2 * mean - eta * square
        guard mean > 0, divisor > 0 else { return nil }
        let c0 = eta * k * k / divisor
        let c1 = eta * k * (2 * mean - b * (a2 - a1)) / divisor
        let c2 = (eta * square + b * (a2 - a1) - eta * b * (a2 * a2 - a1 * a1)) / divisor
        let value = c0 + c1 * rho + c2 * rho * rho
        // The form is that of the end: what the mean and the second moment have kept of the start is its error.
        guard let start = setting.startSquared else { return nil }
        let kept = TheoryCatalogue.power(max(abs(1 - eta * mean), 1 - eta * divisor), setting.steps)
        let error = 2 * kept * (1 + start / value)
        guard error < 0.1 else { return nil }
        return TheoryPrediction(
            distanceSquared: value, relativeError: error,
            form: "m-SAM on two quadratics, stationary")
    }
}
