/// Whether a model describes a window of a group at all.
enum Acceptance {
    /// Below this probability of its residuals a model is rejected.
    static let leastProbability = 0.001
    /// What is asked of a window that was looked for.
    static let leastProbabilityOfWindow = 0.01
    /// Without scatter: relative root mean square residual per degree of freedom.
    static let largestRelativeResidual = 0.01

    static func accepts(
        _ candidate: Candidate, isForced: Bool, scatter: Scatter, least: Double = leastProbability
    ) -> Bool {
        switch scatter {
        case .none:
            let chiSquared = isForced ? candidate.fit.chiSquared : candidate.chiSquared
            let freedom = Double(max(1, candidate.freedom))
            return (chiSquared / freedom).squareRoot() <= largestRelativeResidual
        case .statistical:
            guard let probability = isForced ? candidate.ownProbability : candidate.probability else { return true }
            return probability >= least
        }
    }
}

/// Looks for the part of a group where a law holds, when it does not hold everywhere.
///
/// The longest run of neighbouring points that some model describes is taken; among equally long ones that with the
/// smallest misfit. Nothing is looked for where the whole group is described, so that a window is never chosen to
/// flatter a law that holds.
struct WindowSearch {
    static let fewestPoints = 5
    /// Models that are tried on windows; those with a bend describe any short piece.
    static let models: Set<String> = ["power", "linear+quadratic", "power+floor", "polynomial"]

    let data: GroupData
    let sample: WeightedSample
    let scatter: Scatter
    /// Forced model, or all that may be chosen.
    let models: [any FitModel]
    let isForced: Bool

    /// The ends of the window, or `nil` where no run of points is described.
    func window() -> ClosedRange<Double>? {
        let tried = isForced ? models : models.filter { Self.models.contains($0.name) }
        for length in stride(from: data.count - 1, through: Self.fewestPoints, by: -1) {
            var best: (quality: Double, window: ClosedRange<Double>)?
            for start in 0...(data.count - length) {
                let indices = Array(start..<start + length)
                guard let quality = quality(indices, tried), quality > best?.quality ?? -.infinity else { continue }
                best = (quality, data.x[start]...data.x[start + length - 1])
            }
            if let best { return best.window }
        }
        return nil
    }

    /// The best probability, or minus the least misfit, of the models that are accepted there.
    private func quality(_ indices: [Int], _ models: [any FitModel]) -> Double? {
        guard let part = sample.selecting(indices) else { return nil }
        let data = data.selecting(indices)
        let allowed = models.filter { model in
            let used = model.usesZero ? data.count : data.positive.count
            return used >= max(model.minimumPoints, Self.fewestPoints)
        }
        let comparison = ModelComparison(data: data, sample: part, scatter: scatter, models: allowed)
        return comparison.candidates.filter { candidate in
            !candidate.isAtTheEdge && Acceptance.accepts(
                candidate, isForced: isForced, scatter: scatter, least: Acceptance.leastProbabilityOfWindow)
        }.map { candidate in
            (isForced ? candidate.ownProbability : candidate.probability) ?? -candidate.chiSquared
        }.max()
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
