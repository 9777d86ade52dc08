import SweepPlanning
import Testing
import TrialContract

private let text = """
    # The question.
    # The cost.
    schema: 1
    name: overridden      # a remark
    problem: quadratic
    optimizer: [sgd, m-sam]
    steps: 10
    start: {vector: [1, 2]}
    axes:
      rho: [0, 0.1]
      learning_rate: 0.1
      noise_model.q: [0.25, 0.5]
    zip:
      - {name: pair, noise: [1, 2], seed: [3, 4]}
    noise_model: [skewed-two-point, gaussian]
    where: "noise_model != 'skewed-two-point' or dimension == 1 and 2 * rho < 5"

    """

private let valid = ["problem.eigenvalues=2", "start.radius=3"]

@Test(arguments: [
    (["axes.rho=[0.1, 0.2, 0.3]"], "rho", AxisValues.numbers([0.1, 0.2, 0.3])),
    (["axes.rho={logspace: {from: 1, to: 100, count: 3}}"], "rho", .numbers([1, 10, 100])),
    (["axes.rho=5"], "rho", .numbers([5])),
    (["axes.rho=1", "axes.rho=[2]"], "rho", .numbers([2])),
    (["axes.rho="], "rho", .numbers([0])),
    (["axes.rho=null"], "rho", .numbers([0])),
    (["optimizer=usam"], "optimizer", .names(["usam"])),
    (["optimizer.1=n-sam"], "optimizer", .names(["sgd", "n-sam"])),
    (["optimizer.0="], "optimizer", .names(["m-sam"])),
    (["optimizer.1.name=asam", "optimizer.1.stabiliser=2"], "optimizer", .names(["sgd", "asam(stabiliser=2)"])),
    (["axes.noise_model.q=[0.5]"], "noise_model.q", .numbers([0.5])),
    (["axes.dimension=[1]"], "dimension", .integers([1])),
    (["zip.pair.name=other"], "other", .numbers([0, 1])),
    (["zip.0.name=other"], "other", .numbers([0, 1])),
    (["name=new", "title=x: y"], "rho", .numbers([0, 0.1])),
    (["where=", "axes.rho=[1, 9]"], "rho", .numbers([1, 9])),
] as [([String], String, AxisValues)])
func setReplacesAddsAndRemovesFields(arguments: [String], dimension: String, values: AxisValues) throws {
    // `x: y` is no plain text in YAML.
    let quoted = arguments.map { $0 == "title=x: y" ? "title='x: y'" : $0 }
    let sweep = try plan(text, set: valid + quoted)
    #expect(sweep.dimensions.first { $0.name == dimension }?.values == values)
    // The text that is stored gives the same sweep without any --set.
    let again = try plan(sweep.sourceText)
    #expect(again.planFingerprint == sweep.planFingerprint)
    #expect(again.name == sweep.name && again.title == sweep.title)
    #expect(sweep.sourceText.hasPrefix("# The question.\n# The cost.\n# as changed by --set problem.eigenvalues=2\n"))
}

@Test func withoutSetTheTextIsKeptAsItIs() throws {
    let whole = text.replacing("problem: quadratic", with: "problem: {name: quadratic, eigenvalues: [1]}")
        .replacing("[1, 2]}\naxes", with: "[1]}\naxes")
    #expect(try plan(whole).sourceText == whole)
}

@Test func aFieldThatIsSetKeepsItsPlace() throws {
    let sweep = try plan("""
        schema: 1
        name: order
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: sgd
        axes: {steps: [1, 2], seed: [1], learning_rate: 1}
        """, set: ["axes.steps=[5]", "axes.start.radius=[1]"])
    #expect(sweep.dimensions.prefix(4).map(\.name) == ["optimizer", "steps", "seed", "start.radius"])
}

@Test(arguments: [
    ("axes.rho", "is not of the form PATH=VALUE"),
    ("=1", "is not of the form PATH=VALUE"),
    ("axes..rho=1", "has an empty name"),
    ("axes.rho=[1", "not valid YAML"),
    ("axes.rho=-1", "axes.rho=-1: rho: must be a number >= 0, got -1"),
    ("axes.rho=[0.1, .nan]", "must be a finite number"),
    ("axes.rhoo=1", "axes.rhoo: is not a number or name that can be swept; did you mean rho?"),
    ("stepz=1", "stepz: unknown key; did you mean steps?"),
    ("optimizer.7=sgd", "is not an entry of the list; use a position from 0 to 1"),
    ("optimizer=msam", "did you mean m-sam?"),
    ("where=rho <", "where: expected a number, a name or a bracket, got the end"),
    ("axes.rho=&a 1", "anchors and aliases are not allowed"),
])
func aBadSetIsAUsageErrorThatNamesTheArgument(argument: String, message: String) throws {
    let error = try #require(failure(text, set: valid + [argument]))
    #expect(error.kind == .usage, "\(error)")
    #expect("\(error)".contains(message), "\(error)")
    #expect("\(error)".hasPrefix("--set \(argument)"))
    #expect(error.diagnostics[0].argument == argument && error.diagnostics[0].line == nil)
}

@Test func mistakesOfTheFileStayMistakesOfTheFile() throws {
    let error = try #require(failure(text.replacing("steps: 10", with: "steps: 0"), set: valid + ["axes.rho=-1"]))
    #expect(error.kind == .invalid)
    #expect(error.diagnostics.count == 2)
    #expect(error.diagnostics[0].line == 7)
}

@Test func hostileTextsSurviveBeingWrittenAgain() throws {
    for title in ["a \"b\" \\ c", "x: y # z", "- a", "*a &b !c", "null", "1e3", "ünï 💡", "tab\\there", "{a: [b]}", "'", "~", "%"] {
        let escaped = title.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let sweep = try plan(text, set: valid + ["title=\"\(escaped)\""])
        #expect(sweep.title == title)
        #expect(try plan(sweep.sourceText).title == title)
    }
}
