/// What a closed form needs to know of a cell, as plain values.
package struct TheorySetting: Sendable, Equatable {
    package struct Block: Sendable, Equatable {
        /// lambda, positive.
        package var eigenvalue: Double
        /// Coordinates that share it.
        package var multiplicity: Int
        /// |x0 - x*| within the block; `nil` where trials start at random points.
        package var startNorm: Double?

        package init(eigenvalue: Double, multiplicity: Int, startNorm: Double?) {
            self.eigenvalue = eigenvalue
            self.multiplicity = multiplicity
            self.startNorm = startNorm
        }
    }

    /// As the sweep file names it.
    package var problem: String
    /// The problem's own parameters.
    package var problemParameters: [String: Double]
    package var optimizer: String
    /// The optimizer's own parameters, with those that all have: momentum and averaging.
    package var optimizerParameters: [String: Double]
    package var noiseModel: String
    /// eta.
    package var learningRate: Double
    package var rho: Double
    /// s: standard deviation per coordinate.
    package var noise: Double
    /// T.
    package var steps: Int
    package var blocks: [Block]
    /// Whether eta and rho stay what they are.
    package var isConstant: Bool

    package init(
        problem: String, problemParameters: [String: Double] = [:], optimizer: String,
        optimizerParameters: [String: Double] = [:], noiseModel: String,
        learningRate: Double, rho: Double, noise: Double, steps: Int, blocks: [Block], isConstant: Bool = true
    ) {
        self.problem = problem
        self.problemParameters = problemParameters
        self.optimizer = optimizer
        self.optimizerParameters = optimizerParameters
        self.noiseModel = noiseModel
        self.learningRate = learningRate
        self.rho = rho
        self.noise = noise
        self.steps = steps
        self.blocks = blocks
        self.isConstant = isConstant
    }

    /// d.
    package var dimension: Int { blocks.reduce(0) { $0 + $1.multiplicity } }

    /// The one eigenvalue, or `nil` where there are several.
    var isotropicEigenvalue: Double? {
        guard let first = blocks.first, blocks.allSatisfy({ $0.eigenvalue == first.eigenvalue }) else { return nil }
        return first.eigenvalue
    }

    /// |x0 - x*|².
    var startSquared: Double? {
        blocks.reduce(0.0) { sum, block in sum.flatMap { sum in block.startNorm.map { sum + $0 * $0 } } }
    }
}

/// What theory says of E |x_T - x*|².
package struct TheoryPrediction: Sendable, Equatable {
    package var distanceSquared: Double
    /// Stated relative error of the closed form: 0 where it is exact.
    package var relativeError: Double
    /// Which form it is.
    package var form: String

    package init(distanceSquared: Double, relativeError: Double, form: String) {
        self.distanceSquared = distanceSquared
        self.relativeError = relativeError
        self.form = form
    }
}

/// Closed forms for the distance at which an optimizer stops. A new one is one file in `Theory` and one line here.
package enum TheoryCatalogue {
    static let all: [@Sendable (TheorySetting) -> TheoryPrediction?] = [
        DeterministicTheory.prediction,
        StochasticGradientTheory.prediction,
        UnnormalisedTheory.prediction,
        IsotropicTheory.prediction,
        CounterexampleTheory.prediction,
    ]

    /// Noise models whose coordinates are uncorrelated, of mean 0 and of the stated standard deviation, in every step anew.
    private static let noiseModels: Set = ["none", "gaussian", "rademacher", "sphere", "skewed-two-point"]
    /// What the forms know of problems, by name: their parameters.
    private static let problems: [String: Set<String>] = [
        "quadratic": [], "trap": ["c1", "c2", "smoothness", "rho0"], "two-quadratics": ["a1", "a2", "K"],
    ]
    private static let optimizers: Set = ["sgd", "sam", "usam", "n-sam", "m-sam", "n-usam", "m-usam"]

    /// The first part of a setting that no form knows, in words; `nil` where all are known. A part that is added to the
    /// program later is unknown here until a form says what it does to it.
    package static func unknownPart(_ setting: TheorySetting) -> String? {
        guard let parameters = problems[setting.problem] else { return "problem \(setting.problem)" }
        if let name = setting.problemParameters.keys.sorted().first(where: { !parameters.contains($0) }) {
            return "\(setting.problem) with \(name)"
        }
        guard optimizers.contains(setting.optimizer) else { return "optimizer \(setting.optimizer)" }
        // The forms are those of plain steps, whose last iterate is measured.
        let changed = setting.optimizerParameters.sorted { $0.key < $1.key }.first { name, value in
            !["momentum", "averaging"].contains(name) || value != 0
        }
        if let changed { return "\(changed.key) \(Figures.shortest(changed.value))" }
        guard noiseModels.contains(setting.noiseModel) else { return "noise model \(setting.noiseModel)" }
        return setting.isConstant ? nil : "schedules that are not constant"
    }

    /// Whether the end hangs on the last bit of rounding: what is computed in another order of operations may end elsewhere,
    /// and no form can tell where.
    package static func dependsOnRounding(_ setting: TheorySetting) -> Bool {
        unknownPart(setting) == nil && DeterministicTheory.dependsOnRounding(setting)
    }

    /// `nil` where no closed form covers the setting.
    package static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        guard unknownPart(setting) == nil, setting.learningRate > 0, setting.rho >= 0, setting.steps > 0 else { return nil }
        for form in all { if let prediction = form(setting), prediction.distanceSquared.isFinite { return prediction } }
        return nil
    }

    /// Exact means of SGD with additive noise on a quadratic, by response; `nil` for any other setting.
    package static func exactMeans(_ setting: TheorySetting) -> [String: Double]? {
        guard unknownPart(setting) == nil, setting.learningRate > 0, let moments = StochasticGradientTheory.moments(setting),
            moments.distanceSquared.isFinite, moments.suboptimality.isFinite
        else { return nil }
        return ["distance_squared": moments.distanceSquared, "suboptimality": moments.suboptimality]
    }

    /// base^steps by repeated squaring.
    static func power(_ base: Double, _ steps: Int) -> Double {
        var (result, square, rest) = (1.0, base, steps)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
