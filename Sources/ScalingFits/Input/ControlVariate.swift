import PortableMath

/// A cell whose mean is known exactly, and which sees the same noise: what its trials are off by tells what another's are off by.
package struct ControlCell: Sendable, Equatable {
    /// The cell's number in the result.
    package var cell: Int
    /// Exact means of its responses, by name: `distance_squared`, `suboptimality`.
    package var means: [String: Double]

    package init(cell: Int, means: [String: Double]) {
        self.cell = cell
        self.means = means
    }
}

/// Responses r_t of a cell made less scattered by those c_t of a control with the known mean m, trial by trial:
///
///     r_t - b (c_t - m) .
///
/// The coefficient that leaves least variance is Cov(r, c)/Var(c). Estimated from the same trials it would bias the mean; here
/// trials are dealt out into folds, and each fold's coefficient comes from the others (cross-fitting, Avramidis & Wilson 1993),
/// so that it is independent of the trials it is used on and the mean's expectation is exactly that of r. The variance left is
/// seen from the adjusted values themselves, with which everything goes on as with plain responses.
package enum ControlVariate {
    static let folds = 8
    /// Fewer trials tell too little of a coefficient.
    static let fewest = 32
    /// Whether it helps is seen from the first trials, so that more of them do not change it.
    static let pilot = 64
    /// The variance that may be left of the whole for it to be taken.
    static let worthwhile = 0.9

    /// Adjusted responses; `nil` where there are too few, or the first trials show no gain.
    ///
    /// - Parameters:
    ///   - responses: in trial order; what is not finite stays as it is.
    ///   - control: of the same trials; shorter, or NaN, where the control has none, and responses stay as they are.
    package static func adjusted(_ responses: [Double], control: [Double], mean: Double) -> [Double]? {
        let common = min(responses.count, control.count)
        let paired = (0..<common).filter { responses[$0].isFinite && control[$0].isFinite }
        guard paired.count >= fewest else { return nil }
        if paired.allSatisfy({ responses[$0].bitPattern == control[$0].bitPattern }) {
            // The control itself: its mean is known without a trial.
            return responses.map { $0.isFinite ? mean : $0 }
        }
        let first = Array(paired.prefix(pilot))
        guard let trial = adjusted(responses, control, mean, first),
            variance(first.map { trial[$0] }) <= worthwhile * variance(first.map { responses[$0] })
        else { return nil }
        return adjusted(responses, control, mean, paired)
    }

    /// How many plain trials one is as good as; 1 without scatter.
    package static func gain(_ responses: [Double], _ adjusted: [Double]) -> Double {
        let plain = variance(responses.filter(\.isFinite)), left = variance(adjusted.filter(\.isFinite))
        return left > 0 ? plain / left : (plain > 0 ? .infinity : 1)
    }

    private static func variance(_ values: [Double]) -> Double {
        let error = GroupData.meanAndError(values).error
        return error * error * Double(values.count)
    }

    /// - Parameter paired: trials that have both; the k-th of them is in fold k modulo `folds`.
    private static func adjusted(_ responses: [Double], _ control: [Double], _ mean: Double, _ paired: [Int]) -> [Double]? {
        let center = GroupData.mean(paired.map { responses[$0] })
        var sums = [FoldSums](repeating: FoldSums(), count: folds)
        for (place, trial) in paired.enumerated() { sums[place % folds].add(responses[trial] - center, control[trial] - mean) }
        let whole = sums.reduce(FoldSums()) { $0.plus($1) }
        var coefficients: [Double] = []
        for own in sums {
            guard let coefficient = whole.minus(own).coefficient else { return nil }
            coefficients.append(coefficient)
        }
        var result = responses
        for (place, trial) in paired.enumerated() {
            result[trial] -= coefficients[place % folds] * (control[trial] - mean)
        }
        return result
    }

    private struct FoldSums {
        var count = 0.0
        var r = 0.0
        var c = 0.0
        var rc = 0.0
        var cc = 0.0

        mutating func add(_ response: Double, _ control: Double) {
            count += 1
            r += response
            c += control
            rc += response * control
            cc += control * control
        }

        func plus(_ other: FoldSums) -> FoldSums {
            FoldSums(count: count + other.count, r: r + other.r, c: c + other.c, rc: rc + other.rc, cc: cc + other.cc)
        }

        func minus(_ other: FoldSums) -> FoldSums {
            FoldSums(count: count - other.count, r: r - other.r, c: c - other.c, rc: rc - other.rc, cc: cc - other.cc)
        }

        /// Covariance over variance; `nil` where the control does not scatter.
        var coefficient: Double? {
            let variance = cc - c * c / count
            return variance > 1e-24 * cc ? (rc - r * c / count) / variance : nil
        }
    }
}
