/// SAM and USAM with the full gradient on a quadratic: the exact recursion of the block norms, run to T.
///
/// Within an eigenspace the direction never changes, so each block's component along its start follows
/// x_k' = x_k (1 - eta l_k - eta rho l_k²/|Lx|), without the normalisation x_k' = x_k (1 - eta l_k (1 + l_k rho)).
/// On an isotropic quadratic |x| tends to h rho/(2 - h), h = eta lambda.
enum DeterministicTheory {
    /// Steps times blocks beyond which the recursion is not run.
    static let mostWork = 20_000_000

    @Sendable static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        let isNormalised = setting.optimizer == "sam"
        guard setting.problem == "quadratic", isNormalised || setting.optimizer == "usam" else { return nil }
        var x = setting.blocks.compactMap(\.startNorm)
        let lambda = setting.blocks.map(\.eigenvalue)
        guard x.count == lambda.count, setting.steps * x.count <= mostWork else { return nil }
        let (eta, rho) = (setting.learningRate, setting.rho)
        for _ in 0..<setting.steps {
            var squared = 0.0
            for k in x.indices { squared += lambda[k] * x[k] * lambda[k] * x[k] }
            let reach = isNormalised ? (squared > 0 ? rho / squared.squareRoot() : 0) : rho
            for k in x.indices { x[k] -= eta * lambda[k] * x[k] * (1 + lambda[k] * reach) }
        }
        let form = "\(setting.optimizer) on a quadratic, exact recursion"
        return TheoryPrediction(
            distanceSquared: x.reduce(0) { $0 + $1 * $1 }, relativeError: 0, form: form)
    }
}
