@testable import Definitions
import ExpressionSyntax
import Testing
import TrialContract

/// Numbers a + b i, for complex-step derivatives: Im f(x + i h)/h is f'(x) without cancellation. Kinks and comparisons look at
/// the real part, as derivatives of definitions do.
struct ComplexNumber: GraphNumber {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    init(_ value: Double) { self.init(value, 0) }

    static func + (a: Self, b: Self) -> Self { Self(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Self, b: Self) -> Self { Self(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Self, b: Self) -> Self {
        Self(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Self, b: Self) -> Self {
        let size = b.real * b.real + b.imaginary * b.imaginary
        return Self(
            (a.real * b.real + a.imaginary * b.imaginary) / size, (a.imaginary * b.real - a.real * b.imaginary) / size)
    }

    private static func apply(_ function: Tape.Operation, _ x: Double) -> Double { Double.apply(function, x) }

    private static func exponential(_ z: Self) -> Self {
        let size = apply(.exponential, z.real)
        return Self(size * apply(.cosine, z.imaginary), size * apply(.sine, z.imaginary))
    }

    private static func logarithm(_ z: Self) -> Self {
        // Steps are tiny: the argument is their quotient, turned by pi for negative real parts.
        Self(apply(.logarithm, z.real.magnitude), z.imaginary / z.real)
    }

    private static func sine(_ z: Self) -> Self {
        Self(apply(.sine, z.real), apply(.cosine, z.real) * z.imaginary)
    }

    private static func cosine(_ z: Self) -> Self {
        Self(apply(.cosine, z.real), -apply(.sine, z.real) * z.imaginary)
    }

    static func apply(_ function: Tape.Operation, _ z: Self) -> Self {
        let one = Self(1)
        switch function {
        case .squareRoot:
            let root = z.real.squareRoot()
            return Self(root, z.imaginary / (2 * root))
        case .exponential: return exponential(z)
        case .exponentialMinusOne: return Self(apply(.exponentialMinusOne, z.real), exponential(z).imaginary)
        case .logarithm: return logarithm(z)
        case .logarithmOnePlus: return Self(apply(.logarithmOnePlus, z.real), z.imaginary / (1 + z.real))
        case .sine: return sine(z)
        case .cosine: return cosine(z)
        case .tangent: return sine(z) / cosine(z)
        case .hyperbolicTangent:
            let e = exponential(z + z)
            return Self(apply(.hyperbolicTangent, z.real), ((e - one) / (e + one)).imaginary)
        case .sigmoid: return one / (one + exponential(Self(0) - z))
        case .softplus: return Self(apply(.softplus, z.real), logarithm(one + exponential(z)).imaginary)
        default: return Self(.nan)
        }
    }

    static func power(_ a: Self, _ b: Self) -> Self {
        if b.imaginary == 0, b.real == b.real.rounded(), b.real.magnitude < 100 {
            var result = Self(1)
            for _ in 0..<Int(b.real.magnitude) { result = result * a }
            return b.real < 0 ? Self(1) / result : result
        }
        return exponential(b * logarithm(a))
    }
}

/// Made-up numbers that are the same everywhere.
struct MadeUp {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    /// In (-1, 1).
    mutating func number() -> Double { Double(next(1 << 30)) / Double(1 << 29) - 1 }
}

/// Random expressions over vectors and matrices, each with the shape it has by construction.
struct RandomExpression {
    var numbers: MadeUp

    /// A vector of three.
    mutating func vector(_ depth: Int) -> String { "(\(bareVector(depth)))" }

    private mutating func bareVector(_ depth: Int) -> String {
        if depth == 0 { return ["u", "v", "c", "W[0]", "W[:, 1]", "x[2:5]"][numbers.next(6)] }
        let a = vector(depth - 1)
        switch numbers.next(16) {
        case 0: return "(\(a) + \(vector(depth - 1)))"
        case 1: return "(\(a) - \(scalar(depth - 1)))"
        case 2: return "\(a) * \(vector(depth - 1))"
        case 3: return "\(a) / (2 + \(vector(depth - 1))^2)"
        case 4: return "W @ \(a)"
        case 5: return "\(a) @ M"
        case 6: return "\(["sin", "cos", "tanh", "sigmoid", "softplus", "exp", "relu", "abs", "expm1", "tan"][numbers.next(10)])(\(a)/2)"
        case 7: return "log(1.5 + \(a)^2)"
        case 8: return "\(["max", "min"][numbers.next(2)])(\(a), \(vector(depth - 1)))"
        case 9: return "if(\(a) < \(vector(depth - 1)), \(a), 2*\(vector(depth - 1)))"
        case 10: return "unit(\(a))"
        case 11: return "transpose(W) @ \(a)"
        case 12: return "concat(\(a)[1:], \(scalar(depth - 1)))"
        case 13: return "log1p(\(a)^2)^1.5"
        case 14: return "[\(scalar(depth - 1)), b, \(a)[-1]]"
        default: return "sqrt(1 + \(a)^2)"
        }
    }

    mutating func scalar(_ depth: Int) -> String { "(\(bareScalar(depth)))" }

    private mutating func bareScalar(_ depth: Int) -> String {
        if depth == 0 { return ["b", "0.5", "u[1]", "W[2, 0]", "k"][numbers.next(5)] }
        let a = vector(depth - 1)
        switch numbers.next(12) {
        case 0: return "sum(\(a))"
        case 1: return "mean(\(a) * \(vector(depth - 1)))"
        case 2: return "dot(\(a), \(vector(depth - 1)))"
        case 3: return "norm(\(a))"
        case 4: return "norm1(\(a))"
        case 5: return "norm_inf(\(a))"
        case 6: return "largest(\(a))"
        case 7: return "smallest(\(a))"
        case 8: return "trace(outer(\(a), \(vector(depth - 1))) @ W)"
        case 9: return "sum(diag(\(a)) @ \(vector(depth - 1)))"
        case 10: return "(2 + sin(\(scalar(depth - 1))))^\(scalar(depth - 1))"
        default: return "sum(reshape(concat(\(a), \(a)^2), 2, 3) @ transpose(W - \(a)))"
        }
    }
}

func expression(_ text: String) throws -> DefinedExpression { try DefinedExpression(text, source: 0) }

/// u and v of three, W of three by three, b a number: x has 16 coordinates.
func testDefinition(_ objective: String) throws -> ProblemDefinition {
    var definition = ProblemDefinition(name: "test", source: 0, objective: try expression(objective))
    let three = try expression("3")
    definition.variables = [
        .init("u", source: 0, [three]), .init("v", source: 0, [three]), .init("W", source: 0, [three, three]),
        .init("b", source: 0, [try expression("1")]),
    ]
    definition.parameters = [.init("k", source: 0, 1.25)]
    definition.constants = [
        .init("c", source: 0, .numbers([0.5, -1, 0.25], rows: nil, columns: 3, source: 0)),
        .init("M", source: 0, .numbers([1, 0.5, 0, -0.25, 1, 0.75, 0, 2, -1], rows: 3, columns: 3, source: 0)),
    ]
    return definition
}

/// The graph of an objective, with its gradient and the Hessian's product with a direction.
func derivatives(_ text: String) throws -> (graph: Graph, nodes: [Graph.Node]) {
    let definition = try testDefinition(text)
    let scope = DefinitionScope(definition, ["k": 1.25], nil)
    try scope.lay()
    let f = try scope.number(definition.objective, .exact, "objective")
    let gradient = scope.graph.gradient(of: f, dimension: 16)
    let direction = scope.graph.direction(16)
    let product = scope.graph.derivative(of: [gradient], along: direction)[0]
    return (scope.graph, [f, gradient, product])
}

/// Gradients and Hessian-vector products against complex steps: through the objective for the one, through the gradient's own
/// graph for the other.
@Test(arguments: 0..<8) func derivativesOfRandomExpressionsAgreeWithComplexSteps(part: Int) throws {
    var worst = 0.0, tried = 0
    for seed in part * 1250..<(part + 1) * 1250 {
        var random = RandomExpression(numbers: MadeUp(state: UInt64(seed) &* 7919 &+ 17))
        let text = random.scalar(1 + seed % 3)
        let (graph, nodes) = try derivatives(text)
        let point = (0..<16).map { _ in random.numbers.number() * 1.5 }
        let direction = (0..<16).map { _ in random.numbers.number() }
        let plain = Evaluator<Double>(graph: graph, point: point, direction: direction).values(nodes)
        guard plain.joined().allSatisfy({ $0.isFinite && $0.magnitude < 1e12 }) else { continue }
        let step = 1e-30
        var expected: [Double] = []
        for j in 0..<16 {
            let shifted = point.enumerated().map { ComplexNumber($1, $0 == j ? step : 0) }
            expected.append(Evaluator<ComplexNumber>(graph: graph, point: shifted).values([nodes[0]])[0][0].imaginary / step)
        }
        let along = zip(point, direction).map { ComplexNumber($0, $1 * step) }
        let product = Evaluator<ComplexNumber>(graph: graph, point: along).values([nodes[1]])[0].map { $0.imaginary / step }
        for (found, expected) in [(plain[1], expected), (plain[2], product)] {
            let size = expected.reduce(1e-6) { max($0, $1.magnitude) }
            for (a, b) in zip(found, expected) {
                let error = (a - b).magnitude / size
                worst = max(worst, error)
                #expect(error < 1e-8, "seed \(seed): \(text): \(a) for \(b)")
            }
        }
        tried += 1
    }
    #expect(tried > 1000)
    #expect(worst < 1e-8)
}

/// x is all coordinates only where no constant, parameter or shorthand has that name.
@Test func aConstantCalledXIsNotThePoint() throws {
    func gradient(_ objective: String, constants: [String]) throws -> [Double] {
        var definition = ProblemDefinition(name: "test", source: 0, objective: try expression(objective))
        definition.variables = [.init("w", source: 0, [try expression("1")])]
        definition.constants = constants.map { .init($0, source: 0, .numbers([1, 2, 4], rows: nil, columns: 3, source: 0)) }
        let scope = DefinitionScope(definition, [:], nil)
        try scope.lay()
        let f = try scope.number(definition.objective, .exact, "objective")
        let gradient = scope.graph.gradient(of: f, dimension: 1)
        return Evaluator<Double>(graph: scope.graph, point: [0.5]).values([gradient])[0]
    }
    #expect(try gradient("sum((w * x)^2)", constants: ["x"]) == [21])
    #expect(try gradient("sum((w * x)^2)", constants: []) == [0.5])
}

/// Known derivatives, kinks included.
@Test(arguments: [
    ("sum(abs(u))", [0.0, 1, -1]), ("sum(relu(u))", [0, 1, 0]), ("sum(sign(u))", [0, 0, 0]),
    ("sum(max(u, 0*u))", [1, 1, 0]), ("sum(max(0*u, u))", [0, 1, 0]), ("sum(min(u, -u))", [1, -1, 1]),
    ("norm(u[:1])", [0, 0, 0]), ("largest([u[1], u[1], u[0]])", [0, 1, 0]), ("sum(floor(u) + ceil(u))", [0, 0, 0]),
    ("u[0]^2 + u[1]^3 + 1/u[2]", [0, 12, -1]), ("sum(unit(u[:1]))", [0, 0, 0]),
])
func kinksHaveTheirStatedDerivatives(text: String, expected: [Double]) throws {
    let (graph, nodes) = try derivatives(text)
    let point = [0, 2, -1] + [Double](repeating: 0.5, count: 13)
    let found = Evaluator<Double>(graph: graph, point: point).values([nodes[1]])[0]
    #expect(Array(found[..<3]) == expected, "\(text): \(found)")
}

/// A number that repeats along a length is computed once; what flows back through it has the length all the same.
@Test func gradientsThroughRepeatedNumbersCountEveryRepetition() throws {
    let point = (0..<16).map { 0.25 + Double($0) }
    let v = Array(point[3..<6]), w = Array(point[6..<15])
    let none = [Double](repeating: 0, count: 16)
    func gradient(_ text: String) throws -> [Double] {
        let (graph, nodes) = try derivatives(text)
        return Evaluator<Double>(graph: graph, point: point, direction: none).values([nodes[1]])[0]
    }
    // Of sum_j (sum_i v_i W_ij)/4.
    var product = none
    for i in 0..<3 {
        product[3 + i] = (w[3 * i] + w[3 * i + 1] + w[3 * i + 2]) / 4
        for j in 0..<3 { product[6 + 3 * i + j] = v[i] / 4 }
    }
    #expect(try gradient("sum(v @ W / 4)") == product)
    #expect(try gradient("sum((v @ W) * 0.5 / 2)") == product)
    // Of nine b and of three u.
    for text in ["sum((W + b) / 8)", "sum(0.5 * ((W + b) * 0.25))", "sum(-((-0.125) * (W + b)))", "sum((W + b) * 0.25 / 2)"] {
        let found = try gradient(text)
        #expect(found[15] == 9.0 / 8 && Set(found[6..<15]) == [0.125], "\(text): \(found)")
    }
    let rows = try gradient("sum(2 * ((W + u) * 3) / 4)")
    #expect(Set(rows[0..<3]) == [4.5] && Set(rows[6..<15]) == [1.5])
}
