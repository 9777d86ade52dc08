import SweepPlanning
import Testing
import TrialContract

private let text = """
    schema: 1
    name: extended
    problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1}}}
    optimizer: [sgd, m-sam]
    steps: 10
    trials: 4
    axes:
      rho: [0, 0.1, 1]
      noise: [1]
      dimension: [1, 4]
    zip: [{name: pair, learning_rate: [0.1, 0.2], start.radius: [1, 2]}]

    """

private func identity(_ found: (TrialClass, CellParameters)) -> String {
    "\(found.0.optimizer.text) \(found.0.start) \(found.0.dimension) \(found.1)"
}

@Test(arguments: [
    ("[0, 0.1, 1]", "[0, 0.05, 0.1, 1, 2]"), ("[0, 0.1, 1]", "[1, 0.1, 0]"), ("[0, 0.1, 1]", "[7]"), ("[0, 0.1, 1]", "[0.1]"),
    ("trials: 4", "trials: 9"), ("[sgd, m-sam]", "[n-sam, m-sam, sgd]"), ("noise: [1]", "noise: [0.5, 1]"),
    ("learning_rate: [0.1, 0.2], start.radius: [1, 2]", "start.radius: [2, 2, 1], learning_rate: [0.2, 0.1, 0.1]"),
    ("zip:", "where: rho < 1\nzip:"), ("zip:", "record: [distance]\nzip:"),
] as [(String, String)])
func cellsAreFoundAgainByTheirValues(old: String, new: String) throws {
    let earlier = try plan(text), later = try plan(text.replacing(old, with: new))
    for (first, second) in [(earlier, later), (later, earlier)] {
        let match = try #require(PlanExtension(from: first, to: second))
        var places: [String: Int] = [:]
        for index in 0..<first.cellCount {
            if let found = try cell(first, index) { places[identity(found)] = index }
        }
        for index in 0..<second.cellCount {
            guard let found = try cell(second, index) else { continue }
            #expect(match.earlierCell(of: index) == places[identity(found)])
        }
    }
}

@Test func whatIsDerivedMustAgree() throws {
    let derived = text.replacing("    zip:", with: "zip:").replacing("learning_rate: [0.1, 0.2]", with: "seed: [1, 2]")
    let earlier = try plan(derived + "derive: {learning_rate: 0.1 + rho}\n")
    let later = try plan(derived + "derive: {learning_rate: \"0.1 + rho * (1 + max(0, rho - 0.5))\"}\n")
    let match = try #require(PlanExtension(from: earlier, to: later))
    for index in 0..<later.cellCount {
        let (_, parameters) = try #require(try cell(later, index))
        #expect(match.earlierCell(of: index) == (parameters.rho < 1 ? index : nil))
    }
}

@Test func anotherSweepIsNoExtension() throws {
    let earlier = try plan(text)
    for (old, new) in [
        ("steps: 10", "steps: 11"), ("to: 1}", "to: 2}"), ("name: pair", "name: couple"), ("  noise: [1]", "  noise: [1]\n  steps: [10]"),
        ("zip: [{name: pair, learning_rate: [0.1, 0.2], start.radius: [1, 2]}]", "learning_rate: 0.1"),
    ] {
        var other = text.replacing(old, with: new)
        if new.contains("steps: [10]") { other = other.replacing("steps: 10\n", with: "") }
        let later = try plan(other)
        #expect(PlanExtension(from: earlier, to: later) == nil, "\(new)")
    }
}

@Test func componentsWithOtherParametersAreOthers() throws {
    let asam = text.replacing("[sgd, m-sam]", with: "[sgd, {name: asam, stabiliser: 0.5}]")
    let earlier = try plan(asam), later = try plan(asam.replacing("0.5}]", with: "0.25}, {name: asam, stabiliser: 0.5}]"))
    let match = try #require(PlanExtension(from: earlier, to: later))
    let third = later.cellCount / 3
    #expect((0..<third).allSatisfy { match.earlierCell(of: $0) == $0 })
    #expect((third..<2 * third).allSatisfy { match.earlierCell(of: $0) == nil })
    #expect((2 * third..<3 * third).allSatisfy { match.earlierCell(of: $0) == $0 - third })
}
