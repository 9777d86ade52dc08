import TrialContract

/// The functions of definitions.
public enum DefinedFunction: String, CaseIterable, Sendable {
    case sqrt, exp, log, log10, log1p, expm1, sin, cos, tan, tanh, sigmoid, softplus, relu, abs, sign, floor, ceil
    case min, max, pow, `if`
    case sum, mean, dot, norm, norm1
    case normInf = "norm_inf"
    case unit, largest, smallest, transpose, reshape, concat, outer, diag, trace

    /// How many arguments it takes.
    var arguments: ClosedRange<Int> {
        switch self {
        case .min, .max: 2...64
        case .concat: 1...64
        case .pow, .dot, .outer: 2...2
        case .reshape: 2...3
        case .if: 3...3
        default: 1...1
        }
    }

    /// The operation that it is, element by element; `nil` for those that are not.
    var operation: Tape.Operation? {
        switch self {
        case .sqrt: .squareRoot
        case .exp: .exponential
        case .log: .logarithm
        case .log1p: .logarithmOnePlus
        case .expm1: .exponentialMinusOne
        case .sin: .sine
        case .cos: .cosine
        case .tan: .tangent
        case .tanh: .hyperbolicTangent
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .relu: .relu
        case .abs: .absolute
        case .sign: .sign
        case .floor: .floor
        case .ceil: .ceiling
        case .min: .minimum
        case .max: .maximum
        case .pow: .power
        default: nil
        }
    }

    /// How it is written.
    var example: String {
        switch self {
        case .min, .max, .pow, .dot, .outer: "\(rawValue)(a, b)"
        case .concat: "concat(a, b, ...)"
        case .reshape: "reshape(a, rows, columns) or reshape(a, length)"
        case .if: "if(a < b, c, d)"
        default: "\(rawValue)(a)"
        }
    }
}
