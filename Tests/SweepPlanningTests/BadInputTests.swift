import KernelSelection
import SweepPlanning
import Testing

/// A sweep file that is wrong in one place, and what its message must say.
struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// `nil`: the file as a whole.
    let line: Int?
    let field: String
    /// Parts of the value, message and remedy.
    let value: String?
    let message: String
    let remedy: String

    init(
        _ name: String, line: Int?, field: String, value: String?, message: String, remedy: String, _ text: String
    ) {
        self.name = name
        self.line = line
        self.field = field
        self.value = value
        self.message = message
        self.remedy = remedy
        self.text = text
    }

    /// The usual head of five lines; what is wrong comes from line 6 on.
    static func after(
        _ name: String, line: Int, field: String, value: String?, message: String, remedy: String, _ more: String
    ) -> BadInput {
        BadInput(name, line: line, field: field, value: value, message: message, remedy: remedy, head + more)
    }

    static let head = """
        schema: 1
        name: small
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: sgd
        steps: 10

        """

    var testDescription: String { name }
}

func failure(_ text: String, set: [String] = []) -> SweepFileError? {
    do {
        _ = try SweepPlanner.plan(
            text: text, fileName: "bad.yaml", overrides: set, catalogue: KernelSelection.catalogue)
        return nil
    } catch let error as SweepFileError {
        return error
    } catch {
        Issue.record("another error: \(error)")
        return nil
    }
}

private let axis = "axes: {learning_rate: 0.1}\n"

let badInputs: [BadInput] = [
    .after("unknown key", line: 6, field: "axis", value: nil, message: "unknown key", remedy: "did you mean axes?", "axis: {rho: 1}\n" + axis),
    .after("unknown axis", line: 6, field: "axes.learning_rat", value: nil, message: "can be swept", remedy: "did you mean learning_rate?", "axes: {learning_rat: 0.1}\n"),
    .after("unknown optimizer", line: 4, field: "optimizer", value: "sdg", message: "not a known optimizer", remedy: "did you mean sgd?", axis).replacing("optimizer: sgd", "optimizer: sdg"),
    .after("unknown statistic", line: 7, field: "record", value: "distence", message: "not a recorded quantity", remedy: "did you mean distance?", axis + "record: [distence]\n"),
    .after("wrong type", line: 6, field: "steps", value: "[10, 20]", message: "an integer in [1, 4294967296]", remedy: "under axes", axis).replacing("steps: 10", "steps: [10, 20]", line: 5),
    .after("text for a number", line: 5, field: "steps", value: "ten", message: "must be an integer", remedy: "as JSON does", axis).replacing("steps: 10", "steps: ten"),
    .after("number in quotes", line: 5, field: "steps", value: "\"10\"", message: "not a text", remedy: "remove the quotes", axis).replacing("steps: 10", "steps: \"10\""),
    .after("fractional steps", line: 5, field: "steps", value: "10.5", message: "an integer", remedy: "an integer", axis).replacing("steps: 10", "steps: 10.5"),
    .after("negative rho", line: 6, field: "rho", value: "-0.1", message: "must be a number >= 0", remedy: "not negative", "axes: {learning_rate: 0.1, rho: [0, -0.1]}\n"),
    .after("learning rate 0", line: 6, field: "learning_rate", value: "0", message: "must be a number > 0", remedy: "positive", "axes: {learning_rate: [0]}\n"),
    .after("infinite learning rate", line: 6, field: "learning_rate", value: ".inf", message: "finite", remedy: "as JSON", "axes: {learning_rate: .inf}\n"),
    .after("learning rate beyond doubles", line: 6, field: "learning_rate", value: "1e999", message: "finite", remedy: "1.8e308", "axes: {learning_rate: 1e999}\n"),
    .after("NaN", line: 6, field: "learning_rate", value: ".nan", message: "finite number", remedy: "as JSON", "axes: {learning_rate: [0.1, .nan]}\n"),
    .after("dimension 0", line: 6, field: "dimension", value: "0", message: "an integer in [1, 1000000000]", remedy: "[1, 1000000000]", "axes: {learning_rate: 0.1, dimension: [0, 1]}\n"),
    .after("eigenvalues that do not match the dimension", line: 6, field: "dimension", value: "dimension 4", message: "does not match the 3 eigenvalues given", remedy: "leave dimension out", "axes: {learning_rate: 0.1, dimension: [3, 4]}\n").replacing("eigenvalues: 1", "eigenvalues: [1, 2, 3]"),
    .after("eigenvalue 0", line: 3, field: "problem.eigenvalues", value: "0", message: "must be a number > 0", remedy: "positive", axis).replacing("eigenvalues: 1", "eigenvalues: [1, 0]"),
    .after("empty axis", line: 6, field: "learning_rate", value: "[]", message: "at least one value", remedy: "add a value", "axes: {learning_rate: []}\n"),
    .after("logspace through zero", line: 6, field: "rho.logspace.from", value: "0", message: "never reach zero", remedy: "[0, {logspace: ...}]", "axes: {learning_rate: 0.1, rho: {logspace: {from: 0, to: 1, count: 5}}}\n"),
    .after("logspace from below zero", line: 6, field: "rho.logspace.from", value: "-1", message: "> 0", remedy: "linspace", "axes: {learning_rate: 0.1, rho: {logspace: {from: -1, to: 1, count: 5}}}\n"),
    .after("a value twice", line: 6, field: "rho", value: "0.1", message: "has a value twice", remedy: "once", "axes: {learning_rate: 0.1, rho: [0.1, 0.2, 0.10]}\n"),
    .after("range without count", line: 6, field: "rho.linspace", value: "from", message: "needs count", remedy: "add count", "axes: {learning_rate: 0.1, rho: {linspace: {from: 0, to: 1}}}\n"),
    .after("misspelt range", line: 6, field: "rho", value: "logspce", message: "a number or a range", remedy: "did you mean logspace?", "axes: {learning_rate: 0.1, rho: {logspce: {from: 1, to: 2, count: 2}}}\n"),
    .after("a range of integers that are none", line: 6, field: "dimension", value: "2.15", message: "integers", remedy: "[1, 2, 5, 10]", "axes: {learning_rate: 0.1, dimension: {logspace: {from: 1, to: 10, count: 4}}}\n"),
    .after("where drops everything", line: 7, field: "where", value: "rho > 1", message: "drops the only cell", remedy: "relax", axis + "where: rho > 1\n"),
    .after("where is a number", line: 7, field: "where", value: "rho + 1", message: "must be a comparison", remedy: "< 2", axis + "where: rho + 1\n"),
    .after("cyclic derive", line: 7, field: "derive.rho", value: "rho -> noise -> rho", message: "depends on itself", remedy: "something else", axis + "derive: {rho: noise / 2, noise: rho * 2}\n"),
    .after("derive of itself", line: 6, field: "derive.learning_rate", value: "learning_rate -> learning_rate", message: "depends on itself", remedy: "something else", "derive: {learning_rate: learning_rate / 2}\n"),
    .after("cycle through smoothness", line: 7, field: "derive.dimension", value: "dimension -> smoothness -> dimension", message: "depends on itself", remedy: "something else", axis + "derive: {dimension: floor(smoothness)}\n").replacing("eigenvalues: 1", "eigenvalues: {logspace: {from: 1, to: 2}}"),
    .after("unknown function", line: 7, field: "where", value: "sqr", message: "not a known function", remedy: "did you mean sqrt?", axis + "where: sqr(rho) < 1\n"),
    .after("unknown name", line: 7, field: "where", value: "smothness", message: "not a known name", remedy: "did you mean smoothness?", axis + "where: \"learning_rate * smothness < 2\"\n"),
    .after("derived learning rate not finite", line: 7, field: "derive.learning_rate", value: "inf", message: "a number > 0 at rho = 0", remedy: "where", "axes: {rho: [1, 0]}\nderive: {learning_rate: 0.1 / rho}\n"),
    .after("derived and swept", line: 7, field: "learning_rate", value: nil, message: "given twice (also in line 6)", remedy: "one place", axis + "derive: {learning_rate: 0.5}\n"),
    .after("fixed and swept", line: 6, field: "steps", value: nil, message: "given twice (also in line 5)", remedy: "one place", "axes: {learning_rate: 0.1, steps: [1, 2]}\n"),
    .after("zip of unequal lengths", line: 6, field: "zip.pair.rho", value: "3 values", message: "as many values as learning_rate, 2", remedy: "pair every value", "zip: [{name: pair, learning_rate: [0.1, 0.2], rho: [1, 2, 3]}]\n"),
    .after("an extreme over no dimension", line: 7, field: "claims.c.smallest_over", value: "[]", message: "names no dimension", remedy: "name one", axis + "claims: [{name: c, says: x, mean: distance, at_most: 1, smallest_over: []}]\n"),
    .after("a kept form that is none", line: 6, field: "keep", value: "summaries", message: "must be one of trials, summary", remedy: "summary", "keep: summaries\n" + axis),
    .after("trials that fall into no blocks", line: 6, field: "keep", value: "1,009 trials", message: "32 to 256 equal blocks", remedy: "give 1010 trials", "keep: summary\ntrials: 1009\n" + axis),
    .after("a summary of one trial", line: 6, field: "keep", value: "1 trial", message: "equal blocks", remedy: "give 32 trials", "keep: summary\n" + axis),
    .after("a summary with trajectories", line: 8, field: "curves", value: nil, message: "summaries over a cell's trials", remedy: "keep: trials", "keep: summary\ntrials: 64\ncurves: {at: [1]}\n" + axis),
    .after("a summary of iterates", line: 8, field: "record", value: nil, message: "iterate has a value for each coordinate", remedy: "remove it", "keep: summary\ntrials: 64\nrecord: [iterate]\n" + axis),
    .after("a summary for a goal", line: 7, field: "trials", value: nil, message: "decided by rows of trials", remedy: "give a number of trials", "keep: summary\ntrials: {until: {relative_error: 0.1}}\n" + axis),
    .after("a zip that is named like a summary's variable", line: 6, field: "keep", value: "block", message: "named like a dimension", remedy: "rename the zip block", "keep: summary\ntrials: 64\nzip: [{name: block, learning_rate: [0.1, 0.2], rho: [1, 2]}]\n"),
    .after("a name that is not ours", line: 7, field: "where", value: "lr", message: "not a known name", remedy: "did you mean learning_rate?", axis + "where: lr < 1\n"),
    .after("the beginning of a name", line: 7, field: "where", value: "smooth", message: "not a known name", remedy: "did you mean smoothness?", axis + "where: smooth < 1\n"),
    .after("a title that steers the terminal", line: 7, field: "title", value: nil, message: "has the control character \\x1b", remedy: "leave it out", axis + "title: \"a\\x1b[31mb\"\n"),
    .after("zip with a taken name", line: 6, field: "zip.name", value: "rho", message: "name of something else", remedy: "another name", "zip: [{name: rho, learning_rate: [0.1, 0.2], noise: [1, 2]}]\n"),
    .after("noise without a noise model", line: 6, field: "noise", value: "0.5", message: "noise_model none has no noise", remedy: "set noise to 0", "axes: {learning_rate: 0.1, noise: [0, 0.5]}\nnoise_model: none\n"),
    .after("skewed noise in two dimensions", line: 7, field: "noise_model", value: "dimension 2", message: "dimension 1 to 1 only", remedy: "lower the dimension", "axes: {learning_rate: 0.1, dimension: 2}\nnoise_model: {name: skewed-two-point, q: 0.25}\n"),
    .after("a parameter that is missing", line: 7, field: "noise_model", value: "skewed-two-point", message: "needs q, a number in (0, 1)", remedy: "{name: skewed-two-point, q: ...}", axis + "noise_model: skewed-two-point\n"),
    .after("a parameter out of range", line: 7, field: "noise_model.q", value: "1", message: "in (0, 1)", remedy: "(0, 1)", axis + "noise_model: {name: skewed-two-point, q: 1}\n"),
    .after("an unknown parameter", line: 7, field: "noise_model.p", value: nil, message: "unknown key", remedy: "did you mean q?", axis + "noise_model: {name: skewed-two-point, p: 0.5, q: 0.5}\n"),
    .after("an axis of a component that is not there", line: 6, field: "noise_model.q", value: nil, message: "no noise model of this sweep has the parameter q", remedy: "skewed-two-point", "axes: {learning_rate: 0.1, noise_model.q: [0.1]}\n"),
    .after("curves without steps", line: 7, field: "curves", value: "of", message: "needs at", remedy: "logspace", axis + "curves: {of: distance_squared}\n"),
    .after("curves beyond the end", line: 7, field: "curves.at", value: "11", message: "must not be beyond the last step, 10", remedy: "from 0 to 10", axis + "curves: {at: [1, 11]}\n"),
    .after("curves at a negative step", line: 7, field: "curves.at", value: "-1", message: "a number in [0,", remedy: "[0,", axis + "curves: {at: [-1]}\n"),
    .after("curves at no step", line: 7, field: "curves.at", value: "[]", message: "records no step", remedy: "give steps", axis + "curves: {at: []}\n"),
    .after("curves of something unknown", line: 7, field: "curves.of", value: "distance_squred", message: "is not a quantity of curves", remedy: "did you mean distance_squared?", axis + "curves: {at: 1, of: [distance_squred]}\n"),
    .after("curves of something twice", line: 7, field: "curves.of", value: "suboptimality", message: "recorded twice", remedy: "once", axis + "curves: {at: 1, of: [suboptimality, suboptimality]}\n"),
    .after("curves with a misspelt key", line: 7, field: "curves.off", value: nil, message: "unknown key", remedy: "did you mean of?", axis + "curves: {at: 1, off: suboptimality}\n"),
    .after("curves that do not fit into memory", line: 8, field: "curves", value: "2,000,000 trials at 11 steps", message: "take 352 MB of memory for a cell", remedy: "fewer trials", axis + "trials: 2000000\ncurves: {at: {linspace: {from: 0, to: 10, count: 11}}}\n"),
    .after("too many steps of curves", line: 7, field: "curves.at", value: "200,001 steps", message: "more than 100000 steps", remedy: "logspace", axis + "curves: {at: {linspace: {from: 0, to: 200000, count: 200001}}}\n").replacing("steps: 10", "steps: 1000000"),
    .after("reduced", line: 7, field: "method", value: "reduced", message: "is not defined for", remedy: "auto", axis + "method: reduced\nnoise_model: rademacher\n"),
    .after("another schema", line: 1, field: "schema", value: "2", message: "reads schema 1", remedy: "newer samsweep", axis).replacing("schema: 1", "schema: 2"),
    .after("leading zero", line: 5, field: "steps", value: "010", message: "no leading zero", remedy: "JSON", axis).replacing("steps: 10", "steps: 010"),
    .after("sexagesimal", line: 5, field: "steps", value: "1:30", message: "must be an integer", remedy: "JSON", axis).replacing("steps: 10", "steps: 1:30"),
    .after("yes", line: 7, field: "common_random_numbers", value: "yes", message: "true or false", remedy: "true or false", axis + "common_random_numbers: yes\n"),
    .after("seed beyond 2^53", line: 7, field: "seed", value: "9007199254740992", message: "an integer in [0, 9007199254740991]", remedy: "[0, 9007199254740991]", axis + "seed: 9007199254740992\n"),
    .after("trials 0", line: 7, field: "trials", value: "0", message: "an integer in [1,", remedy: "[1,", axis + "trials: 0\n"),
    .after("a name in capitals", line: 2, field: "name", value: "Small", message: "a-z, 0-9 and -", remedy: "rho-scaling", axis).replacing("name: small", "name: Small"),
    .after("no learning rate", line: 1, field: "learning_rate", value: nil, message: "is missing", remedy: "under axes, or compute it under derive", ""),
    .after("no eigenvalues", line: 3, field: "problem.eigenvalues", value: nil, message: "is missing", remedy: "add eigenvalues", axis).replacing("{name: quadratic, eigenvalues: 1}", "quadratic"),
    .after("an axis without a place in the spectrum", line: 6, field: "problem.eigenvalues.linspace.from", value: nil, message: "has no place in this problem's eigenvalues", remedy: "leave out what is swept", "axes: {learning_rate: 0.1, problem.eigenvalues.linspace.from: [1, 2]}\n").replacing("eigenvalues: 1", "eigenvalues: {logspace: {from: 1, to: 2}}"),
    .after("an end that is given and swept", line: 6, field: "problem.eigenvalues.logspace.from", value: nil, message: "has no place in this problem's eigenvalues", remedy: "leave out what is swept", "axes: {learning_rate: 0.1, problem.eigenvalues.logspace.from: [1, 2]}\n").replacing("eigenvalues: 1", "eigenvalues: {logspace: {from: 1, to: 2}}"),
    .after("eigenvalues of a problem that has none", line: 6, field: "problem.eigenvalues", value: nil, message: "has no place in this problem's eigenvalues", remedy: "leave out what is swept", "axes: {learning_rate: 0.1, rho: 1, problem.eigenvalues: [1, 2]}\n").replacing("{name: quadratic, eigenvalues: 1}", "sine"),
    .after("eigenvalues given to a problem that has none", line: 3, field: "problem.eigenvalues", value: nil, message: "unknown key", remedy: "valid here: name, smoothness, rho0", "axes: {learning_rate: 0.1, rho: 1}\n").replacing("name: quadratic", "name: sine"),
    .after("a start swept in two forms", line: 1, field: "start", value: nil, message: "swept both as start.radius and as start.sphere", remedy: "keep one", "axes: {learning_rate: 0.1, start.radius: [1], start.sphere: [1]}\n"),
    .after("start of two forms", line: 7, field: "start", value: "radius", message: "exactly one of", remedy: "keep one", axis + "start: {radius: 1, sphere: 1}\n"),
    .after("a start vector that does not fit", line: 7, field: "start.vector", value: "dimension 1", message: "has 2 coordinates", remedy: "give 1 value,", axis + "start: {vector: [1, 2]}\n"),
    .after("block norms that do not fit", line: 7, field: "start.blocks", value: "1 block of", message: "has 2 norms", remedy: "one norm for each entry", axis + "start: {blocks: [1, 2]}\n"),
    .after("iterates of high dimension", line: 7, field: "record", value: "dimension 65", message: "dimension 1 to 64 only", remedy: "lower the dimension", "axes: {learning_rate: 0.1, dimension: 65}\nrecord: [iterate]\n"),
    .after("more trials than can be counted", line: nil ?? 0, field: "axes", value: nil, message: "more than 2^53 trials", remedy: "fewer", "axes: {learning_rate: {linspace: {from: 1, to: 2, count: 100000}}, rho: {linspace: {from: 1, to: 2, count: 100000}}}\ntrials: 1000000\n"),
    BadInput("an empty file", line: nil, field: "", value: nil, message: "is empty", remedy: "begin with schema: 1", ""),
    BadInput("comments only", line: nil, field: "", value: nil, message: "is empty", remedy: "begin with schema: 1", "# nothing\n"),
    BadInput("a list", line: 1, field: "", value: nil, message: "not a map of fields", remedy: "begin with schema: 1", "- 1\n"),
]

extension BadInput {
    func replacing(_ old: String, _ new: String, line: Int? = nil) -> BadInput {
        BadInput(
            name, line: line ?? self.line, field: field, value: value, message: message, remedy: remedy,
            text.replacing(old, with: new))
    }
}

@Test(arguments: badInputs)
func badInputIsNamedWithLineFieldValueAndRemedy(input: BadInput) throws {
    let error = try #require(failure(input.text))
    #expect(error.kind == .invalid)
    #expect(error.diagnostics.count == 1, "\(error)")
    let found = error.diagnostics[0]
    #expect(found.file == "bad.yaml")
    #expect((found.line ?? 0) == (input.line ?? 0), "\(error)")
    #expect(found.field == input.field)
    #expect(found.message.contains(input.message), "\(error)")
    #expect(found.remedy.contains(input.remedy), "\(error)")
    if let value = input.value {
        #expect(found.value?.contains(value) == true, "\(error)")
    }
    // What is printed holds all of it.
    for part in [found.field, found.message, found.remedy, found.value ?? ""] where !part.isEmpty { #expect("\(error)".contains(part)) }
    #expect("\(error)".hasPrefix((input.line ?? 0) > 0 ? "bad.yaml:\(input.line ?? 0):" : "bad.yaml: "))
}

@Test func allIndependentMistakesAreReportedAtOnce() throws {
    let error = try #require(failure("""
        schema: 1
        name: Bad Name
        problem: {name: quadratik, eigenvalues: 1}
        optimizer: [sgd, msam, n-sam]
        steps: 0
        trails: 5
        axes: {rho: [-1, 0.5], learning_rate: []}
        record: distanc
        """))
    #expect(error.diagnostics.map(\.line) == [2, 3, 4, 5, 6, 7, 7, 8])
    #expect(error.diagnostics.map(\.field) == [
        "name", "problem", "optimizer", "steps", "trails", "rho", "learning_rate", "record",
    ])
}

@Test func aFloodOfMistakesIsCutOff() throws {
    let values = Array(repeating: "-1", count: 500).joined(separator: ", ")
    let error = try #require(failure(BadInput.head + "axes: {learning_rate: [\(values)]}\n"))
    #expect(error.diagnostics.count == 20)
    #expect(error.unlisted == 480)
    #expect("\(error)".hasSuffix("and 480 more"))
}
