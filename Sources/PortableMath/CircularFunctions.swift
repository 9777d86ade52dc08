extension PortableMath {
    /// Beyond 2^50, where a double's neighbours are a quarter apart, an angle counts as 0.
    private static let largestAngle = 0x1p50
    /// pi/2 to 159 bits, in three parts.
    private static let quarterTurn = (0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110)

    public static func sin(_ x: Double) -> Double {
        guard x.isFinite else { return .nan }
        if x == 0 { return x }
        let (sine, cosine, turns) = circle(x)
        let result = turns & 1 == 0 ? sine : cosine
        return (turns & 2 == 0 ? 1 : -1) * (result.high + result.low)
    }

    public static func cos(_ x: Double) -> Double {
        guard x.isFinite else { return .nan }
        let (sine, cosine, turns) = circle(x)
        let result = turns & 1 == 0 ? cosine : sine
        return ((turns + 1) & 2 == 0 ? 1 : -1) * (result.high + result.low)
    }

    public static func tan(_ x: Double) -> Double {
        guard x.isFinite else { return .nan }
        if x == 0 { return x }
        let (sine, cosine, turns) = circle(x)
        let result = turns & 1 == 0 ? sine / cosine : DoubleDouble(-1) * cosine / sine
        return result.high + result.low
    }

    /// Sine and cosine of what is left of x after whole quarter turns, and the number of those.
    private static func circle(_ x: Double) -> (sine: DoubleDouble, cosine: DoubleDouble, turns: Int) {
        let angle = x.magnitude < largestAngle ? x : 0
        let n = (angle * 0x1.45f306dc9c883p-1).rounded()
        let rest = DoubleDouble(angle) + DoubleDouble.product(-n, quarterTurn.0)
            + DoubleDouble.product(-n, quarterTurn.1) + DoubleDouble(-n * quarterTurn.2)
        let square = rest * rest
        // Taylor's series; |rest| <= 0.79 leaves 1e-33.
        var sine = DoubleDouble(1), cosine = DoubleDouble(1)
        for k in stride(from: 15, through: 1, by: -1) {
            sine = DoubleDouble(1) + DoubleDouble(-1) * square * sine / DoubleDouble(Double(2 * k * (2 * k + 1)))
            cosine = DoubleDouble(1) + DoubleDouble(-1) * square * cosine / DoubleDouble(Double((2 * k - 1) * 2 * k))
        }
        return (rest * sine, cosine, Int(n) & 3)
    }
}
