/// The rule by which one model is chosen, and when the data do not decide.
///
/// The simplest model within `margin` of the best AICc is taken. With one model against one other a margin of 1.84
/// would add a needless parameter 5 % of the time; six models with curvature and floors of all kinds compete here, on
/// skewed data, and `margin` is what keeps their best needless gain below that (scripts/coverage-results). A term
/// of five standard errors gains 25 - 2 and is found all the same.
enum ModelChoice {
    static let margin = 6.0
    /// A rival within this of the chosen model's AICc is not ruled out: a term below two standard errors gains at most
    /// 4 - 2, and one that gains nothing costs 2 and the second-order correction.
    static let support = 2.5

    /// Models that may be chosen unasked.
    static func eligible(_ comparison: ModelComparison) -> [Candidate] {
        comparison.candidates.filter { $0.model.isChosenAutomatically && !$0.isAtTheEdge }
    }

    /// The first eligible candidate of the catalogue, which begins with the simplest, within the margin of the best;
    /// where points are too few to compare, the simplest.
    static func preferred(_ comparison: ModelComparison) -> Candidate? {
        let eligible = eligible(comparison)
        guard let best = eligible.compactMap(\.aicc).min() else {
            return eligible.first ?? comparison.candidates.first { $0.model.isChosenAutomatically }
        }
        return eligible.first { $0.aicc.map { $0 <= best + margin } ?? false }
    }

    /// Names of the models that the data do not rule out against the chosen one, which comes first; empty where they
    /// decide, or where there is no scatter to decide by.
    static func undecided(_ comparison: ModelComparison, chosen: Candidate) -> [String] {
        guard case .statistical = comparison.scatter, let own = chosen.aicc else { return [] }
        let rivals = eligible(comparison).filter { rival in
            rival.model.name != chosen.model.name && (rival.aicc.map { $0 <= own + support } ?? false)
        }
        return rivals.isEmpty ? [] : [chosen.model.name] + rivals.map(\.model.name)
    }
}
