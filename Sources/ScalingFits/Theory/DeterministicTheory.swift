/// SAM and USAM with the full gradient on a quadratic: the exact recursion of the block norms, run to T.
///
/// Within an eigenspace the direction never changes, so each block's component along its start follows
/// x_k' = x_k (1 - eta l_k - eta rho l_k²/|Lx|), without the normalisation x_k' = x_k (1 - eta l_k (1 + l_k rho)).
/// On an isotropic quadratic |x| tends to h rho/(2 - h), h = eta lambda.
enum DeterministicTheory {
    /// Steps times blocks beyond which the recursion is not run.
    static let mostWork = 20_000_000

    @Sendable static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        guard let start = start(setting) else { return nil }
        let form = "\(setting.optimizer) on a quadratic, exact recursion"
        return TheoryPrediction(distanceSquared: run(setting, from: start).distanceSquared, relativeError: 0, form: form)
    }

    /// Whether rounding decides where a trial ends: an iterate hits the minimiser but for rounding (there SAM stops, and
    /// a last bit beside it SAM goes on), or starts a few last bits apart end apart.
    static func dependsOnRounding(_ setting: TheorySetting) -> Bool {
        guard setting.optimizer == "sam", let start = start(setting) else { return false }
        let own = run(setting, from: start)
        if own.hitsMinimiser { return true }
        return [(1, 2), (2, -1), (-3, 1), (-1, -2)].contains { even, odd in
            let moved = start.enumerated().map { $1 * (1 + Double($0 % 2 == 0 ? even : odd) * 0x1p-51) }
            let other = run(setting, from: moved)
            return other.hitsMinimiser
                || abs(other.distanceSquared - own.distanceSquared) > 1e-9 * own.distanceSquared
        }
    }

    /// Block norms at the start; `nil` where the recursion does not apply or is too long.
    private static func start(_ setting: TheorySetting) -> [Double]? {
        guard setting.problem == "quadratic", ["sam", "usam"].contains(setting.optimizer) else { return nil }
        let x = setting.blocks.compactMap(\.startNorm)
        return x.count == setting.blocks.count && setting.steps * x.count <= mostWork ? x : nil
    }

    /// A gradient so much smaller than the one before is the rounding error of a difference of equal numbers.
    private static let vanishing = 0x1p-44

    private static func run(
        _ setting: TheorySetting, from start: [Double]
    ) -> (distanceSquared: Double, hitsMinimiser: Bool) {
        var x = start
        let lambda = setting.blocks.map(\.eigenvalue)
        let (eta, rho, isNormalised) = (setting.learningRate, setting.rho, setting.optimizer == "sam")
        var (previous, hitsMinimiser) = (0.0, false)
        for _ in 0..<setting.steps {
            var squared = 0.0
            for k in x.indices { squared += lambda[k] * x[k] * lambda[k] * x[k] }
            hitsMinimiser = hitsMinimiser || squared < vanishing * vanishing * previous
            previous = squared
            let reach = isNormalised ? (squared > 0 ? rho / squared.squareRoot() : 0) : rho
            for k in x.indices { x[k] -= eta * lambda[k] * x[k] * (1 + lambda[k] * reach) }
        }
        return (x.reduce(0) { $0 + $1 * $1 }, isNormalised && rho > 0 && hitsMinimiser)
    }
}
