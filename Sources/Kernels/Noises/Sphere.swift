import TrialContract

/// A uniform direction of constant length: normals (draws as `Gaussian`) scaled to |xi|^2 = d.
struct Sphere: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "sphere", summary: "uniform on a sphere: every draw has the same length",
        formula: "xi = s sqrt(d) z/|z|, z ~ N(0, I)", citation: "Muller, Comm. ACM 2 (1959) 19")

    private let gaussian: Gaussian

    init(parameters: [String: Double], precision: NoisePrecision) {
        gaussian = Gaussian(parameters: parameters, precision: precision)
    }

    var stepsPerUnit: Int { gaussian.stepsPerUnit }

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        gaussian.fill(
            buffer, generator: generator, stream: stream, steps: steps, dimension: dimension, scale: Lanes(repeating: 1))
        for row in 0..<steps.count {
            let noise = buffer + row * dimension
            Self.normalise(noise, dimension: dimension, length: Double(dimension).squareRoot())
            for j in 0..<dimension { noise[j] = noise[j] * scale }
        }
    }

    /// Scales `dimension` coordinates to the given length; a zero vector stays as it is.
    @inline(__always)
    static func normalise(_ vector: UnsafeMutablePointer<Lanes>, dimension: Int, length: Double) {
        let square = sumOfSquares(dimension) { vector[$0] }
        let isZero = square .== Lanes(repeating: 0)
        let scale = (Lanes(repeating: length) / square.squareRoot())
            .replaced(by: Lanes(repeating: 1), where: isZero)
        for j in 0..<dimension { vector[j] = vector[j] * scale }
    }
}
