/// The rule by which one model is chosen, and when the data do not decide.
///
/// Of the models that describe the points (`Acceptance`) the one with fewest parameters is taken, unless a term that it
/// lacks is there: by one step from the fit, with a standard error from the trials, at the level `termLevel`; or unless a
/// richer one that describes them is better beyond chance (`evidence`). Among
/// models with as many parameters the first of the catalogue within `tie` of the smallest AICc is taken, and the others
/// that describe the points nearly as well are rivals: the data do not tell them apart.
enum ModelChoice {
    /// At which a term beside the law counts as found: a term of five standard errors is found in 98 of 100 cases.
    static let termLevel = 0.005
    /// A term of a smaller part of the response does no harm to a claim about the others.
    static let materialShare = 0.05
    /// A rival is as good where its AICc is larger by no more than this: an Akaike weight of 1/20.
    static let support = 6.0
    /// Of chi squared falling by chance as far as `evidence` asks for.
    static let evidenceLevel = 0.01
    /// Criteria this near say nothing for either model.
    static let tie = 2.0
    /// Without scatter: the simplest model within this of the best AICc.
    static let margin = 6.0

    /// Models that may be chosen unasked and describe the points.
    static func eligible(_ comparison: ModelComparison, level: Double = Acceptance.level) -> [Candidate] {
        comparison.candidates.filter {
            $0.model.isChosenAutomatically && Acceptance.accepts($0, scatter: comparison.scatter, level: level)
        }
    }

    /// Whether a term that the model lacks is found.
    static func lacks(_ candidate: Candidate) -> Bool {
        candidate.extras.contains { isFound($0, of: candidate) }
    }

    /// Whether the data show a term that the model lacks.
    static func isFound(_ term: ExtraCoefficient, of candidate: Candidate) -> Bool {
        term.probability < termLevel / Double(max(1, candidate.extras.count))
    }

    /// Without scatter: whether what is left of the points is rounding.
    static func isExact(_ candidate: Candidate) -> Bool {
        (candidate.fit.chiSquared / Double(max(1, candidate.freedom))).squareRoot() <= 1e-12
    }

    /// `nil` where no model describes the points.
    static func preferred(_ comparison: ModelComparison, level: Double = Acceptance.level) -> Candidate? {
        let eligible = eligible(comparison, level: level)
        guard case .statistical = comparison.scatter else {
            // Criteria of residuals that are rounding say nothing.
            if let exact = eligible.first(where: isExact) { return exact }
            guard let best = eligible.compactMap(\.aicc).min() else { return eligible.first }
            return eligible.first { $0.aicc.map { $0 <= best + margin } ?? false }
        }
        let complete = eligible.filter { !lacks($0) }
        let sufficient = complete.filter { simple in
            !complete.contains { richer in
                let more = Double(richer.model.parameters - simple.model.parameters)
                return more > 0 && criterion(richer) < criterion(simple) - evidence(comparison.sample) * more
            }
        }
        guard let fewest = sufficient.map(\.model.parameters).min() else { return nil }
        let equals = complete.filter { $0.model.parameters == fewest }
        guard let best = equals.map(criterion).min() else { return nil }
        return equals.first { criterion($0) <= best + tie }
    }

    /// A simpler model is not taken where a richer one's AICc is smaller by more than this for each further parameter: chi
    /// squared has then fallen by the square of Student's t, with the degrees of freedom that the scatter leaves, at
    /// `evidenceLevel`. 4.6 for normal scatter and many trials, more with heavy tails.
    private static func evidence(_ sample: WeightedSample) -> Double {
        let student = StudentT(freedom: max(1, sample.freedom)).quantile(confidence: 1 - evidenceLevel)
        return student * student - 2
    }

    private static func criterion(_ candidate: Candidate) -> Double { candidate.aicc ?? .infinity }

    /// Two laws that give the same curve are one: a power of exactly 2 and a polynomial without its linear term. What the terms that
    /// only one of them has may be is bounded elsewhere.
    private static func differs(_ rival: Candidate, from chosen: Candidate, _ data: GroupData) -> Bool {
        chosen.indices.contains { index in
            let (own, other) = (chosen.value(data.abscissae[index]), rival.value(data.abscissae[index]))
            return abs(own - other) > 1e-5 * max(abs(own), abs(other))
        }
    }

    /// Names of other laws with as many parameters that describe the points as well, the chosen one first; empty where
    /// the data decide, or where there is no scatter to decide by.
    static func undecided(_ comparison: ModelComparison, chosen: Candidate) -> [String] {
        guard case .statistical = comparison.scatter, chosen.model.isChosenAutomatically else { return [] }
        let rivals = eligible(comparison).filter { rival in
            rival.model.name != chosen.model.name && rival.model.parameters == chosen.model.parameters && !lacks(rival)
                && criterion(rival) <= criterion(chosen) + support && differs(rival, from: chosen, comparison.data)
        }
        return rivals.isEmpty ? [] : [chosen.model.name] + rivals.map(\.model.name)
    }
}
