/// The coordinate of a group along one dimension: a name (`optimizer`) or a number (`learning_rate`).
package enum GroupValue: Sendable, Hashable, CustomStringConvertible {
    case name(String)
    case number(Double)

    package var description: String {
        switch self {
        case .name(let name): name
        case .number(let number): Figures.shortest(number)
        }
    }
}

/// What all points of a group have in common, in the order of the result's dimensions.
package struct GroupKey: Sendable, Hashable, CustomStringConvertible {
    package struct Entry: Sendable, Hashable {
        package var name: String
        package var value: GroupValue
        /// Whether the result holds the value as an integer.
        package var isInteger: Bool

        package init(name: String, value: GroupValue, isInteger: Bool = false) {
            self.name = name
            self.value = value
            self.isInteger = isInteger
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) {
        self.entries = entries
    }

    package init(_ pairs: KeyValuePairs<String, GroupValue>) {
        entries = pairs.map { Entry(name: $0.key, value: $0.value) }
    }

    package subscript(name: String) -> GroupValue? {
        entries.first { $0.name == name }?.value
    }

    /// As `optimizer = m-sam, learning_rate = 0.05`; `all cells` for the only group.
    package var description: String {
        entries.isEmpty ? "all cells" : entries.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
    }
}

/// One cell of a group: where it stands and what its trials gave.
package struct ResponsePoint: Sendable, Equatable {
    /// The value of the quantity the response is fitted against.
    package var x: Double
    /// One response per trial in trial order; infinite where the trial diverged, NaN where it is missing.
    package var responses: [Double]
    /// The cell's number in the result it was read from.
    package var cell: Int?

    package init(x: Double, responses: [Double], cell: Int? = nil) {
        self.x = x
        self.responses = responses
        self.cell = cell
    }

    package var diverged: Int { responses.reduce(0) { $0 + ($1.isInfinite ? 1 : 0) } }
    package var missing: Int { responses.reduce(0) { $0 + ($1.isNaN ? 1 : 0) } }
}

/// The measured responses of one group: everything a fit needs.
package struct ResponseTable: Sendable, Equatable {
    package var group: GroupKey
    /// Name of the abscissa, as `rho`.
    package var against: String
    /// Name of the response, as `distance_squared`.
    package var response: String
    /// In any order; the fit sorts them by `x`.
    package var points: [ResponsePoint]
    /// Whether trial k saw the same unit noise in every cell.
    package var sharesRandomNumbers: Bool
    /// Whether responses are differences to the same trial at x = 0.
    package var isExcess: Bool

    package init(
        group: GroupKey, against: String = "rho", response: String = "distance_squared", points: [ResponsePoint],
        sharesRandomNumbers: Bool, isExcess: Bool = false
    ) {
        self.group = group
        self.against = against
        self.response = response
        self.points = points
        self.sharesRandomNumbers = sharesRandomNumbers
        self.isExcess = isExcess
    }

    /// Trials per cell: the longest column.
    package var trials: Int { points.map(\.responses.count).max() ?? 0 }
    /// Trials of the group that diverged.
    package var diverged: Int { points.reduce(0) { $0 + $1.diverged } }
    /// Trials of the group that have not been computed yet.
    package var missing: Int { points.reduce(0) { $0 + $1.missing } }
    /// Whether trials with the same number belong together in all cells: excesses share their baseline in any case.
    var isJoint: Bool { sharesRandomNumbers || isExcess }
}
