/// Normals at 24-bit resolution, four steps from one draw: Box & Muller in single precision on 32-bit words.
///
/// Draw `j`, unit `step / 4`; words w0…w3. Steps 4k and 4k + 1 come from (w, a) = (w1, w3), 4k + 2 and 4k + 3 from
/// (w0, w2):
///  * u = (w + 1/2) 2^-32 rounded to single precision, in (0, 1]: the radius sqrt(-2 ln u) reaches 6.76;
///  * t = (a mod 2^23) 2^-23 - 1/2; bit 31 of a negates the cosine, bit 30 swaps;
/// the rest as in `Gaussian`. Every value is a single-precision number (an exact zero reads 2^-127).
enum SinglePrecisionGaussian {
    static let stepsPerUnit = 4

    private typealias Singles = SIMD16<Float>
    private typealias HalfWords = SIMD16<UInt32>

    static func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes
    ) {
        let units = steps.lowerBound / 4..<steps.upperBound / 4
        if dimension == 1 {
            generator.forEachDraw(units.count, stream: stream, { (0, units.lowerBound + $0) }) { k, u, v in
                put(u, v, buffer + 4 * k, dimension: 1, scale)
            }
            return
        }
        for unit in units {
            let row = buffer + (4 * unit - steps.lowerBound) * dimension
            generator.forEachDraw(dimension, stream: stream, { ($0, unit) }) { j, u, v in
                put(u, v, row + j, dimension: dimension, scale)
            }
        }
    }

    /// Writes the normals of a draw, one step every `dimension` vectors.
    @inline(__always)
    static func put(
        _ radiusWords: Words, _ angleWords: Words, _ target: UnsafeMutablePointer<Lanes>, dimension: Int,
        _ scale: Lanes
    ) {
        let (even, odd) = pairs(radiusWords, angleWords)
        target[0] = double(even &<< Words(repeating: 32)) * scale
        target[dimension] = double(odd &<< Words(repeating: 32)) * scale
        target[2 * dimension] = double(even) * scale
        target[3 * dimension] = double(odd) * scale
    }

    /// Bits of the normals of steps (0 | 2) and (1 | 3) of the unit, in the low | high halves.
    @inline(__always)
    static func pairs(_ radiusWords: Words, _ angleWords: Words) -> (Words, Words) {
        let radius = singleRadius(unsafeBitCast(radiusWords, to: HalfWords.self))
        let angle = unsafeBitCast(angleWords, to: HalfWords.self)
        let fraction = (angle & HalfWords(repeating: 0x007F_FFFF)) | HalfWords(repeating: 0x3F80_0000)
        let (cosine, sine) = quarterTurn(unsafeBitCast(fraction, to: Singles.self) - 1.5)
        let sign = angle & HalfWords(repeating: 0x8000_0000)
        let c = unsafeBitCast(radius * cosine, to: HalfWords.self) ^ sign
        let s = unsafeBitCast(radius * sine, to: HalfWords.self)
        let swaps = (angle & HalfWords(repeating: 0x4000_0000)) .!= HalfWords(repeating: 0)
        return (
            unsafeBitCast(c.replacing(with: s, where: swaps), to: Words.self),
            unsafeBitCast(s.replacing(with: c, where: swaps), to: Words.self)
        )
    }

    /// The doubles of the single-precision numbers in the high halves.
    @inline(__always)
    private static func double(_ halves: Words) -> Lanes {
        let magnitude = (halves &>> Words(repeating: 3)) & Words(repeating: 0x0FFF_FFFF_E000_0000)
        let sign = halves & Words(repeating: 0x8000_0000_0000_0000)
        return Lanes(bits: (magnitude &+ Words(repeating: 896 << 52)) | sign)
    }

    /// sqrt(-2 ln u), u = (w + 1/2) 2^-32. Relative error below 3e-7.
    @inline(__always)
    private static func singleRadius(_ w: HalfWords) -> Singles {
        // v = 2^32 u: integers below 2^23 become floats in the low bits of 2^23.
        let anchor = HalfWords(repeating: 0x4B00_0000)
        let high = unsafeBitCast((w &>> HalfWords(repeating: 16)) | anchor, to: Singles.self) - 8_388_608
        let low = unsafeBitCast((w & HalfWords(repeating: 0xFFFF)) | anchor, to: Singles.self) - 8_388_607.5
        let bits = unsafeBitCast(low.addingProduct(high, Singles(repeating: 0x1p16)), to: HalfWords.self)

        // v = 2^k m with m in [sqrt(1/2), sqrt 2); exponents are biased by 2^7 more than a float's.
        let offset = bits &+ HalfWords(repeating: 0x4000_0000 - 0x3F35_04F3)
        let fraction = offset & HalfWords(repeating: 0x007F_FFFF)
        let mantissa = unsafeBitCast(fraction &+ HalfWords(repeating: 0x3F35_04F3), to: Singles.self)
        let exponent = unsafeBitCast((offset &>> HalfWords(repeating: 23)) | anchor, to: Singles.self)
        let s = (mantissa - 1) / (mantissa + 1)
        let z = s * s
        var series = Singles(repeating: -0x1.2ee61p-1)
        series = Singles(repeating: -0x1.997c3p-1).addingProduct(series, z)
        series = Singles(repeating: -0x1.55555cp+0).addingProduct(series, z)
        let linear = ((exponent - 8_388_768) * -0x1.62e43p+0).addingProduct(s, Singles(repeating: -4))
        return linear.addingProduct(series, z * s).squareRoot()
    }

    /// (cos, sin) of (pi/2) t for |t| <= 1/2. Relative error below 2e-7.
    @inline(__always)
    private static func quarterTurn(_ t: Singles) -> (cosine: Singles, sine: Singles) {
        let z = t * t
        var sine = Singles(repeating: -0x1.2d9b4p-8)
        sine = Singles(repeating: 0x1.465ec4p-4).addingProduct(sine, z)
        sine = Singles(repeating: -0x1.4abbbap-1).addingProduct(sine, z)
        sine = Singles(repeating: 0x1.921fb6p+0).addingProduct(sine, z)
        var cosine = Singles(repeating: 0x1.db6492p-11)
        cosine = Singles(repeating: -0x1.55cb98p-6).addingProduct(cosine, z)
        cosine = Singles(repeating: 0x1.03c1eap-2).addingProduct(cosine, z)
        cosine = Singles(repeating: -0x1.3bd3ccp+0).addingProduct(cosine, z)
        return (Singles(repeating: 1).addingProduct(cosine, z), sine * t)
    }
}
