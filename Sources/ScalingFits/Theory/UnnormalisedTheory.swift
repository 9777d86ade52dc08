/// n- and m-USAM on a quadratic, exact at every T: A = 1 - h (1 + a), a = lambda rho, h = eta lambda, and
/// E x_T² = A^{2T} x_0² + nu² (1 - A^{2T})/(1 - A²) with nu² = eta² s² (1 + a²) for n-, eta² s² (1 + a)² for m-USAM.
enum UnnormalisedTheory {
    @Sendable static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        guard setting.problem == "quadratic", ["n-usam", "m-usam"].contains(setting.optimizer) else { return nil }
        let (eta, s) = (setting.learningRate, setting.noise)
        var sum = 0.0
        for block in setting.blocks {
            let a = block.eigenvalue * setting.rho
            let factor = 1 - eta * block.eigenvalue * (1 + a)
            guard let start = block.startNorm, factor * factor < 1 else { return nil }
            let noise = eta * eta * s * s * (setting.optimizer == "n-usam" ? 1 + a * a : (1 + a) * (1 + a))
            let kept = TheoryCatalogue.power(factor * factor, setting.steps)
            sum += kept * start * start
                + Double(block.multiplicity) * noise * (1 - kept) / (1 - factor * factor)
        }
        return TheoryPrediction(
            distanceSquared: sum, relativeError: 0, form: "\(setting.optimizer) on a quadratic, exact")
    }
}
