/// A finite sum over examples of a loss of a linear score, with an l2 penalty.
///
///     f(x) = (1/n) sum_i loss(a_i . x, b_i) + (l2/2) |x|^2
public struct LinearModel: Sendable {
    public let loss: Loss
    /// Examples row by row: `rows` times `columns` numbers.
    public let features: [Double]
    /// One per example.
    public let targets: [Double]
    public let columns: Int
    public let l2: Double

    public var rows: Int { targets.count }

    /// - Precondition: `features.count == targets.count * columns`, both positive; targets are -1 and +1 where the loss asks for signs.
    public init(loss: Loss, features: [Double], targets: [Double], columns: Int, l2: Double) {
        precondition(columns > 0 && !targets.isEmpty && features.count == targets.count * columns && l2 >= 0)
        self.loss = loss
        self.features = features
        self.targets = targets
        self.columns = columns
        self.l2 = l2
    }

    /// a_i . x for every example.
    public func scores(_ x: [Double]) -> [Double] {
        (0..<rows).map { i in
            var score = 0.0
            for j in 0..<columns { score += features[i * columns + j] * x[j] }
            return score
        }
    }
}

extension LinearModel {
    public func value(_ x: [Double]) -> Double {
        var sum = CompensatedSum()
        for (z, b) in zip(scores(x), targets) { sum.add(loss.value(z, b)) }
        return sum.value / Double(rows) + 0.5 * l2 * CompensatedSum.of(x.lazy.map { $0 * $0 })
    }

    /// The gradient with compensated sums over the examples: its error is that of the scores alone.
    public func gradient(_ x: [Double]) -> [Double] {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: columns)
        for (i, z) in scores(x).enumerated() {
            let slope = loss.slope(z, targets[i])
            for j in 0..<columns { sums[j].add(slope * features[i * columns + j]) }
        }
        return (0..<columns).map { sums[$0].value / Double(rows) + l2 * x[$0] }
    }

    /// The Hessian, row by row.
    public func hessian(_ x: [Double]) -> [Double] {
        curvature(weights: zip(scores(x), targets).map { loss.curvature($0, $1) })
    }

    /// (1/n) sum_i w_i a_i a_i^T + l2 I.
    func curvature(weights: [Double]) -> [Double] {
        let examples = Double(rows), l2 = l2
        return WeightedGram(features: features, weights: weights, columns: columns).entries { j, k, sum in
            sum / examples + (j == k ? l2 : 0)
        }
    }
}

extension LinearModel {
    /// A convex loss of a linear score z with target b. Losses are told apart by their names.
    public struct Loss: Sendable, Hashable {
        public let name: String
        /// Whether targets are classes, -1 and +1.
        public let takesSigns: Bool
        public let value: @Sendable (_ z: Double, _ b: Double) -> Double
        /// d value / d z.
        public let slope: @Sendable (_ z: Double, _ b: Double) -> Double
        /// d slope / d z, where it is defined.
        public let curvature: @Sendable (_ z: Double, _ b: Double) -> Double
        /// The greatest lower and the least upper bound of the curvature over all z and b; the lower one is at least 0.
        public let curvatureBounds: ClosedRange<Double>

        public init(
            name: String, takesSigns: Bool = false, curvatureBounds: ClosedRange<Double>,
            value: @escaping @Sendable (Double, Double) -> Double, slope: @escaping @Sendable (Double, Double) -> Double,
            curvature: @escaping @Sendable (Double, Double) -> Double
        ) {
            precondition(curvatureBounds.lowerBound >= 0)
            self.name = name
            self.takesSigns = takesSigns
            self.curvatureBounds = curvatureBounds
            self.value = value
            self.slope = slope
            self.curvature = curvature
        }

        public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }

        /// (z - b)^2/2.
        public static let leastSquares = Loss(
            name: "leastSquares", curvatureBounds: 1...1, value: { 0.5 * ($0 - $1) * ($0 - $1) }, slope: { $0 - $1 },
            curvature: { _, _ in 1 })

        /// ln(1 + exp(-b z)), b = -1 or +1.
        public static let logistic = Loss(
            name: "logistic", takesSigns: true, curvatureBounds: 0...0.25,
            value: { z, b in
                // ln(1 + e^u) = max(u, 0) + ln(1 + e^-|u|).
                let u = -b * z
                return max(u, 0) + PortableMath.log(1 + PortableMath.exp(-abs(u)))
            },
            slope: { z, b in -b * sigmoid(-b * z) }, curvature: { z, _ in sigmoid(z) * sigmoid(-z) })

        /// 1/(1 + e^-u) with full relative precision at both ends.
        private static func sigmoid(_ u: Double) -> Double {
            let e = PortableMath.exp(-abs(u))
            return (u >= 0 ? 1 : e) / (1 + e)
        }
    }
}
