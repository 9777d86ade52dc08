import TrialContract

/// Signs, one bit a coordinate: draw `j / 128`, unit `step`; coordinate j takes bit j mod 128, where bits 0…63 are those
/// of U and 64…127 those of V, lowest first. A set bit is -1.
struct Rademacher: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "rademacher", summary: "independent fair signs in every coordinate",
        formula: "xi_j = +s or -s, each with probability 1/2")

    var stepsPerUnit: Int { 1 }

    init(parameters: [String: Double], precision: NoisePrecision) {}

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        var row = buffer
        for step in steps {
            for draw in stride(from: 0, to: dimension, by: 128) {
                let (first, second) = generator.draw(UInt64(draw / 128), unit: UInt64(step), stream: stream)
                let firstCount = min(64, dimension - draw)
                Self.expand(first, into: row + draw, count: firstCount, scale)
                Self.expand(
                    second, into: row + draw + firstCount, count: min(64, dimension - draw - firstCount), scale)
            }
            row += dimension
        }
    }

    @inline(__always)
    private static func expand(
        _ word: Words, into target: UnsafeMutablePointer<Lanes>, count: Int, _ scale: Lanes
    ) {
        let sign = Words(repeating: 0x8000_0000_0000_0000)
        let magnitude = scale.bits
        for bit in 0..<count {
            target[bit] = Lanes(bits: ((word &<< Words(repeating: UInt64(63 - bit))) & sign) ^ magnitude)
        }
    }
}
