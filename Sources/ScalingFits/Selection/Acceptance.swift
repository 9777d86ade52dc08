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
        !candidate.isAtTheEdge && candidate.floorFault == nil && describes(candidate, scatter, level: level)
    }

    /// Whether it can be accepted at any level, by what is known before its residuals are compared with resamples.
    static func mayAccept(_ candidate: Candidate, largest: Double) -> Bool {
        !candidate.isAtTheEdge && candidate.floorFault == nil && largest <= largestResidual
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
