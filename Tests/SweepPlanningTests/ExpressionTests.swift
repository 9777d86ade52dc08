@testable import SweepPlanning
import ExpressionSyntax
import PortableMath
import Testing

private let names = ["a", "b", "c"]
private let scope = ExpressionScope(numbers: names)

private func value(_ text: String, _ inputs: [String: Double] = [:], isCondition: Bool = false) throws -> Double {
    let program = try ProgramCompiler.compile(
        text, scope: ExpressionScope(numbers: inputs.keys), wantsCondition: isCondition)
    return program.value(program.names.map { inputs[$0] ?? .nan })
}

@Test(arguments: [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ** 3 ** 2", 512), ("2 ^ 3", 8), ("-2 ** 2", -4), ("2 ** -1", 0.5),
    ("8 / 2 / 2", 2), ("8 - 2 - 2", 4), ("- - 3", 3), ("+3", 3), ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3),
    ("abs(-2)", 2), ("sqrt(9)", 3), ("log(exp(2))", 2), ("log10(1000)", 3), ("pow(2, 10)", 1024), ("floor(-1.5)", -2),
    ("ceil(1.2)", 2), ("1e-3 * 1E3", 1), ("1 / 0", .infinity), ("floor(7 / 2) * 2", 6),
] as [(String, Double)])
func arithmeticFollowsTheUsualRules(text: String, expected: Double) throws {
    #expect(try value(text) == expected)
}

@Test(arguments: [
    ("1 < 2", true), ("2 <= 2 and not 1 > 2", true), ("1 < 2 or 1 < 0 and 1 < 0", true), ("not 1 < 2 or 1 < 2", true),
    ("0 < 1 < 2", true), ("0 < 3 < 2", false), ("2 > 1 >= 1", true), ("1 != 1", false), ("(1 < 2) and (3 == 3)", true),
    ("1 / 0 > 1e300", true), ("sqrt(-1) < 1", false), ("sqrt(-1) >= 1", false), ("sqrt(-1) != sqrt(-1)", true),
    ("not not 1 < 2", true), ("min(1, sqrt(-1)) <= 1", false),
] as [(String, Bool)])
func conditionsFollowTheUsualRules(text: String, expected: Bool) throws {
    #expect(try value(text, isCondition: true) == (expected ? 1 : 0))
}

@Test(arguments: [
    ("1 +", 3, "expected a number"), ("1 + * 2", 4, "expected a number"), ("(1 + 2", 6, "expected )"),
    ("1 2", 2, "expected an operator"), ("x + 1", 0, "not a known name"), ("1 + xyz", 4, "not a known name"),
    ("foo(1)", 0, "not a known function"), ("sqrt(1, 2)", 0, "takes 1 argument"), ("min(1)", 0, "takes 2 or more"),
    ("sqrt", 0, "needs its arguments"), ("1 && 2", 2, "not a sign"), ("a = 1", 2, "not a sign"), ("1 < 2", 0, "not a comparison"),
    ("(1 < 2) + 1", 0, "a comparison is not a number"), ("1 + 'x'", 4, "a text is not a number"), ("'x", 0, "no end"),
    ("1 # 2", 2, "unexpected character"), ("010", 0, "not a number"), ("1.5.2", 0, "not a number"), (".5", 0, "not a number"),
    ("1e", 0, "not a number"), ("", 0, "expected a number"), ("()", 1, "expected a number"), ("min(1,", 6, "expected a number"),
    ("and 1", 0, "expected a number"), ("2 ** (1 < 2)", 5, "a comparison is not a number"), ("a < b < c < a", 10, "expected"),
    ("π", 0, "unexpected character"), ("log(0 < 1)", 6, "expected , or )"),
] as [(String, Int, String)])
func mistakesAreFoundAtTheirPlace(text: String, offset: Int, message: String) throws {
    let error = #expect(throws: ExpressionError.self) {
        try ProgramCompiler.compile(text, scope: scope, wantsCondition: false)
    }
    // Chains are compared before the kind of the whole is looked at.
    if text == "a < b < c < a" {
        #expect(error?.message.contains("chains more than two") == true)
    } else {
        #expect(error?.offset == offset, "\(String(describing: error))")
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
}

@Test(arguments: [
    ("(1 < 2) + (2 < 3)", "(1 < 2)", ", and + needs one", "write (1 < 2) or (2 < 3)"),
    ("(1 < 2) * (2 < 3)", "(1 < 2)", ", and * needs one", "write (1 < 2) and (2 < 3)"),
    ("1 + min(1, (2 < 3))", "(2 < 3)", ", and min needs one", "a number in its place"),
    ("(1 < 2) == (2 < 3)", "(1 < 2)", ", and == needs one", "(1 < 2) and (2 < 3) or not (1 < 2) and not (2 < 3)"),
    ("1 == 1 or 2", "2", "a number is not a comparison", "write 1 == 1 or 1 == 2"),
    ("sqrt(4)", "sqrt(4)", "must be a comparison", "compare it with something"),
    ("not sqrt(4)", "sqrt(4)", "a number is not a comparison", "as sqrt(4) > 0"),
] as [(String, String, String, String)])
func aMistakenKindSaysWhatWasFoundAndWhatToWrite(text: String, value: String, message: String, remedy: String) throws {
    let error = #expect(throws: ExpressionError.self) {
        try ProgramCompiler.compile(text, scope: scope, wantsCondition: true)
    }
    #expect(error?.value == value || text == "sqrt(4)", "\(String(describing: error))")
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.remedy.contains(remedy) == true, "\(String(describing: error))")
}

@Test func deepAndLongExpressionsAreRefusedOrEvaluated() throws {
    let deep = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
    for text in [deep, String(deep.suffix(9_000)), String(repeating: "-", count: 9_000) + "1",
                 String(repeating: "not ", count: 2_000) + "1 < 2", String(repeating: "2**", count: 3_000) + "1",
                 String(repeating: "sqrt(", count: 1_500)] {
        #expect(throws: ExpressionError.self) {
            try ProgramCompiler.compile(text, scope: scope, wantsCondition: false)
        }
    }
    let long = "1" + String(repeating: "+1", count: 4_900)
    #expect(try value(long) == 4_901)
    let nested = String(repeating: "(", count: 60) + "1" + String(repeating: ")", count: 60)
    #expect(try value(nested) == 1)
}

/// A random expression with its value, built up side by side without the parser.
private struct Sample {
    var text: String
    var value: Double
    /// How tightly it binds: 0 sums, 1 products, 2 signs, 3 powers, 4 atoms.
    var strength: Int
}

private struct Generator {
    var state: UInt64
    let inputs: [String: Double]

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private func bracketed(_ sample: Sample, below strength: Int) -> String {
        sample.strength < strength ? "(\(sample.text))" : sample.text
    }

    mutating func expression(depth: Int) -> Sample {
        if depth == 0 { return atom() }
        let a = expression(depth: depth - 1), b = expression(depth: depth - 1)
        switch next(9) {
        case 0: return Sample(text: "\(a.text) + \(bracketed(b, below: 1))", value: a.value + b.value, strength: 0)
        case 1: return Sample(text: "\(a.text) - \(bracketed(b, below: 1))", value: a.value - b.value, strength: 0)
        case 2: return Sample(text: "\(bracketed(a, below: 1)) * \(bracketed(b, below: 2))", value: a.value * b.value, strength: 1)
        case 3: return Sample(text: "\(bracketed(a, below: 1))/\(bracketed(b, below: 2))", value: a.value / b.value, strength: 1)
        case 4: return Sample(text: "-\(bracketed(a, below: 2))", value: -a.value, strength: 2)
        case 5: return Sample(
            text: "\(bracketed(a, below: 4)) ** \(bracketed(b, below: 2))", value: PortableMath.pow(a.value, b.value), strength: 3)
        case 6: return Sample(
            text: "min(\(a.text), \(b.text))", value: a.value.isNaN || b.value.isNaN ? .nan : Swift.min(a.value, b.value), strength: 4)
        case 7: return Sample(text: "abs( \(a.text) )", value: Swift.abs(a.value), strength: 4)
        default: return Sample(text: "floor(\(a.text))", value: a.value.rounded(.down), strength: 4)
        }
    }

    private mutating func atom() -> Sample {
        let names = inputs.keys.sorted()
        switch next(3) {
        case 0:
            let name = names[next(names.count)]
            return Sample(text: name, value: inputs[name] ?? .nan, strength: 4)
        case 1:
            let number = Double(next(1000)) / 8
            return Sample(text: "\(number)", value: number, strength: 4)
        default:
            let number = Double(next(10))
            return Sample(text: "\(Int(number))", value: number, strength: 4)
        }
    }
}

/// The parser and the stack program against values computed while the text was put together.
@Test func randomExpressionsEvaluateLikeTheirConstruction() throws {
    let inputs = ["a": 0.75, "b": -3.0, "noise_model.q": 2.5]
    for seed in 0..<2_000 {
        var generator = Generator(state: UInt64(seed) &* 977 &+ 3, inputs: inputs)
        let sample = generator.expression(depth: 1 + seed % 4)
        let found = try value(sample.text, inputs)
        #expect(found == sample.value || found.isNaN && sample.value.isNaN, "\(sample.text)")
    }
}

/// Truth against all combinations of three conditions.
@Test func logicFollowsItsTruthTable() throws {
    for bits in 0..<8 {
        let inputs = ["a": Double(bits & 1), "b": Double(bits >> 1 & 1), "c": Double(bits >> 2 & 1)]
        let (a, b, c) = (bits & 1 == 1, bits & 2 == 2, bits & 4 == 4)
        for (text, expected) in [
            ("a > 0 and b > 0 or c > 0", a && b || c), ("a > 0 or b > 0 and c > 0", a || b && c),
            ("not a > 0 and b > 0", !a && b), ("not (a > 0 and b > 0)", !(a && b)), ("(a > 0 or b > 0) and c > 0", (a || b) && c),
            ("a == b == c", a == b && b == c), ("a <= b and b <= c", (!a || b) && (!b || c)),
        ] {
            #expect(try value(text, inputs, isCondition: true) == (expected ? 1 : 0), "\(text) for \(inputs)")
        }
    }
}

@Test func placesInsideTextsAreFoundAgain() throws {
    let cases: [(text: String, line: Int, column: Int)] = [
        ("where: rho < x", 7, 14),
        ("where: 'rho < x'", 7, 15),
        ("where: \"rho < x\"", 7, 15),
        ("where:\n  rho <\n    x", 9, 5),
        ("where: >-\n  rho <\n  x", 9, 3),
        ("where: |\n  rho < x", 8, 9),
        ("where: |\n  w < 1", 8, 3),
        ("where: \"rho \\\n  < x\"", 8, 5),
        ("where: rho <", 7, 13),
        ("derive: {noise: rho * x}", 7, 23),
        ("derive:\n  noise: \"rho * x\"", 8, 17),
    ]
    for (text, line, column) in cases {
        let error = try #require(failure(sweepText(text)))
        #expect(error.diagnostics[0].line == line, "\(text)")
        #expect(error.diagnostics[0].column == column, "\(text): \(error)")
    }
}
