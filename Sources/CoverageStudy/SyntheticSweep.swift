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
package enum SharedNumbers: Int, Sendable, CaseIterable {
    /// Random numbers of its own for every point.
    case independent
    /// The same numbers, of which the law makes something else from point to point: correlations of 0.95.
    case common
    /// The same numbers and hardly another law: correlations of 0.9999 between neighbours.
    case nearlySame

    /// The correlation of the Gaussian vectors of neighbouring points.
    var persistence: Double {
        switch self {
        case .independent: 0
        case .common: 0.95
        case .nearlySame: 0.9999
        }
    }

    package var name: String {
        switch self {
        case .independent: "independent"
        case .common: "common"
        case .nearlySame: "nearly same"
        }
    }
}

/// A sweep with a known law and the scatter of squared distances.
///
/// The response of trial t at point i is law(x_i) (1 - w_i + w_i q_ti h_t). q is the squared norm of a Gaussian vector
/// in two dimensions over its mean: exponentially distributed. h is 14 over chi squared with 16 degrees of freedom:
/// trials have different scales, and the product has the tail of an F distribution, x^-8. The weights w run from 1 to
/// 0.3 along the points, so that relative standard deviations run from 1.2 to 0.4. With common random numbers, h is
/// the same for all points of a trial and the Gaussian vector changes little from point to point; otherwise all is
/// independent.
package struct SyntheticSweep {
    package var law: @Sendable (Double) -> Double
    package var x: [Double]
    package var trials: Int
    package var numbers: SharedNumbers
    package var scenario: UInt32

    package init(
        x: [Double], trials: Int, numbers: SharedNumbers, scenario: UInt32, law: @escaping @Sendable (Double) -> Double
    ) {
        (self.x, self.trials, self.numbers, self.scenario, self.law) = (x, trials, numbers, scenario, law)
    }

    /// The sweep of a known law, with random numbers of its own.
    package init(_ known: KnownLaw, trials: Int, numbers: SharedNumbers) {
        let number = KnownLaw.all.firstIndex { $0.model == known.model } ?? KnownLaw.all.count
        self.init(
            x: known.x, trials: trials, numbers: numbers,
            scenario: UInt32((number * 4096 + trials) * 4 + numbers.rawValue), law: known.law)
    }

    /// 13 values from 0.001 to 1.
    package static let rhos = (0...12).map { PortableMath.pow(10, Double($0) / 4 - 3) }

    package func table(seed: UInt32) -> ResponseTable {
        var stream = SyntheticStream(seed: seed, scenario: scenario)
        let levels = x.map(law)
        var columns = Array(repeating: Array(repeating: 0.0, count: trials), count: x.count)
        let persistence = numbers.persistence
        let renewal = (1 - persistence * persistence).squareRoot()
        for trial in 0..<trials {
            var scale = Self.scale(&stream)
            var vector = (stream.normal(), stream.normal())
            for point in x.indices {
                let weight = 1 - 0.7 * Double(point) / Double(x.count - 1)
                let square = 0.5 * (vector.0 * vector.0 + vector.1 * vector.1)
                columns[point][trial] = levels[point] * (1 - weight + weight * square * scale)
                vector = (
                    persistence * vector.0 + renewal * stream.normal(), persistence * vector.1 + renewal * stream.normal()
                )
                if numbers == .independent { scale = Self.scale(&stream) }
            }
        }
        return ResponseTable(
            group: GroupKey(["sweep": .number(Double(seed))]),
            points: zip(x, columns).map { ResponsePoint(x: $0, responses: $1) }, sharesRandomNumbers: numbers != .independent)
    }

    /// 14 over chi squared with 16 degrees of freedom: mean 1.
    private static func scale(_ stream: inout SyntheticStream) -> Double {
        var product = 1.0
        for _ in 0..<8 { product *= stream.uniform() }
        return 14 / (-2 * logarithm(product))
    }
}
