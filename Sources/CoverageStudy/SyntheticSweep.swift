import PortableMath
import ScalingFits

/// Reproducible random numbers: a function of seed and position.
struct SyntheticStream {
    private let key: SIMD2<UInt32>
    private var counter = SIMD4<UInt32>(0, 0, 0, 0x7374_6479)
    private var words: [UInt32] = []
    private var spare: Double?

    init(seed: UInt32, scenario: UInt32) {
        key = SIMD2(seed, scenario)
    }

    /// In (0, 1).
    mutating func uniform() -> Double {
        if words.isEmpty {
            let block = Philox4x32.block(counter: counter, key: key)
            words = [block[0], block[1], block[2], block[3]]
            counter[0] &+= 1
        }
        return (Double(words.removeLast()) + 0.5) * 0x1p-32
    }

    /// Standard normal, by Marsaglia's polar method.
    mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let (u, v) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = u * u + v * v
            guard square < 1, square > 0 else { continue }
            let factor = (-2 * logarithm(square) / square).squareRoot()
            spare = v * factor
            return u * factor
        }
    }
}

/// What the points of a sweep have in common.
package enum SharedNumbers: String, Sendable, CaseIterable {
    /// Random numbers of its own for every point.
    case independent
    /// The same numbers, of which the law makes something else from point to point: correlations of neighbours' Gaussian
    /// vectors.
    case half = "0.5"
    case common = "0.95"
    case nearlySame = "0.9999"
    case same = "0.99999"
    /// Every point's response is a sum of the same three numbers of a trial.
    case lowRank = "rank-3"

    /// The correlation of the Gaussian vectors of neighbouring points.
    var persistence: Double {
        switch self {
        case .independent: 0
        case .half: 0.5
        case .common: 0.95
        case .nearlySame: 0.9999
        case .same, .lowRank: 0.99999
        }
    }
}

/// How the responses of a cell scatter around 1.
package enum ScatterShape: String, Sendable, CaseIterable {
    /// A squared norm in two dimensions times 14 over chi squared with 16 degrees of freedom: tail x^-8.
    case chiSquared = "chi-squared"
    case lognormal
    /// The cube of a normal deviate's magnitude over its mean: kurtosis 53.
    case skewed
    /// 0.2 in nine trials of ten, 8.2 in the tenth.
    case twoPoint = "two-point"

    /// Of one response around its mean 1.
    var deviation: Double {
        switch self {
        case .chiSquared: (4.0 / 3).squareRoot()
        case .lognormal: (PortableMath.exp(0.49) - 1).squareRoot()
        case .skewed: (15 / (1.595_769_121_605_731 * 1.595_769_121_605_731) - 1).squareRoot()
        case .twoPoint: 2.4
        }
    }

    func value(_ vector: (Double, Double), scale: Double) -> Double {
        switch self {
        case .chiSquared: return 0.5 * (vector.0 * vector.0 + vector.1 * vector.1) * scale
        case .lognormal: return PortableMath.exp(0.7 * vector.0 - 0.245)
        case .skewed: return abs(vector.0 * vector.0 * vector.0) / 1.595_769_121_605_731
        case .twoPoint: return vector.0 > 1.281_551_565_544_6 ? 8.2 : 0.2
        }
    }
}

/// A sweep with a known law and skewed scatter.
///
/// The response of trial t at point i is law(x_i) (1 - w_i + w_i s_ti) with s of mean 1. The weights w run from 1 to 0.3
/// along the points. With common random numbers the Gaussian vector behind s changes little from point to point; of low
/// rank, s_ti = (s_t1 + a_i s_t2 + a_i² s_t3) / (1 + a_i + a_i²), with a_i from 0 to 1.
package struct SyntheticSweep {
    package var law: @Sendable (Double) -> Double
    package var x: [Double]
    package var trials: Int
    package var numbers: SharedNumbers
    package var shape: ScatterShape
    package var scenario: UInt32

    /// The sweep of a known law, with random numbers of its own.
    package init(_ known: KnownLaw, trials: Int, numbers: SharedNumbers, shape: ScatterShape) {
        let law = KnownLaw.all.firstIndex { $0.name == known.name } ?? KnownLaw.all.count
        let number = SharedNumbers.allCases.firstIndex(of: numbers) ?? 0
        let kind = ScatterShape.allCases.firstIndex(of: shape) ?? 0
        (x, self.law, self.trials, self.numbers, self.shape) = (known.x, known.law, trials, numbers, shape)
        scenario = UInt32(((law * 8192 + trials) * 8 + number) * 4 + kind)
    }

    /// 13 values from 0.001 to 1.
    package static let rhos = (0...12).map { PortableMath.pow(10, Double($0) / 4 - 3) }

    package func table(seed: UInt32) -> ResponseTable {
        var stream = SyntheticStream(seed: seed, scenario: scenario)
        let levels = x.map(law)
        var columns = Array(repeating: Array(repeating: 0.0, count: trials), count: x.count)
        for trial in 0..<trials {
            let factors = numbers == .lowRank ? lowRank(&stream) : chain(&stream)
            for point in x.indices {
                let weight = 1 - 0.7 * Double(point) / Double(x.count - 1)
                columns[point][trial] = levels[point] * (1 - weight + weight * factors[point])
            }
        }
        return ResponseTable(
            group: GroupKey(["sweep": .number(Double(seed))]),
            points: zip(x, columns).map { ResponsePoint(x: $0, responses: $1) }, sharesRandomNumbers: numbers != .independent)
    }

    /// Of the mean at one of the points, as it is.
    package func standardError(at position: Double) -> Double? {
        guard let point = x.firstIndex(of: position) else { return nil }
        let share = Double(point) / Double(x.count - 1)
        let mixing = numbers == .lowRank
            ? (1 + share * share * (1 + share * share)).squareRoot() / (1 + share + share * share) : 1
        return abs(law(position)) * (1 - 0.7 * share) * shape.deviation * mixing / Double(trials).squareRoot()
    }

    private func chain(_ stream: inout SyntheticStream) -> [Double] {
        let persistence = numbers.persistence
        let renewal = (1 - persistence * persistence).squareRoot()
        var scale = Self.scale(&stream)
        var vector = (stream.normal(), stream.normal())
        return x.indices.map { _ in
            let value = shape.value(vector, scale: scale)
            vector = (
                persistence * vector.0 + renewal * stream.normal(), persistence * vector.1 + renewal * stream.normal()
            )
            if numbers == .independent { scale = Self.scale(&stream) }
            return value
        }
    }

    private func lowRank(_ stream: inout SyntheticStream) -> [Double] {
        let parts = (0..<3).map { _ in
            let vector = (stream.normal(), stream.normal())
            return shape.value(vector, scale: Self.scale(&stream))
        }
        return x.indices.map { point in
            let a = Double(point) / Double(x.count - 1)
            return (parts[0] + a * parts[1] + a * a * parts[2]) / (1 + a + a * a)
        }
    }

    /// 14 over chi squared with 16 degrees of freedom: mean 1.
    private static func scale(_ stream: inout SyntheticStream) -> Double {
        var product = 1.0
        for _ in 0..<8 { product *= stream.uniform() }
        return 14 / (-2 * logarithm(product))
    }
}
