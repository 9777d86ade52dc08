import TrialContract

/// An axis whose values a run chooses: a few at first, and more where the answer needs them.
package struct AdaptiveAxis: Sendable, Equatable {
    /// What the values are to resolve.
    package enum Target: String, Sendable, CaseIterable {
        /// Where two settings cross.
        case crossing
        /// Where the local exponent changes.
        case regime
        /// The response's course between the values.
        case curvature
    }

    /// Whose crossings are looked for.
    package struct Rivals: Sendable, Equatable {
        /// A dimension.
        package var over: String
        /// Two of its values, as they are printed; `nil`: every two.
        package var pair: TrialGoal.Pair?

        package init(over: String, pair: TrialGoal.Pair?) {
            self.over = over
            self.pair = pair
        }
    }

    /// The quantity's name.
    package let name: String
    package let range: NestedRange
    /// Values of the range, `fewest` … `mostAllowed`.
    package let atMost: Int
    package let target: Target
    /// A recorded statistic, or `distance_squared`.
    package let response: String
    /// Of crossings; `nil` for other targets.
    package let rivals: Rivals?
    /// Values beside the range's, ascending: 0, as a rule.
    package let fixed: [Double]
    /// Positions that the sweep has from the start: the first ones and those that an earlier run took; ascending.
    package let given: [Int]

    package static let fewest = 5
    package static let mostAllowed = 1000
    package static let usualMost = 40

    package init(
        name: String, range: NestedRange, atMost: Int, target: Target, response: String, rivals: Rivals?, fixed: [Double],
        given: [Int] = []
    ) {
        self.name = name
        self.range = range
        self.atMost = atMost
        self.target = target
        self.response = response
        self.rivals = rivals
        self.fixed = fixed.sorted()
        self.given = Set(given).union(NestedRange.first(atMost: atMost)).sorted()
    }

    /// The axis as it is where these positions are taken, too.
    package func taking(_ positions: some Sequence<Int>) -> AdaptiveAxis {
        AdaptiveAxis(
            name: name, range: range, atMost: atMost, target: target, response: response, rivals: rivals, fixed: fixed,
            given: given + positions)
    }

    /// All values of the axis, ascending, each once.
    package func values(at positions: some Sequence<Int>) -> [Double] {
        Set(fixed + positions.map { range.value(at: $0) }).sorted()
    }

    package var values: [Double] { values(at: given) }

    /// What the values resolve, for people.
    package var text: String {
        switch target {
        case .crossing:
            rivals?.pair.map { "where \($0.first) and \($0.second) cross" } ?? "where values of \(rivals?.over ?? "optimizer") cross"
        case .regime: "where the local exponent of \(response) changes"
        case .curvature: "the course of \(response)"
        }
    }
}
