import PortableMath

/// A model fitted to one window of a group.
struct Candidate {
    var model: any FitModel
    /// Points of the window that took part.
    var indices: [Int]
    var points: FitPoints
    var fit: ParametricFit
    /// Over all points of the window: a model that passes over x = 0 says y(0) = 0, and that is held against it.
    var chiSquared: Double
    var aicc: Double?
    /// Against all points of the window, or those that took part for a model that was asked for; `nil` without scatter or
    /// where the parameters cannot be told apart, and where `Tests` leaves it out.
    var test: GoodnessOfFit?
    /// See `ResidualScatter.penalty`; `nil` where the parameters cannot be told apart, and where `Tests` leaves it out.
    var penalty: Double?
    /// What a richer law would have beside this one.
    var extras: [ExtraCoefficient] = []
    /// Whether its shape ran to the end of the search: these points do not determine it.
    var isAtTheEdge: Bool
    /// Why its floor cannot be; `nil` without a floor, too.
    var floorFault: FloorFault?

    /// Points that took part without parameters.
    var freedom: Int { points.count - model.parameters }
    var value: (Abscissa) -> Double { { model.value(fit.theta, at: $0) } }
}

/// Why a floor cannot be.
enum FloorFault: Equatable {
    /// Below zero, where no response can be negative.
    case negative
    /// A cell nearer to x = 0, outside of the window that was asked for, says otherwise.
    case contradicted(at: Double, measured: Double)
}

/// The coefficient that a further term would have.
struct ExtraCoefficient {
    var term: ExtraTerm
    var value: Double
    var error: Double
    var freedom: Double
    /// Its largest share of the law's value over the points that took part, per unit of the coefficient.
    var share: Double

    /// Two-sided.
    var probability: Double {
        guard error > 0 else { return 1 }
        return StudentT(freedom: max(1, freedom)).twoSided(value / error)
    }

    /// The largest share of the response that it is estimated to be.
    var size: Double { abs(value) * share }

    /// The largest share of the response that is not excluded.
    func bound(confidence: Double) -> Double {
        let reach = error > 0 ? StudentT(freedom: max(1, freedom)).quantile(confidence: confidence) * error : 0
        return (abs(value) + reach) * share
    }
}

/// All models that a window of a group allows, fitted to the same sample and compared.
struct ModelComparison {
    let data: GroupData
    let sample: WeightedSample
    let scatter: Scatter
    /// The one model that was asked for: it is held only against the points that it takes part in.
    let forced: String?
    private let tests: Tests
    private(set) var candidates: [Candidate] = []

    /// What is found out about the residuals of each model.
    enum Tests {
        case all
        /// What can be accepted is tested and scored, the rest is neither: a search asks no more.
        case acceptable
        /// Models are only scored.
        case none
    }

    /// - Parameter models: those that the group allows, simplest first.
    init(
        data: GroupData, sample: WeightedSample, scatter: Scatter, models: [any FitModel], forced: String?,
        tests: Tests = .all
    ) {
        self.tests = tests
        self.data = data
        self.sample = sample
        self.scatter = scatter
        self.forced = forced
        guard let all = FitPoints(abscissae: data.abscissae, responses: sample.means, weights: sample.weights)
        else { return }
        let positive = data.positive.count < data.count ? all.selecting(data.positive) : all
        candidates = models.compactMap { model in
            (model.usesZero ? all : positive).flatMap { candidate(model, $0, all) }
        }
    }

    /// With candidates of more models; those that are there are kept.
    func adding(_ models: [any FitModel]) -> ModelComparison {
        let known = candidates
        let others = models.filter { model in !known.contains { $0.model.name == model.name } }
        guard !others.isEmpty else { return self }
        var result = ModelComparison(
            data: data, sample: sample, scatter: scatter, models: others, forced: forced, tests: .none)
        result.candidates = models.compactMap { model in
            (known + result.candidates).first { $0.model.name == model.name }
        }
        return result
    }

    private func candidate(_ model: any FitModel, _ points: FitPoints, _ all: FitPoints) -> Candidate? {
        guard let fit = model.leastSquares(points), fit.chiSquared.isFinite else { return nil }
        let passesOver = points.count < all.count
        let chiSquared = zip(all.weights, zip(all.responses, all.abscissae)).reduce(0) { sum, point in
            let residual = point.1.0 - model.value(fit.theta, at: point.1.1)
            return sum + point.0 * residual * residual
        }
        var candidate = Candidate(
            model: model, indices: passesOver ? data.positive : Array(data.x.indices), points: points, fit: fit,
            chiSquared: passesOver ? chiSquared : fit.chiSquared, isAtTheEdge: Self.isAtTheEdge(model, fit, points),
            floorFault: hasNegativeFloor(model, fit) ? .negative : nil)
        judge(&candidate)
        candidate.aicc = aicc(candidate)
        return candidate
    }

    /// Within a thousandth of the search's range.
    private static func isAtTheEdge(_ model: any FitModel, _ fit: ParametricFit, _ points: FitPoints) -> Bool {
        let bounds = model.bounds(for: points)
        return (model.linearTerms..<max(model.parameters, model.linearTerms)).contains { lane in
            let room = 1e-3 * (bounds.upper[lane] - bounds.lower[lane])
            return fit.theta[lane] <= bounds.lower[lane] + room || fit.theta[lane] >= bounds.upper[lane] - room
        }
    }

    /// Below zero by more than rounding.
    private func hasNegativeFloor(_ model: any FitModel, _ fit: ParametricFit) -> Bool {
        guard data.isNeverNegative, let lane = model.lane(of: .floor) else { return false }
        let least = data.means.filter { $0 > 0 }.min() ?? 0
        return model.reading(fit.theta, logScale: data.logScale)[lane] < -1e-12 * least
    }

    private func judge(_ candidate: inout Candidate) {
        guard case .statistical = scatter else {
            contradict(&candidate) { _ in 0 }
            return
        }
        guard let linear = LinearisedFit(candidate.model, candidate.fit, candidate.points) else { return }
        let tested = candidate.model.name == forced ? candidate.indices : Array(data.x.indices)
        let residuals = ResidualScatter(
            candidate.model, candidate.fit, linear, abscissae: data.abscissae, sample: sample,
            used: candidate.indices, tested: tested)
        contradict(&candidate) { residuals.variance($0) }
        if case .acceptable = tests, !Acceptance.mayAccept(candidate, largest: residuals.largest.size) { return }
        candidate.penalty = residuals.penalty(candidate.points.weights)
        if case .none = tests { return }
        candidate.test = residuals.test()
        guard !data.isExcess else { return }
        candidate.extras = candidate.model.extraTerms.compactMap { term in
            let values = candidate.points.abscissae.map(term.value)
            guard let own = residuals.coefficient(of: values, weights: candidate.points.weights) else { return nil }
            let shares = zip(values, candidate.points.abscissae).map { value, abscissa in
                let law = abs(candidate.value(abscissa))
                return law > 0 ? abs(value) / law : 0
            }
            return ExtraCoefficient(
                term: term, value: own.value, error: own.error, freedom: own.freedom, share: shares.max() ?? 0)
        }
    }

    /// A floor says what the response is towards x = 0. The first cell between it and the window that was asked for, and
    /// that lies further from the law than `Acceptance.largestResidual` standard errors of both, contradicts it. What the
    /// two have of random numbers in common is not counted: the difference is then known better than is said here.
    ///
    /// - Parameter variance: of the law's value, from its derivatives by the parameters.
    private func contradict(_ candidate: inout Candidate, variance: (SIMD4<Double>) -> Double) {
        guard candidate.floorFault == nil, candidate.model.lane(of: .floor) != nil else { return }
        let cell = data.nearer.first { cell in
            let law = candidate.model.evaluate(candidate.fit.theta, at: data.abscissa(cell.x))
            let distance = abs(law.value - cell.value)
            guard case .statistical = scatter else {
                return distance > Acceptance.largestRelativeResidual * abs(cell.value)
            }
            let error = (cell.error * cell.error + variance(law.gradient)).squareRoot()
            return distance > Acceptance.largestResidual * error
        }
        candidate.floorFault = cell.map { .contradicted(at: $0.x, measured: $0.value) }
    }

    /// Akaike's criterion under working independence: chi squared and twice the penalty of `GoodnessOfFit`, with the
    /// second-order correction that counts trials. Without scatter the variance of the points is one more parameter, and
    /// residuals at rounding level count as 10^-12: models that fit exactly are equally good and the simplest is taken.
    private func aicc(_ candidate: Candidate) -> Double? {
        let parameters = Double(candidate.model.parameters)
        switch scatter {
        case .none:
            let size = Double(data.count)
            let spare = size - parameters - 2
            guard spare > 0 else { return nil }
            let misfit = size * PortableMath.log(max(candidate.chiSquared / size, 1e-24))
            return misfit + 2 * (parameters + 1) * size / spare
        case .statistical:
            let size = Double(sample.trials)
            let spare = size - parameters - 1
            guard spare > 0, let penalty = candidate.penalty else { return nil }
            return candidate.chiSquared + 2 * penalty * size / spare
        }
    }

    /// All candidates; those that describe the points have Akaike weights.
    var scores: [ModelScore] {
        let accepted = candidates.map { Acceptance.accepts($0, scatter: scatter) }
        let best = zip(candidates, accepted).filter(\.1).compactMap(\.0.aicc).min() ?? 0
        let likelihoods = zip(candidates, accepted).map { candidate, isAccepted in
            isAccepted ? candidate.aicc.map { PortableMath.exp((best - $0) / 2) } : nil
        }
        let total = CompensatedSum.of(likelihoods.compactMap(\.self))
        return zip(candidates, likelihoods).map { candidate, likelihood in
            ModelScore(model: candidate.model.name, aicc: candidate.aicc, weight: likelihood.map { $0 / total })
        }
    }

    func candidate(named name: String) -> Candidate? {
        candidates.first { $0.model.name == name }
    }
}

/// How well one model describes a group.
package struct ModelScore: Sendable, Equatable {
    package var model: String
    /// Akaike's criterion with the small-sample correction, up to a constant that is the same for all models of the
    /// group; `nil` where there are too few points to compute it.
    package var aicc: Double?
    /// Akaike weight among the candidates, in [0, 1]; `nil` with `aicc`.
    package var weight: Double?

    package init(model: String, aicc: Double?, weight: Double?) {
        self.model = model
        self.aicc = aicc
        self.weight = weight
    }
}
