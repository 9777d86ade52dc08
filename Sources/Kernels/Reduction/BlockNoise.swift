import TrialContract

/// Normal noise as the block norms see it: along the block's iterate a normal n, across it a chi variate q with m - 1
/// degrees of freedom, m being the block's multiplicity.
///
/// Writes, for each step and block k of K, the vectors n and q. Draws of attempt a, unit `step`: draw 2 (k + K a) is a
/// pair (c, s) of normals as `Gaussian` makes them, of which attempt 0 takes n = c and s for q, later attempts s for q;
/// draw 2 (k + K a) + 1 gives the uniform 1 - (U >> 12) 2^-52. Streams `reducedDescent` and `reducedAscent`.
struct BlockNoise: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "gaussian", summary: "normal noise as block norms see it",
        formula: "n_k ~ N(0, 1), q_k ~ chi(m_k - 1)")

    private let laws: [ChiLaw]

    init(_ spectrum: Spectrum) { laws = spectrum.blocks.map { ChiLaw(degrees: $0.multiplicity - 1) } }

    init(parameters: [String: Double], precision: NoisePrecision) {
        self.init(Spectrum(blocks: [EigenBlock(value: 1, multiplicity: 1)]))
    }

    var stepsPerUnit: Int { 1 }

    /// `dimension` is the number of vectors a step takes, 2 K.
    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        let own: Stream = stream == .ascentNoise ? .reducedAscent : .reducedDescent
        var row = buffer
        for step in steps {
            draw(row, generator: generator, stream: own, unit: UInt64(step))
            for i in 0..<dimension { row[i] *= scale }
            row += dimension
        }
    }

    /// (n, q) of every block.
    func draw(_ row: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, unit: UInt64) {
        for (k, law) in laws.enumerated() {
            func index(_ attempt: Int) -> UInt64 { UInt64(2 * (k + laws.count * attempt)) }
            func normals(_ attempt: Int) -> (Lanes, Lanes) {
                let (radius, angle) = generator.draw(index(attempt), unit: unit, stream: stream)
                return Gaussian.pair(radius, angle)
            }
            let (along, across) = normals(0)
            row[2 * k] = along
            row[2 * k + 1] = law.draw(
                normal: across,
                uniform: { attempt in
                    let (word, _) = generator.draw(index(attempt) + 1, unit: unit, stream: stream)
                    return 2 - Lanes(bits: (word &>> Words(repeating: 12)) | Words(repeating: 0x3FF0_0000_0000_0000))
                },
                retry: { normals($0).1 })
        }
    }
}
