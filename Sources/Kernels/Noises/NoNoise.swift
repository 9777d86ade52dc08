import TrialContract

/// No noise: the unit noise is 0.
struct NoNoise: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "none", summary: "deterministic gradients", formula: "xi = 0",
        allowsReduction: true)

    var stepsPerUnit: Int { 1 }

    init(parameters: [String: Double], precision: NoisePrecision) {}

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        buffer.update(repeating: Lanes(repeating: 0), count: steps.count * dimension)
    }
}
