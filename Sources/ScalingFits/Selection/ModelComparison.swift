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
    /// How likely such residuals are if the model holds, for the points that took part and for all; `nil` without
    /// scatter.
    var ownProbability: Double?
    var probability: Double?
    /// Whether its shape ran to the end of the search, so that it says nothing that a simpler model does not say.
    var isAtTheEdge: Bool

    /// Points that took part without parameters.
    var freedom: Int { points.count - model.parameters }
    var value: (Abscissa) -> Double { { model.value(fit.theta, at: $0) } }
}

/// All models that a window of a group allows, fitted to the same sample and compared.
struct ModelComparison {
    let data: GroupData
    let sample: WeightedSample
    let scatter: Scatter
    private(set) var candidates: [Candidate] = []

    /// - Parameter models: those that the group allows, simplest first.
    init(data: GroupData, sample: WeightedSample, scatter: Scatter, models: [any FitModel]) {
        self.data = data
        self.sample = sample
        self.scatter = scatter
        guard let all = FitPoints(
            abscissae: data.abscissae, responses: sample.means, precision: sample.precision)
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
        var result = ModelComparison(data: data, sample: sample, scatter: scatter, models: others)
        result.candidates = models.compactMap { model in
            (known + result.candidates).first { $0.model.name == model.name }
        }
        return result
    }

    private func candidate(_ model: any FitModel, _ points: FitPoints, _ all: FitPoints) -> Candidate? {
        guard let fit = model.leastSquares(points), fit.chiSquared.isFinite else { return nil }
        let residuals = zip(all.responses, all.abscissae).map { $0 - model.value(fit.theta, at: $1) }
        let passesOver = points.count < all.count
        var candidate = Candidate(
            model: model, indices: passesOver ? data.positive : Array(data.x.indices), points: points, fit: fit,
            chiSquared: passesOver ? all.whitener.apply(residuals).reduce(0) { $0 + $1 * $1 } : fit.chiSquared,
            isAtTheEdge: Self.isAtTheEdge(model, fit, points))
        candidate.aicc = aicc(candidate)
        judge(&candidate, all)
        return candidate
    }

    private static func isAtTheEdge(_ model: any FitModel, _ fit: ParametricFit, _ points: FitPoints) -> Bool {
        let bounds = model.bounds(for: points)
        return (model.linearTerms..<max(model.parameters, model.linearTerms)).contains { lane in
            fit.theta[lane] <= bounds.lower[lane] || fit.theta[lane] >= bounds.upper[lane]
        }
    }

    private func judge(_ candidate: inout Candidate, _ all: FitPoints) {
        guard case .statistical = scatter else { return }
        guard candidate.points.count <= CrossFitting.mostJointPoints else {
            // With many points chi squared has its own distribution, and more would cost too much.
            let freedom = Double(max(1, candidate.freedom))
            candidate.ownProbability = ChiSquared.upperTail(candidate.fit.chiSquared, freedom: freedom)
            candidate.probability = ChiSquared.upperTail(
                candidate.chiSquared, freedom: freedom + Double(all.count - candidate.points.count))
            return
        }
        guard let linear = LinearisedFit(candidate.model, candidate.fit, candidate.points)
        else { return }
        candidate.ownProbability = probability(
            candidate.fit.chiSquared, candidate.points.precision, linear.residualMaker,
            sample.covariance.selecting(candidate.indices))
        candidate.probability = candidate.points.count == all.count
            ? candidate.ownProbability
            : probability(
                candidate.chiSquared, all.precision,
                linear.residualMaker(indices: candidate.indices, of: all.count), sample.covariance)
    }

    private func probability(
        _ chiSquared: Double, _ precision: Precision, _ residualMaker: SquareMatrix, _ covariance: Covariance
    ) -> Double {
        let matrix: SquareMatrix
        switch precision {
        case .diagonal(let weights): matrix = SquareMatrix(diagonal: weights)
        case .dense(let dense): matrix = dense
        }
        return GoodnessOfFit.probability(
            chiSquared: chiSquared, precision: matrix, residualMaker: residualMaker, covariance: covariance.matrix,
            trials: sample.trials)
    }

    /// Akaike's criterion. With a known covariance -2 ln L is chi squared, and the sample that the second-order
    /// correction counts is that of the trials. Without scatter the variance of the points is one more parameter, and
    /// residuals at rounding level count as 10^-12: models that fit exactly are equally good and the simplest is taken.
    private func aicc(_ candidate: Candidate) -> Double? {
        var parameters = Double(candidate.model.parameters)
        var misfit = candidate.chiSquared
        var size = Double(sample.trials)
        if case .none = scatter {
            size = Double(data.count)
            parameters += 1
            misfit = size * PortableMath.log(max(misfit / size, 1e-24))
        }
        let spare = size - parameters - 1
        guard spare > 0 else { return nil }
        return misfit + 2 * parameters + 2 * parameters * (parameters + 1) / spare
    }

    /// All candidates with their Akaike weights.
    var scores: [ModelScore] {
        let best = candidates.compactMap(\.aicc).min() ?? 0
        let likelihoods = candidates.map { $0.aicc.map { PortableMath.exp((best - $0) / 2) } }
        let total = CompensatedSum.of(likelihoods.compactMap(\.self))
        return zip(candidates, likelihoods).map { candidate, likelihood in
            ModelScore(model: candidate.model.name, aicc: candidate.aicc, weight: likelihood.map { $0 / total })
        }
    }

    func candidate(named name: String) -> Candidate? {
        candidates.first { $0.model.name == name }
    }
}
