import PortableMath

/// Fits every model that a group allows and compares them.
struct ModelComparison {
    struct Candidate {
        var model: any FitModel
        /// Points of the group that took part.
        var indices: [Int]
        var points: WeightedPoints
        var fit: ParametricFit
        var aicc: Double?
    }

    /// AICc by which a larger model must be better. A needless parameter gains more than 2 + 2 in chi squared in
    /// 4.6 % of groups, so that it is added less often than 5 % of the time.
    static let margin = 2.0

    let data: GroupData
    let scatter: Scatter
    private(set) var candidates: [Candidate] = []
    /// Standard deviation allowed to each point, the same for all models: only then are criteria comparable.
    private(set) var deviations: [Double]

    /// - Parameter models: those that the group allows, simplest first.
    init(data: GroupData, scatter: Scatter, models: [any FitModel]) {
        self.data = data
        self.scatter = scatter
        deviations = scatter.pilot(data)
        for _ in 0..<2 {
            candidates = models.compactMap(candidate)
            guard let guide = candidates.min(by: { misfit($0) < misfit($1) }) else { return }
            deviations = scatter.refined(data, guide: guide.model.values(guide.fit, at: data.abscissae))
        }
        candidates = models.compactMap(candidate)
        for index in candidates.indices { candidates[index].aicc = aicc(candidates[index]) }
    }

    private func candidate(_ model: any FitModel) -> Candidate? {
        let indices = model.usesZero ? Array(data.x.indices) : data.positive
        let points = WeightedPoints(
            abscissae: data.abscissae, responses: data.means, weights: deviations.map { 1 / $0 }).selecting(indices)
        guard let fit = model.leastSquares(points), fit.chiSquared.isFinite else { return nil }
        return Candidate(model: model, indices: indices, points: points, fit: fit)
    }

    /// Chi squared over all points of the group. A model that passes over x = 0 says y(0) = 0, and that is held
    /// against it: unless y(0) is within the smallest deviation of the other points, hence no evidence of a floor.
    private func chiSquared(_ candidate: Candidate) -> Double {
        guard !candidate.model.usesZero else { return candidate.fit.chiSquared }
        let smallest = data.positive.map { deviations[$0] }.min() ?? 0
        return data.x.indices.filter { data.x[$0] == 0 }.reduce(candidate.fit.chiSquared) { sum, index in
            let residual = data.means[index] / max(deviations[index], smallest)
            return sum + residual * residual
        }
    }

    private func misfit(_ candidate: Candidate) -> Double {
        chiSquared(candidate) / Double(max(1, data.count - candidate.model.parameters))
    }

    /// With known variances -2 ln L is chi squared. Without scatter the variance is one more parameter, and residuals
    /// at rounding level count as 10^-12: models that fit exactly are equally good and the simplest is taken.
    private func aicc(_ candidate: Candidate) -> Double? {
        let points = Double(data.count)
        let chiSquared = chiSquared(candidate)
        var parameters = Double(candidate.model.parameters)
        var misfit = chiSquared
        if case .none = scatter {
            parameters += 1
            misfit = points * PortableMath.log(max(chiSquared / points, 1e-24))
        }
        let spare = points - parameters - 1
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

    /// The simplest candidate within the margin of the best; among equally simple ones the better.
    var preferred: Candidate? {
        guard let best = candidates.compactMap(\.aicc).min() else { return candidates.first }
        let close = candidates.filter { $0.aicc.map { $0 <= best + Self.margin } ?? false }
        return close.min { ($0.model.parameters, $0.aicc ?? 0) < ($1.model.parameters, $1.aicc ?? 0) }
    }

    func candidate(named name: String) -> Candidate? {
        candidates.first { $0.model.name == name }
    }
}
