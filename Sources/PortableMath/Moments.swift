/// Mean and spread of some numbers, with the same bits on every machine.
///
/// Goals, in order: numbers that are all equal have a spread of 0; the spread is right to a few units in the last place
/// where it is small beside the mean; nothing overflows or fades at the ends of double precision.
///
/// The numbers are scaled by a power of two, which is exact, so that the largest is in [1, 2). A first mean is taken with
/// a compensated sum; the mean of what is left, x - m, which is exact for x near m (Sterbenz), is taken off as well (the
/// corrected two-pass algorithm: Chan, Golub & LeVeque, The American Statistician 37, 1983).
public struct Moments: Sendable, Equatable {
    public let count: Int
    /// The numbers were divided by 2^exponent.
    private let exponent: Int
    /// Two factors whose product is 2^-exponent, which alone may be out of range.
    private let factors: SIMD2<Double>
    /// The standard deviation over n of the divided numbers.
    private let deviation: Double
    /// The mean of the divided numbers is `center + correction`.
    private let center: Double
    private let correction: Double
    /// Sum of the squared deviations of the divided numbers.
    private let squares: Double
    /// The largest magnitude among the deviations of the divided numbers.
    private let largestDeviation: Double

    /// - Parameter values: finite numbers; their order decides the last bits.
    public init(_ values: some Collection<Double>) { self.init(numbers: Array(values)) }

    /// Of an array, in plain loops: what is generic is not specialised for callers in other modules, and costs a microsecond a
    /// number.
    private init(numbers: [Double]) {
        count = numbers.count
        let n = Double(numbers.count)
        var largest = 0.0
        for number in numbers { largest = max(largest, number.magnitude) }
        let exponent = largest > 0 && largest.isFinite ? Int(largest.exponent) : 0
        let half = Double(sign: .plus, exponent: -exponent / 2, significand: 1)
        let factors = SIMD2(half, Double(sign: .plus, exponent: -exponent - -exponent / 2, significand: 1))
        self.exponent = exponent
        self.factors = factors
        let divided = numbers.map { $0 * factors[0] * factors[1] }
        let center = CompensatedSum.of(divided) / n
        var rest = CompensatedSum()
        for number in divided { rest.add(number - center) }
        let correction = rest.value / n
        var squares = CompensatedSum(), largestDeviation = 0.0
        for number in divided {
            let deviation = number - center - correction
            squares.add(deviation * deviation)
            largestDeviation = max(largestDeviation, deviation.magnitude)
        }
        self.squares = squares.value
        self.largestDeviation = largestDeviation
        deviation = (squares.value / n).squareRoot()
        self.center = center
        self.correction = correction
    }

    /// NaN without numbers.
    public var mean: Double { Self.scaled(center + correction, exponent) }

    /// Standard error of the mean; NaN with fewer than two numbers.
    public var standardError: Double {
        count < 2 ? .nan : Self.scaled((squares / Double(count - 1) / Double(count)).squareRoot(), exponent)
    }

    /// Whether no number is farther from the mean than 64 units of rounding of the largest one.
    ///
    /// Numbers that someone computed, as 0.1 + 0.2 beside 0.3, differ in their last bits though they are meant to be
    /// equal; 64 units leave room for some tens of operations. Equal numbers deviate by far less than one.
    public var isConstant: Bool { !(largestDeviation > 64 * Double.ulpOfOne) }

    /// (x - mean) / standard deviation over n; 0 where the numbers are constant.
    public func standardised(_ x: Double) -> Double {
        guard !isConstant else { return 0 }
        return (x * factors[0] * factors[1] - center - correction) / deviation
    }

    /// x 2^exponent, rounded once.
    private static func scaled(_ x: Double, _ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: x)
    }
}
