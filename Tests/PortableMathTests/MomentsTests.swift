import Foundation
import PortableMath
import Testing

/// Numbers, and their standardised values computed in exact fractions and rounded once (Python's fractions, mpmath).
private let oracles: [([Double], [Double])] = [
    ([1e300, 1.5e300, -1e300, 0, 1.7e308],
     [-0.49999999080882346, -0.49999998345588226, -0.5000000202205882, -0.5000000055147058, 1.9999999999999998]),
    ([1e-200, 3e-200, -2e-200], [0.16222142113076254, 1.1355499479153377, -1.2977713690461004]),
    ([5e-324, 1e-323, 2e-323], [-1.0690449676496976, -0.2672612419124244, 1.3363062095621219]),
    ([1e13, 1e13 + 2, 1e13 + 4, 1e13 + 10], [-1.0690449676496976, -0.5345224838248488, 0, 1.6035674514745464]),
    // Their mean lies between two doubles.
    ([0x1p53, 0x1p53 + 200, 0x1p53 + 400, 0x1p53 + 802], [-1.1818660262854666, -0.5074774235548152, 0.16691117917583623, 1.5224322706644455]),
    ([1, 3], [-1, 1]),
    ([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3],
     [-0.37796447300922725, -0.37796447300922725, -0.37796447300922725, -0.37796447300922725, -0.37796447300922725, -0.37796447300922725, -0.37796447300922725, 2.6457513110645907]),
]

@Test(arguments: oracles)
func standardisedNumbersAreThoseOfExactArithmetic(values: [Double], expected: [Double]) {
    let moments = Moments(values)
    for (value, right) in zip(values, expected) {
        #expect(abs(moments.standardised(value) - right) <= 4 * Double.ulpOfOne, "\(moments.standardised(value)) \(right)")
    }
}

private let constants: [Double] = [0.1, 14.62, 1.0 / 3, 1e300, -7e-310, 5e-324, 0, 0.1 + 0.2]

@Test(arguments: constants, [1, 2, 539, 540, 1000, 100_003])
func equalNumbersHaveNoSpreadHoweverMany(value: Double, count: Int) {
    let moments = Moments([Double](repeating: value, count: count))
    #expect(moments.isConstant && moments.standardised(value) == 0)
    #expect(abs(moments.mean - value) <= value.ulp && (count < 2 || moments.standardError <= 1e-30 * abs(value)))
}

/// Of 1 and 3 by hand: a variance over n - 1 of 2, of the mean 1.
@Test func twoNumbersHaveASpread() {
    let moments = Moments([1, 3])
    #expect(moments.mean == 2 && moments.standardError == 1 && !moments.isConstant && Moments([1]).standardError.isNaN)
}

@Test func onlyWhatRoundingLeavesIsTakenForConstant() {
    // Means the same, computed in two ways.
    #expect(Moments([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2]).isConstant)
    #expect(Moments([1, 1 + 32 * Double.ulpOfOne]).isConstant)
    #expect(!Moments([1, 1 + 256 * Double.ulpOfOne]).isConstant)
    #expect(!Moments([1e-200, 1.000001e-200]).isConstant && !Moments([0, 5e-324]).isConstant)
}

@Test func momentsOverTrialsNeitherOverflowNorFade() {
    let large = Moments([1.6e308, 1.7e308, 1.5e308])
    #expect(abs(large.mean / 1.6e308 - 1) < 1e-15 && abs(large.standardError / (1e307 / 3.0.squareRoot()) - 1) < 1e-14)
    let small = Moments([1.6e-300, 1.7e-300, 1.5e-300])
    #expect(abs(small.standardError / (1e-301 / 3.0.squareRoot()) - 1) < 1e-14)
    #expect(Moments([]).mean.isNaN && Moments([2]).mean == 2 && Moments([2]).standardError.isNaN)
}
