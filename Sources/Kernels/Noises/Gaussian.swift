import TrialContract

/// Standard normals by Box & Muller (1958), two steps from one draw of two 64-bit words U and V.
///
/// Draw `j`, unit `step / 2`. Double precision:
///  * u = 1 - (U mod 2^52) 2^-52 in (0, 1], radius r = sqrt(-2 ln u) <= 8.49;
///  * t = (V mod 2^52) 2^-52 - 1/2 in [-1/2, 1/2); c = r cos(pi t / 2), s = r sin(pi t / 2): a quarter turn around 0;
///  * bit 63 of V negates c; bit 62 swaps: the even step takes c and the odd one s, or the other way round. The four
///    quarter turns make the full circle.
/// Logarithm, sine and cosine are polynomials: a normal is within 4e-13 of these formulas' exact value, relatively.
///
/// Single precision (`SinglePrecisionGaussian`) draws four steps from the same words.
struct Gaussian: NoiseModel {
    static let description = ComponentDescription(
        kind: .noiseModel, name: "gaussian", summary: "independent normal noise in every coordinate",
        formula: "xi ~ N(0, s^2 I)", citation: "Box & Muller, Ann. Math. Stat. 29 (1958) 610",
        allowsReduction: true)

    let precision: NoisePrecision

    init(parameters: [String: Double], precision: NoisePrecision) { self.precision = precision }

    var stepsPerUnit: Int { precision == .double ? 2 : SinglePrecisionGaussian.stepsPerUnit }

    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        guard precision == .double else {
            SinglePrecisionGaussian.fill(
                buffer, generator: generator, stream: stream, steps: steps, dimension: dimension,
                scale: scale)
            return
        }
        let units = steps.lowerBound / 2..<steps.upperBound / 2
        if dimension == 1 {
            generator.forEachDraw(units.count, stream: stream, { (0, units.lowerBound + $0) }) { k, u, v in
                let (even, odd) = Self.pair(u, v)
                buffer[2 * k] = even * scale
                buffer[2 * k + 1] = odd * scale
            }
            return
        }
        for unit in units {
            let row = buffer + (2 * unit - steps.lowerBound) * dimension
            generator.forEachDraw(dimension, stream: stream, { ($0, unit) }) { j, u, v in
                let (even, odd) = Self.pair(u, v)
                row[j] = even * scale
                row[dimension + j] = odd * scale
            }
        }
    }

    /// The normals of the even and of the odd step.
    @inline(__always)
    static func pair(_ radiusWord: Words, _ angleWord: Words) -> (Lanes, Lanes) {
        let radius = gaussianRadius(2 - Lanes(bits: oneAnd(radiusWord)))
        let (cosine, sine) = quarterTurn(Lanes(bits: oneAnd(angleWord)) - 1.5)
        let sign = angleWord & Words(repeating: 0x8000_0000_0000_0000)
        let c = Lanes(bits: (radius * cosine).bits ^ sign)
        let s = radius * sine
        let swaps = (angleWord & Words(repeating: 0x4000_0000_0000_0000)) .!= Words(repeating: 0)
        return (c.replaced(by: s, where: swaps), s.replaced(by: c, where: swaps))
    }

    /// The bits of 1 + (word mod 2^52) 2^-52.
    @inline(__always)
    private static func oneAnd(_ word: Words) -> Words {
        (word & Words(repeating: 0x000F_FFFF_FFFF_FFFF)) | Words(repeating: 0x3FF0_0000_0000_0000)
    }
}
