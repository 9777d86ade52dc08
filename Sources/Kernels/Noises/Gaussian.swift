import TrialContract

/// Standard normals by Box & Muller (1958), two steps from one draw of two 64-bit words U and V.
///
/// Draw `j`, unit `step / 2`. Double precision:
///  * u = 1 - (U >> 12) 2^-52 in (0, 1], radius r = sqrt(-2 ln u) <= 8.49;
///  * t = (V mod 2^52) 2^-52 - 1/2 in [-1/2, 1/2); c = r cos(pi t / 2), s = r sin(pi t / 2): a quarter turn around 0;
///  * bit 63 of V negates c; bit 62 swaps: the even step takes c and the odd one s, or the other way round. The four
///    quarter turns make the full circle.
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
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int
    ) {
        guard precision == .double else {
            SinglePrecisionGaussian.fill(
                buffer, generator: generator, stream: stream, steps: steps, dimension: dimension)
            return
        }
        // Two draws at a time, whose chains of operations overlap in the processor.
        var place = DrawPlace(unit: steps.lowerBound / 2, even: buffer)
        let count = (steps.upperBound / 2 - steps.lowerBound / 2) * dimension
        for _ in 0..<count / 2 {
            let first = place
            place.advance(dimension: dimension)
            let second = place
            place.advance(dimension: dimension)
            let a = generator.draw(UInt64(first.j), unit: UInt64(first.unit), stream: stream)
            let b = generator.draw(UInt64(second.j), unit: UInt64(second.unit), stream: stream)
            first.put(Self.pair(a.0, a.1), dimension: dimension)
            second.put(Self.pair(b.0, b.1), dimension: dimension)
        }
        if count & 1 == 1 {
            let last = generator.draw(UInt64(place.j), unit: UInt64(place.unit), stream: stream)
            place.put(Self.pair(last.0, last.1), dimension: dimension)
        }
    }

    /// The normals of the even and of the odd step.
    @inline(__always)
    static func pair(_ radiusWord: Words, _ angleWord: Words) -> (Lanes, Lanes) {
        let one = Words(repeating: 0x3FF0_0000_0000_0000)
        let radius = gaussianRadius(2 - Lanes(bits: (radiusWord &>> Words(repeating: 12)) | one))
        let fraction = angleWord & Words(repeating: 0x000F_FFFF_FFFF_FFFF)
        let (cosine, sine) = quarterTurn(Lanes(bits: fraction | one) - 1.5)
        let sign = angleWord & Words(repeating: 0x8000_0000_0000_0000)
        let c = Lanes(bits: (radius * cosine).bits ^ sign)
        let s = radius * sine
        let swaps = (angleWord & Words(repeating: 0x4000_0000_0000_0000)) .!= Words(repeating: 0)
        return (c.replaced(by: s, where: swaps), s.replaced(by: c, where: swaps))
    }
}

/// Where the normals of a draw go.
private struct DrawPlace {
    var unit: Int
    var j = 0
    /// The even step of the unit, coordinate 0.
    var even: UnsafeMutablePointer<Lanes>

    init(unit: Int, even: UnsafeMutablePointer<Lanes>) {
        self.unit = unit
        self.even = even
    }

    @inline(__always)
    mutating func advance(dimension: Int) {
        j += 1
        if j == dimension {
            j = 0
            unit += 1
            even += 2 * dimension
        }
    }

    @inline(__always)
    func put(_ normals: (Lanes, Lanes), dimension: Int) {
        even[j] = normals.0
        even[dimension + j] = normals.1
    }
}
