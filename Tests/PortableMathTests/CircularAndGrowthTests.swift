import Foundation
import PortableMath
import Testing

/// Arguments of every size and sign, with those where cancellation is worst.
private let arguments: [Double] = {
    var values = [0, 1e-300, 1e-20, 1e-9, 0.25, 0.4999, 0.5, 0.7853981633974483, 1, 1.5707963267948966, 3.141592653589793, 10, 39.9, 40.1]
    values += [22, 355, 103_993, 1e5, 710, 1e9, 6_381_956_970_095_103]
    var state: UInt64 = 11
    for _ in 0..<3000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        values.append(Double(state >> 11) * 0x1p-53 * 50)
    }
    return values + values.map { -$0 }
}()

/// Within a unit in the last place of the C library's, which is itself within one of the truth; its tanh is within two.
@Test(arguments: ["sin", "cos", "tan", "expm1", "log1p", "tanh"])
func circularAndGrowthFunctionsAgreeWithTheLibrary(name: String) {
    let own: (Double) -> Double, library: (Double) -> Double
    switch name {
    case "sin": (own, library) = (PortableMath.sin, Foundation.sin)
    case "cos": (own, library) = (PortableMath.cos, Foundation.cos)
    case "tan": (own, library) = (PortableMath.tan, Foundation.tan)
    case "expm1": (own, library) = (PortableMath.expm1, Foundation.expm1)
    case "log1p": (own, library) = (PortableMath.log1p, Foundation.log1p)
    default: (own, library) = (PortableMath.tanh, Foundation.tanh)
    }
    for x in arguments where ["expm1", "log1p", "tanh"].contains(name) || x.magnitude < 0x1p50 {
        let a = own(x), b = library(x), units = name == "tanh" ? 2.0 : 1
        #expect(a == b || a.isNaN && b.isNaN || (a - b).magnitude <= units * max(a.ulp, b.ulp), "\(name)(\(x)) = \(a), not \(b)")
    }
}

@Test func endsAreWhereTheyBelong() {
    #expect(PortableMath.log1p(-1) == -.infinity && PortableMath.log1p(-2).isNaN && PortableMath.log1p(.infinity) == .infinity)
    #expect(PortableMath.expm1(-100) == -1 && PortableMath.expm1(800) == .infinity)
    #expect(PortableMath.tanh(30) == 1 && PortableMath.tanh(-30) == -1)
    #expect(PortableMath.sin(.infinity).isNaN && PortableMath.cos(.nan).isNaN && PortableMath.tan(-.infinity).isNaN)
    #expect(PortableMath.sigmoid(-1000) == 0 && PortableMath.sigmoid(1000) == 1 && PortableMath.sigmoid(0) == 0.5)
    #expect(PortableMath.softplus(1000) == 1000 && PortableMath.softplus(-1000) == 0 && PortableMath.softplus(0) == PortableMath.log(2))
}
