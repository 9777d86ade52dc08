/// An unevaluated sum `high + low` of two doubles with |low| <= ulp(high)/2: about 106 bits.
///
/// Only exactly rounded operations (+, -, *, /, fma) are used, so results agree on every CPU. Algorithms: Dekker 1971,
/// Knuth 1969, Hida, Li & Bailey 2001.

struct DoubleDouble: Sendable {
    var high: Double
    var low: Double

    init(_ high: Double, _ low: Double = 0) {
        self.high = high
        self.low = low
    }

    /// high + low where |a| >= |b|.
    static func fastSum(_ a: Double, _ b: Double) -> DoubleDouble {
        let sum = a + b
        return DoubleDouble(sum, b - (sum - a))
    }

    static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
        let sum = a + b
        let shadow = sum - a
        return DoubleDouble(sum, (a - (sum - shadow)) + (b - shadow))
    }

    static func product(_ a: Double, _ b: Double) -> DoubleDouble {
        let product = a * b
        return DoubleDouble(product, (-product).addingProduct(a, b))
    }

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let high = sum(a.high, b.high)
        let low = sum(a.low, b.low)
        let middle = fastSum(high.high, high.low + low.high)
        return fastSum(middle.high, middle.low + low.low)
    }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let head = product(a.high, b.high)
        return fastSum(head.high, head.low + (a.high * b.low + a.low * b.high))
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let first = a.high / b.high
        let remainder = a + DoubleDouble(-first) * b
        let second = remainder.high / b.high
        let rest = remainder + DoubleDouble(-second) * b
        return fastSum(first, second) + DoubleDouble(rest.high / b.high)
    }

    /// ln 2 to 107 bits.
    static let ln2 = DoubleDouble(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)
    /// ln 10 to 107 bits.
    static let ln10 = DoubleDouble(0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53)
}
