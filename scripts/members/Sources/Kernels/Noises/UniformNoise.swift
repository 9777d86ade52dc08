import TrialContract

/// Uniform on an interval around 0: draw `j / 2`, unit `step`; U where j is even, V where it is odd.
struct UniformNoise: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "uniform", summary: "independent uniform noise in every coordinate",
        formula: "xi_j uniform on [-s sqrt(3), s sqrt(3))")

    var stepsPerUnit: Int { 1 }

    init(parameters: [String: Double], precision: NoisePrecision) {}

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        var row = buffer
        for step in steps {
            for j in 0..<dimension {
                let (even, odd) = generator.draw(UInt64(j / 2), unit: UInt64(step), stream: stream)
                row[j] = (unitInterval(j & 1 == 0 ? even : odd) - 0.5) * 0x1.bb67ae8584caap+1 * scale
            }
            row += dimension
        }
    }
}
