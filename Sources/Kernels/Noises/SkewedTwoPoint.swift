import TrialContract

/// A rare large step one way against a frequent small one the other way; one dimension.
///
/// Draw 0, unit `step / 2`; the even step uses U, the odd one V. The point is the low one where (word >> 12) 2^-52 < q.
/// Theory: B4 of the skewed-noise construction; for q != 1/2 SAM keeps a bias -rho (1 - 2q).
struct SkewedTwoPoint: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "skewed-two-point", summary: "two values, mean 0, skewed unless q = 1/2",
        formula: "xi = -s sqrt((1-q)/q) with probability q, +s sqrt(q/(1-q)) otherwise",
        parameters: [
            ParameterDescription(
                name: "q", summary: "probability of the negative value",
                range: ParameterRange(0, 1, lowerIsOpen: true, upperIsOpen: true), defaultValue: nil)
        ],
        maximumDimension: 1)

    private let threshold: Double
    private let low: Double
    private let high: Double

    init(parameters: [String: Double], precision: NoisePrecision) {
        let q = Self.description.value(of: "q", in: parameters)
        threshold = q
        low = -((1 - q) / q).squareRoot()
        high = (q / (1 - q)).squareRoot()
    }

    var stepsPerUnit: Int { 2 }

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        let points = (low: scale * low, high: scale * high)
        var row = buffer
        for unit in steps.lowerBound / 2..<steps.upperBound / 2 {
            for j in 0..<dimension {
                let (even, odd) = generator.draw(UInt64(j), unit: UInt64(unit), stream: stream)
                row[j] = point(even, points)
                row[dimension + j] = point(odd, points)
            }
            row += 2 * dimension
        }
    }

    @inline(__always)
    private func point(_ word: Words, _ points: (low: Lanes, high: Lanes)) -> Lanes {
        points.high.replaced(by: points.low, where: unitInterval(word) .< Lanes(repeating: threshold))
    }
}
