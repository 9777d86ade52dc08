/// Holm's correction (1979): with these probabilities, a true hypothesis is rejected in any of the groups no more often
/// than in one test alone, whatever the tests' dependence.
package enum Multiplicity {
    /// Adjusted probabilities in the order of the given ones.
    package static func holm(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        var adjusted = probabilities
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, probabilities[index] * Double(probabilities.count - rank)))
            adjusted[index] = largest
        }
        return adjusted
    }

    /// The outcomes with the tests of their exponents corrected for all of them.
    package static func corrected(_ outcomes: [FitOutcome]) -> [FitOutcome] {
        let tests = outcomes.map { outcome -> ExponentTest? in
            if case .fit(let fit) = outcome { fit.exponentTest } else { nil }
        }
        var adjusted = holm(tests.compactMap { $0?.probability })[...]
        return zip(outcomes, tests).map { outcome, test in
            guard test != nil, case .fit(var fit) = outcome, let probability = adjusted.popFirst() else { return outcome }
            fit.exponentTest?.adjusted = probability
            return .fit(fit)
        }
    }
}
