/// What a closed form needs to know of a cell, as plain values.
public struct TheorySetting: Sendable, Equatable {
    public struct Block: Sendable, Equatable {
        /// lambda, positive.
        public var eigenvalue: Double
        /// Coordinates that share it.
        public var multiplicity: Int
        /// |x0 - x*| within the block; `nil` where trials start at random points.
        public var startNorm: Double?

        public init(eigenvalue: Double, multiplicity: Int, startNorm: Double?) {
            self.eigenvalue = eigenvalue
            self.multiplicity = multiplicity
            self.startNorm = startNorm
        }
    }

    /// As the sweep file names it.
    public var problem: String
    /// The problem's own parameters.
    public var problemParameters: [String: Double]
    public var optimizer: String
    public var noiseModel: String
    /// eta.
    public var learningRate: Double
    public var rho: Double
    /// s: standard deviation per coordinate.
    public var noise: Double
    /// T.
    public var steps: Int
    public var blocks: [Block]
    /// Whether eta and rho stay what they are.
    public var isConstant: Bool

    public init(
        problem: String, problemParameters: [String: Double] = [:], optimizer: String, noiseModel: String,
        learningRate: Double, rho: Double, noise: Double, steps: Int, blocks: [Block], isConstant: Bool = true
    ) {
        self.problem = problem
        self.problemParameters = problemParameters
        self.optimizer = optimizer
        self.noiseModel = noiseModel
        self.learningRate = learningRate
        self.rho = rho
        self.noise = noise
        self.steps = steps
        self.blocks = blocks
        self.isConstant = isConstant
    }

    /// d.
    public var dimension: Int { blocks.reduce(0) { $0 + $1.multiplicity } }

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
public struct TheoryPrediction: Sendable, Equatable {
    public var distanceSquared: Double
    /// Stated relative error of the closed form: 0 where it is exact.
    public var relativeError: Double
    /// Which form it is.
    public var form: String

    public init(distanceSquared: Double, relativeError: Double, form: String) {
        self.distanceSquared = distanceSquared
        self.relativeError = relativeError
        self.form = form
    }
}

/// Closed forms for the distance at which an optimizer stops. A new one is one file in `Theory` and one line here.
public enum TheoryCatalogue {
    static let all: [@Sendable (TheorySetting) -> TheoryPrediction?] = [
        DeterministicTheory.prediction,
        StochasticGradientTheory.prediction,
        UnnormalisedTheory.prediction,
        IsotropicTheory.prediction,
        CounterexampleTheory.prediction,
    ]

    /// `nil` where no closed form covers the setting.
    public static func prediction(_ setting: TheorySetting) -> TheoryPrediction? {
        guard setting.isConstant, setting.learningRate > 0, setting.rho >= 0, setting.steps > 0 else { return nil }
        for form in all { if let prediction = form(setting), prediction.distanceSquared.isFinite { return prediction } }
        return nil
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
