/// Looks for the part of a group where a law holds, when it does not hold everywhere.
///
/// The longest run of neighbouring points that some model describes is taken; among equally long ones the simplest law
/// and then the largest probability of its residuals. Nothing is looked for where the whole group is described, so that
/// a window is never chosen to flatter a law that holds. A window is worth naming where it holds at least half of the
/// points and half of the range of ln x, and the response depends on x there.
struct WindowSearch {
    static let fewestPoints = 5

    let data: GroupData
    let sample: WeightedSample
    let scatter: Scatter
    /// Forced model, or all that may be chosen.
    let models: [any FitModel]
    let forced: String?
    /// The law that nothing depends on x; `nil` where the group does not allow it.
    let constant: (any FitModel)?

    /// A run of points and the law that holds there.
    struct Window {
        var comparison: ModelComparison
        var chosen: Candidate
    }

    /// All windows of the largest length on which a law holds, the best one first, and those with the same law that are
    /// one point shorter; empty where there is none.
    func windows() -> [Window] {
        let tried = forced == nil ? models.filter(\.isSoughtOnParts) : models
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
            return (found.filter { $0.chosen.model.name == name } + shorter).map(complete)
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
        // A floor says what the response is towards x = 0. The points nearer to it that this window leaves out were
        // measured and do not follow the law, or a longer window would hold them: no floor is extrapolated past them.
        let extrapolates = indices.first != 0
        let allowed = models.filter { model in
            let used = model.usesZero ? part.count : part.positive.count
            return used >= max(model.minimumPoints, Self.fewestPoints) && !(model.lane(of: .floor) != nil && extrapolates)
        }
        guard !allowed.isEmpty else { return nil }
        let comparison = ModelComparison(
            data: part, sample: sample.selecting(indices), scatter: scatter, models: allowed, forced: forced,
            tests: .acceptable)
        let chosen = forced == nil
            ? ModelChoice.preferred(comparison, level: Acceptance.levelOfWindow)
            : comparison.candidates.first {
                Acceptance.accepts($0, scatter: scatter, level: Acceptance.levelOfWindow)
            }
        guard let chosen, !isFlat(part, indices) else { return nil }
        return Window(comparison: comparison, chosen: chosen)
    }

    /// Whether nothing depends on x there. Such a part has no exponent, however well a power of nearly 0 describes it.
    private func isFlat(_ part: GroupData, _ indices: [Int]) -> Bool {
        guard let constant, forced != constant.name, part.count >= constant.minimumPoints else { return false }
        let flat = ModelComparison(
            data: part, sample: sample.selecting(indices), scatter: scatter, models: [constant], forced: nil, tests: .acceptable)
        return switch scatter {
        case .statistical: ModelChoice.preferred(flat) != nil
        case .none: flat.candidates.contains { ModelChoice.isExact($0) }
        }
    }

    /// With the tests of the models that were not accepted, which a report shows.
    private func complete(_ window: Window) -> Window {
        let found = window.comparison
        guard case .statistical = scatter, found.candidates.contains(where: { $0.test == nil }) else { return window }
        var result = window
        result.comparison = ModelComparison(
            data: found.data, sample: found.sample, scatter: scatter, models: found.candidates.map(\.model), forced: forced)
        return result
    }

    private static func quality(_ candidate: Candidate) -> Double {
        candidate.test?.probability ?? -candidate.chiSquared
    }
}
