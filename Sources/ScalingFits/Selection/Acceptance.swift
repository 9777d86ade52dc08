/// Whether a model describes the points of a window at all.
enum Acceptance {
    /// Below this probability of its residuals a model is rejected: one true law in a hundred is.
    static let level = 0.01
    /// What is asked of a window that was looked for among many.
    static let levelOfWindow = 0.05
    /// No point may lie further off, in standard errors of its own mean.
    static let largestResidual = 4.0
    /// Fewer trials decide about no law: with so few, a test of residuals has no known level for scatter as skewed as
    /// that of squared distances (scripts/coverage-results).
    static let fewestTrials = 32
    /// Without scatter: relative root mean square residual per degree of freedom.
    static let largestRelativeResidual = 0.01

    /// A model that cannot be tested is not accepted.
    static func accepts(_ candidate: Candidate, scatter: Scatter, level: Double = level) -> Bool {
        !candidate.isAtTheEdge && !candidate.hasImpossibleFloor && describes(candidate, scatter, level: level)
    }

    /// Whether its residuals are chance, whatever its parameters are.
    static func describes(_ candidate: Candidate, _ scatter: Scatter, level: Double = level) -> Bool {
        switch scatter {
        case .none:
            let freedom = Double(max(1, candidate.freedom))
            return (candidate.fit.chiSquared / freedom).squareRoot() <= largestRelativeResidual
        case .statistical:
            guard let test = candidate.test else { return false }
            return test.probability >= level && test.largest <= largestResidual
        }
    }
}

/// Looks for the part of a group where a law holds, when it does not hold everywhere.
///
/// The longest run of neighbouring points that some model describes is taken; among equally long ones the simplest law
/// and then the largest probability of its residuals. Nothing is looked for where the whole group is described, so that
/// a window is never chosen to flatter a law that holds. A window is worth naming where it holds at least half of the
/// points and half of the range of ln x.
struct WindowSearch {
    static let fewestPoints = 5
    /// Models that are tried on windows; those with a bend describe any short piece.
    static let models: Set<String> = ["power", "linear+quadratic", "power+floor", "polynomial"]

    let data: GroupData
    let sample: WeightedSample
    let scatter: Scatter
    /// Forced model, or all that may be chosen.
    let models: [any FitModel]
    let forced: String?

    /// A run of points and the law that holds there.
    struct Window {
        var comparison: ModelComparison
        var chosen: Candidate
    }

    /// All windows of the largest length on which a law holds, the best one first, and those with the same law that are
    /// one point shorter; empty where there is none.
    func windows() -> [Window] {
        let tried = forced == nil ? models.filter { Self.models.contains($0.name) } : models
        let fewest = max(Self.fewestPoints, (data.count + 1) / 2)
        for length in stride(from: data.count - 1, through: fewest, by: -1) {
            let found = windows(length, tried).sorted { first, second in
                let parameters = (first.chosen.model.parameters, second.chosen.model.parameters)
                guard parameters.0 == parameters.1 else { return parameters.0 < parameters.1 }
                return Self.quality(first.chosen) > Self.quality(second.chosen)
            }
            guard let best = found.first else { continue }
            let name = best.chosen.model.name
            let shorter = length > fewest ? windows(length - 1, tried.filter { $0.name == name }) : []
            return found.filter { $0.chosen.model.name == name } + shorter
        }
        return []
    }

    private func windows(_ length: Int, _ models: [any FitModel]) -> [Window] {
        (0...(data.count - length)).compactMap { start in
            let indices = Array(start..<start + length)
            return isWide(indices) ? window(indices, models) : nil
        }
    }

    private func isWide(_ indices: [Int]) -> Bool {
        func span(_ logs: [Double]) -> Double { (logs.max() ?? 0) - (logs.min() ?? 0) }
        let all = span(data.positive.map { data.abscissae[$0].logScaled })
        return span(indices.filter { data.x[$0] > 0 }.map { data.abscissae[$0].logScaled }) >= 0.499 * all
    }

    private func window(_ indices: [Int], _ models: [any FitModel]) -> Window? {
        let part = data.selecting(indices)
        // A floor is measured where there is a cell at zero, and never extrapolated beside it.
        let extrapolates = data.x.contains(0) && !part.x.contains(0)
        let allowed = models.filter { model in
            let used = model.usesZero ? part.count : part.positive.count
            return used >= max(model.minimumPoints, Self.fewestPoints) && !(model.usesZero && extrapolates)
        }
        guard !allowed.isEmpty else { return nil }
        let comparison = ModelComparison(
            data: part, sample: sample.selecting(indices), scatter: scatter, models: allowed, forced: forced)
        let chosen = forced == nil
            ? ModelChoice.preferred(comparison, level: Acceptance.levelOfWindow)
            : comparison.candidates.first {
                Acceptance.accepts($0, scatter: scatter, level: Acceptance.levelOfWindow)
            }
        return chosen.map { Window(comparison: comparison, chosen: $0) }
    }

    private static func quality(_ candidate: Candidate) -> Double {
        candidate.test?.probability ?? -candidate.chiSquared
    }
}

extension GroupData {
    /// Some of the points, in the same units.
    func selecting(_ indices: [Int]) -> GroupData {
        var result = self
        result.x = indices.map { x[$0] }
        result.cells = indices.map { cells[$0] }
        result.means = indices.map { means[$0] }
        result.standardErrors = indices.map { standardErrors[$0] }
        result.counts = indices.map { counts[$0] }
        result.responses = indices.map { responses[$0] }
        result.abscissae = indices.map { abscissae[$0] }
        return result
    }
}
