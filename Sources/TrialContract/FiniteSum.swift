/// Examples with their targets, as read from a file. A reference, compared by identity.
public final class Dataset: Sendable, Hashable {
    /// Where it is from, for messages and attributes.
    public let name: String
    public let columns: Int
    /// Row by row: `rows * columns` numbers.
    public let features: [Double]
    /// One per row.
    public let targets: [Double]

    public var rows: Int { targets.count }

    public init(name: String, columns: Int, features: [Double], targets: [Double]) {
        precondition(columns > 0 && !targets.isEmpty && features.count == targets.count * columns)
        self.name = name
        self.columns = columns
        self.features = features
        self.targets = targets
    }

    public static func == (a: Dataset, b: Dataset) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A finite sum over a data set, with its minimiser: what trials of problems over data run on.
///
/// A reference, compared by identity: made once per data set and penalty, shared by all cells that use it.
public final class FiniteSum: Sendable, Hashable {
    /// As the kernels see it: standardised, with intercept and signs where asked for.
    public let dataset: Dataset
    public let l2: Double
    /// `dataset.columns` coordinates.
    public let minimiser: [Double]
    /// The objective there.
    public let minimum: Double
    /// a_i . x* for every example.
    public let minimiserScores: [Double]

    public init(dataset: Dataset, l2: Double, minimiser: [Double], minimum: Double) {
        precondition(minimiser.count == dataset.columns)
        self.dataset = dataset
        self.l2 = l2
        self.minimiser = minimiser
        self.minimum = minimum
        minimiserScores = (0..<dataset.rows).map { i in
            (0..<dataset.columns).reduce(0) { $0 + dataset.features[i * dataset.columns + $1] * minimiser[$1] }
        }
    }

    public static func == (a: FiniteSum, b: FiniteSum) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
