import PortableMath

/// The functions of `where` and `derive`. All give the same bits on every machine.
enum ExpressionFunction: String, CaseIterable, Sendable {
    case min, max, abs, sqrt, log, log10, exp, pow, floor, ceil

    /// How many arguments it takes.
    var arguments: ClosedRange<Int> {
        switch self {
        case .min, .max: 2...64
        case .pow: 2...2
        case .abs, .sqrt, .log, .log10, .exp, .floor, .ceil: 1...1
        }
    }

    /// Of one argument.
    func value(_ x: Double) -> Double {
        switch self {
        case .abs: x.magnitude
        case .sqrt: x.squareRoot()
        case .log: PortableMath.log(x)
        case .log10: PortableMath.log10(x)
        case .exp: PortableMath.exp(x)
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .min, .max, .pow: x
        }
    }

    /// Of two arguments; NaN where one of them is.
    func value(_ x: Double, _ y: Double) -> Double {
        switch self {
        case .min: x.isNaN || y.isNaN ? .nan : Swift.min(x, y)
        case .max: x.isNaN || y.isNaN ? .nan : Swift.max(x, y)
        case .pow: PortableMath.pow(x, y)
        case .abs, .sqrt, .log, .log10, .exp, .floor, .ceil: x
        }
    }
}
