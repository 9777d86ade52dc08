/// What is known of the error of a group's means.
enum Scatter {
    case statistical
    /// Trials agree, or there is one per cell: points weigh equally in relative terms, nothing is known of the error.
    case none

    init(_ data: GroupData) { self = data.hasScatter ? .statistical : .none }

    /// Standard deviations of single responses. A cell whose trials agree by chance or saturation gets the smallest
    /// relative deviation of the others, or it would outweigh them all.
    static func deviations(_ data: GroupData) -> [Double] {
        let root = Double(max(1, data.trials)).squareRoot()
        return flooredErrors(data).map { $0 * root }
    }

    private static func flooredErrors(_ data: GroupData) -> [Double] {
        let relative = data.means.indices.compactMap { index -> Double? in
            let ratio = data.standardErrors[index] / abs(data.means[index])
            return ratio > 1e-12 && ratio.isFinite ? ratio : nil
        }
        let smallest = relative.min() ?? 1
        let leastError = data.standardErrors.filter { $0 > 0 }.min() ?? 1
        return data.means.indices.map { index in
            let error = data.standardErrors[index]
            let magnitude = abs(data.means[index])
            if error > 1e-12 * magnitude, error > 0 { return error }
            return magnitude > 0 ? smallest * magnitude : leastError
        }
    }

    /// What stands for the error of means without scatter: their magnitudes, so that residuals count in relative
    /// terms. At x = 0 and for zeros the smallest other magnitude: what lies below everything else that was measured is
    /// no evidence of a floor.
    static func magnitudes(_ data: GroupData) -> [Double] {
        let others = data.x.indices.filter { data.x[$0] != 0 && data.means[$0] != 0 }.map { abs(data.means[$0]) }
        let smallest = others.min() ?? 1
        return data.x.indices.map { index in
            let magnitude = abs(data.means[index])
            return data.x[index] == 0 || magnitude == 0 ? max(magnitude, smallest) : magnitude
        }
    }
}
