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

extension Dataset {
    /// Every column shifted and scaled to mean 0 and variance 1 (over n); constant columns become 0.
    public func standardised() -> Dataset {
        var values = features
        for j in 0..<columns {
            let column = stride(from: j, to: features.count, by: columns)
            let mean = column.reduce(0) { $0 + features[$1] } / Double(rows)
            let variance = column.reduce(0) { $0 + (features[$1] - mean) * (features[$1] - mean) } / Double(rows)
            // A constant column's deviations are its mean's rounding.
            let scale = variance > 1e-28 * mean * mean ? 1 / variance.squareRoot() : 0
            for index in column { values[index] = (features[index] - mean) * scale }
        }
        return Dataset(name: name, columns: columns, features: values, targets: targets)
    }

    /// With a last column of ones.
    public func withIntercept() -> Dataset {
        var values: [Double] = []
        values.reserveCapacity(features.count + rows)
        for i in 0..<rows {
            values += features[i * columns..<(i + 1) * columns]
            values.append(1)
        }
        return Dataset(name: name, columns: columns + 1, features: values, targets: targets)
    }

    /// With the lower of two classes as -1 and the higher as +1; `nil` where there are not two.
    public func withSignTargets() -> Dataset? {
        let classes = Set(targets).sorted()
        guard classes.count == 2 else { return nil }
        return Dataset(
            name: name, columns: columns, features: features, targets: targets.map { $0 == classes[0] ? -1 : 1 })
    }
}

/// A finite sum over a data set, with its minimiser: what trials of `logistic` and `least-squares` run on.
///
/// A reference, compared by identity: made once per data set and penalty, shared by all cells that use it.
public final class FiniteSum: Sendable, Hashable {
    /// As the kernels see it: standardised, with intercept and signs where asked for.
    public let dataset: Dataset
    public let l2: Double
    /// `dataset.columns` coordinates.
    public let minimiser: [Double]
    /// a_i . x* for every example.
    public let minimiserScores: [Double]

    public init(dataset: Dataset, l2: Double, minimiser: [Double]) {
        precondition(minimiser.count == dataset.columns)
        self.dataset = dataset
        self.l2 = l2
        self.minimiser = minimiser
        minimiserScores = (0..<dataset.rows).map { i in
            (0..<dataset.columns).reduce(0) { $0 + dataset.features[i * dataset.columns + $1] * minimiser[$1] }
        }
    }

    public static func == (a: FiniteSum, b: FiniteSum) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
