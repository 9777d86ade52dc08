import PortableMath

@testable import ScalingFits

/// Reproducible noise for synthetic sweeps: a function of (seed, trial, stream).
struct SyntheticNoise {
    var seed: UInt32

    /// Uniform in (0, 1).
    func uniform(_ index: Int, _ stream: Int) -> Double {
        let words = Philox4x32.block(
            counter: SIMD4(UInt32(index), UInt32(stream), 0, 0x7465_7374), key: SIMD2(seed, 0))
        return (Double(words[0]) + 0.5) * 0x1p-32
    }

    /// Sum of `freedom` unit exponentials over `freedom`: mean 1, skewed, as squared distances are.
    func gamma(_ index: Int, _ stream: Int, freedom: Int = 1) -> Double {
        let terms = (0..<freedom).map { -PortableMath.log(uniform(index, stream * 64 + $0)) }
        return CompensatedSum.of(terms) / Double(freedom)
    }
}

enum Synthetic {
    /// 13 values from 0.001 to 1.
    static let rhos = (0...12).map { PortableMath.pow(10, Double($0) / 4 - 3) }

    static func deterministic(
        _ xs: [Double] = rhos, group: GroupKey = GroupKey(["optimizer": .name("m-sam")]), trials: Int = 1,
        _ law: (Double) -> Double
    ) -> ResponseTable {
        ResponseTable(
            group: group, points: xs.map { ResponsePoint(x: $0, responses: Array(repeating: law($0), count: trials)) },
            sharesRandomNumbers: true)
    }

    /// Skewed multiplicative noise around a law; `common`: the same noise in every cell but for a small part.
    static func noisy(
        _ xs: [Double] = rhos, seed: UInt32, trials: Int, common: Bool, claimsCommon: Bool? = nil,
        freedom: Int = 2, group: GroupKey = GroupKey(["optimizer": .name("m-sam")]), _ law: (Double) -> Double
    ) -> ResponseTable {
        let noise = SyntheticNoise(seed: seed)
        let points = xs.enumerated().map { cell, x in
            ResponsePoint(x: x, responses: (0..<trials).map { trial in
                let own = noise.gamma(trial, cell + 1, freedom: freedom)
                let factor = common ? 0.9 * noise.gamma(trial, 0, freedom: freedom) + 0.1 * own : own
                return law(x) * factor
            })
        }
        return ResponseTable(group: group, points: points, sharesRandomNumbers: claimsCommon ?? common)
    }
}

extension FitOutcome {
    var fitted: ScalingFit? {
        if case .fit(let fit) = self { fit } else { nil }
    }

    var refusal: String? {
        if case .unfit(let group) = self { group.reason } else { nil }
    }
}
