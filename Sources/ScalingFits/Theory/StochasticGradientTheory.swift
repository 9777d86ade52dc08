/// SGD with additive noise on a quadratic, exact at every T: per coordinate
/// E x_T² = (1-h)^{2T} x_0² + V (1 - (1-h)^{2T}), V = eta s²/(lambda (2-h)), h = eta lambda.
enum StochasticGradientTheory {
    /// Optimizers that are SGD at rho = 0.
    private static let family: Set<String> = ["sgd", "n-sam", "m-sam", "n-usam", "m-usam"]

    @Sendable static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        moments(setting).map { TheoryPrediction(distanceSquared: $0.distanceSquared, relativeError: 0, form: "SGD on a quadratic, exact") }
    }

    /// E |x_T - x*|² and E f(x_T) - f* = sum of lambda E x_T²/2.
    static func moments(_ setting: TheorySetting) -> (distanceSquared: Double, suboptimality: Double)? {
        guard setting.problem == "quadratic", family.contains(setting.optimizer),
            setting.optimizer == "sgd" || setting.rho == 0
        else { return nil }
        let (eta, s) = (setting.learningRate, setting.noise)
        var (sum, value) = (0.0, 0.0)
        for block in setting.blocks {
            let h = eta * block.eigenvalue
            guard let start = block.startNorm, h < 2 else { return nil }
            let kept = TheoryCatalogue.power((1 - h) * (1 - h), setting.steps)
            let level = eta * s * s / (block.eigenvalue * (2 - h))
            let square = kept * start * start + Double(block.multiplicity) * level * (1 - kept)
            sum += square
            value += block.eigenvalue * square / 2
        }
        return (sum, value)
    }
}
