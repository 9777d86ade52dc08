import Testing

@testable import VectorKernelsBaseline

/// What the kernels have in the place of the standard library's operators, held lane by lane against that one's arithmetic on numbers.
@Suite struct LaneOperatorsTests {
    private static let special: [Double] = [
        0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    ]

    /// Pairs and triples of what is special and of random bits.
    private static var arguments: [(SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)] {
        var generator = SystemRandomNumberGenerator()
        func number() -> Double {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: special.randomElement(using: &generator)!
            case 1: Double(bitPattern: .random(in: 0 ... .max, using: &generator))
            default: .random(in: -10...10, using: &generator)
            }
        }
        func lanes() -> SIMD8<Double> {
            SIMD8(number(), number(), number(), number(), number(), number(), number(), number())
        }
        return (0..<2000).map { _ in (lanes(), lanes(), lanes()) }
    }

    private func isSame(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }

    private func expect(_ lanes: SIMD8<Double>, _ name: String, _ lane: (Int) -> Double) {
        for i in 0..<8 where !isSame(lanes[i], lane(i)) { Issue.record("\(name): \(lanes[i]) where \(lane(i)) is right") }
    }

    @Test func arithmeticIsThatOfNumbers() {
        for (a, b, c) in Self.arguments {
            expect(a + b, "\(a) + \(b)") { a[$0] + b[$0] }
            expect(a - b, "\(a) - \(b)") { a[$0] - b[$0] }
            expect(a * b, "\(a) * \(b)") { a[$0] * b[$0] }
            expect(a / b, "\(a) / \(b)") { a[$0] / b[$0] }
            let s = b[0]
            expect(a + s, "\(a) + \(s)") { a[$0] + s }
            expect(a - s, "\(a) - \(s)") { a[$0] - s }
            expect(a * s, "\(a) * \(s)") { a[$0] * s }
            expect(a / s, "\(a) / \(s)") { a[$0] / s }
            expect(s + a, "\(s) + \(a)") { s + a[$0] }
            expect(s - a, "\(s) - \(a)") { s - a[$0] }
            expect(s * a, "\(s) * \(a)") { s * a[$0] }
            expect(s / a, "\(s) / \(a)") { s / a[$0] }
            expect(-a, "-\(a)") { 0 - a[$0] }
            expect(c.addingProduct(a, b), "\(c).addingProduct(\(a), \(b))") { c[$0].addingProduct(a[$0], b[$0]) }
            expect(a.squareRoot(), "root of \(a)") { a[$0].squareRoot() }
            let isLess = a .< b
            expect(a.replacing(with: c, where: isLess), "\(a) or \(c) where less than \(b)") { a[$0] < b[$0] ? c[$0] : a[$0] }
            var d = a
            d += b
            d -= c
            d *= a
            d /= b
            expect(d, "((\(a) + \(b)) - \(c)) \(a) / \(b)") { (a[$0] + b[$0] - c[$0]) * a[$0] / b[$0] }
        }
    }

    @Test func operationsOnBitsAreThoseOfNumbers() {
        for (x, y, _) in Self.arguments.prefix(500) {
            let a = unsafeBitCast(x, to: SIMD8<UInt64>.self), b = unsafeBitCast(y, to: SIMD8<UInt64>.self)
            for i in 0..<8 {
                #expect((a & b)[i] == a[i] & b[i])
                #expect((a | b)[i] == a[i] | b[i])
                #expect((a ^ b)[i] == a[i] ^ b[i])
                #expect((~a)[i] == ~a[i])
                #expect((a &+ b)[i] == a[i] &+ b[i])
                #expect((a &- b)[i] == a[i] &- b[i])
                #expect((a &* b)[i] == a[i] &* b[i])
                #expect((a &<< b)[i] == a[i] &<< b[i])
                #expect((a &>> b)[i] == a[i] &>> b[i])
            }
        }
    }

    @Test func masksAreAnsweredLaneByLaneAndTogether() {
        for bits in 0..<256 {
            var mask = SIMDMask<SIMD8<Int64>>(repeating: false)
            for i in 0..<8 { mask[i] = bits >> i & 1 == 1 }
            #expect(mask.isSetInAllLanes == (bits == 255))
            #expect(mask.isSetInAnyLane == (bits != 0))
            let odd = SIMDMask<SIMD8<Int64>>(repeating: false).replacing(with: true, where: SIMD8(0, 1, 0, 1, 0, 1, 0, 1) .== 1)
            for i in 0..<8 {
                #expect((.!mask)[i] == !mask[i])
                #expect((mask .& odd)[i] == (mask[i] && odd[i]))
                #expect((mask .| odd)[i] == (mask[i] || odd[i]))
                #expect((mask .^ odd)[i] == (mask[i] != odd[i]))
            }
        }
    }

    @Test func singlePrecisionIsThatOfNumbers() {
        func same(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
        for (x, y, z) in Self.arguments.prefix(300) {
            let a = unsafeBitCast(x, to: SIMD16<Float>.self), b = unsafeBitCast(y, to: SIMD16<Float>.self)
            let c = unsafeBitCast(z, to: SIMD16<Float>.self), u = unsafeBitCast(x, to: SIMD16<UInt32>.self)
            let v = unsafeBitCast(y, to: SIMD16<UInt32>.self), isLess = a .< b
            for i in 0..<16 {
                #expect(same((a + b)[i], a[i] + b[i]))
                #expect(same((a - b)[i], a[i] - b[i]))
                #expect(same((a * b)[i], a[i] * b[i]))
                #expect(same((a / b)[i], a[i] / b[i]))
                #expect(same((a + b[0])[i], a[i] + b[0]))
                #expect(same((a - b[0])[i], a[i] - b[0]))
                #expect(same((a * b[0])[i], a[i] * b[0]))
                #expect(same(c.addingProduct(a, b)[i], c[i].addingProduct(a[i], b[i])))
                #expect(same(a.squareRoot()[i], a[i].squareRoot()))
                #expect(same(a.replacing(with: c, where: isLess)[i], a[i] < b[i] ? c[i] : a[i]))
                #expect((u & v)[i] == u[i] & v[i])
                #expect((u | v)[i] == u[i] | v[i])
                #expect((u ^ v)[i] == u[i] ^ v[i])
                #expect((u &+ v)[i] == u[i] &+ v[i])
                #expect((u &>> v)[i] == u[i] &>> v[i])
                #expect(u.replacing(with: v, where: isLess)[i] == (a[i] < b[i] ? v[i] : u[i]))
            }
        }
    }
}
