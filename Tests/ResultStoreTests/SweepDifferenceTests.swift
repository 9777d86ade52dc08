import Foundation
import Testing

@testable import ResultStore

/// What differs between two sweeps is told by fields, however the texts are written.
@Suite struct SweepDifferenceTests {
    private static let block = """
        # A comment.
        schema: 1
        name: one
        problem:
          name: quadratic
          eigenvalues:
            logspace: {from: 0.1, to: 1.0}
        optimizer:
          - sgd
          - name: m-sam
            momentum: 0.5
        steps: 100   # so many
        trials: 8
        axes:
          rho:
            - 0
            - 1.0e-3
          learning_rate: [0.1]
        where: "rho * 2 < 1"
        record: [distance]

        """
    /// The same on one line, in another order, with numbers in other forms, under another name.
    private static let flow = """
        {"schema": 1, "name": "two", steps: 1e2, "optimizer": ["sgd", {momentum: 0.50, name: m-sam}], \
        problem: {eigenvalues: {logspace: {to: 1, from: 0.1}}, name: 'quadratic'}, "trials": 8, \
        "axes": {"rho": [0, 0.001], "learning_rate": [0.1]}, "where": 'rho * 2 < 1', "record": ["distance"]}
        """

    @Test func theWayOfWritingIsNoDifference() {
        #expect(SweepDifference.differences(Self.block, Self.flow) == [])
        #expect(SweepDifference.differences(Self.flow, Self.block) == [])
    }

    /// One field is changed in either form: it alone is told, with its path.
    @Test(arguments: [
        ("momentum: 0.5", "momentum: 0.9", "optimizer[1].momentum: 0.9 there, 0.50 here"),
        ("name: quadratic", "name: sine", "problem.name: sine there, quadratic here"),
        ("from: 0.1, to", "from: 0.2, to", "problem.eigenvalues.logspace.from: 0.2 there, 0.1 here"),
        ("steps: 100", "steps: 101", "steps: 101 there, 1e2 here"),
        ("    - 1.0e-3\n", "    - 2.0e-3\n", "axes.rho: [0, 2.0e-3] there, [0, 0.001] here"),
        ("rho * 2", "rho * 3", "where: rho * 3 < 1 there, rho * 2 < 1 here"),
        ("schema: 1\n", "schema: 1\nseed: 4\n", "only there: seed: 4"),
        ("  learning_rate: [0.1]\n", "", "only here: axes.learning_rate: [0.1]"),
        ("  - sgd\n", "", "optimizer: [{name: m-sam, momentum: 0.5}] there, [sgd, {momentum: 0.50, name: m-sam}] here"),
    ])
    func aChangedFieldIsTheOneThatIsTold(old: String, new: String, told: String) {
        #expect(Self.block.contains(old))
        #expect(SweepDifference.differences(Self.block.replacing(old, with: new), Self.flow) == [told])
    }

    /// What decides trials is told before what only says which there are, and changes before what is lacking.
    @Test func whatDecidesTrialsComesFirst() {
        let other = Self.block.replacing("trials: 8", with: "trials: 9").replacing("- 1.0e-3", with: "- 2").replacing("[0.1]", with: "[0.3]")
            .replacing("[distance]", with: "[distance, suboptimality]").replacing("where:", with: "noise_scale: total\nwhere:")
            .replacing("to: 1.0", with: "to: 2.0")
        #expect(
            SweepDifference.differences(Self.flow, other) == [
                "problem.eigenvalues.logspace.to: 1 there, 2.0 here", "only here: noise_scale: total", "trials: 8 there, 9 here",
                "axes.rho: [0, 0.001] there, [0, 2] here", "and 2 more",
            ])
    }

    @Test func longValuesAreShownWhereTheyDiffer() {
        let list = (0..<40).map { "\($0)" }.joined(separator: ", ")
        let found = SweepDifference.differences("axes: {rho: [\(list), 41]}", "axes:\n  rho: [\(list), 42]\n")
        #expect(found.count == 1 && found[0].contains("39, 41] there") && found[0].contains("39, 42] here") && found[0].count < 120, "\(found)")
    }

    @Test func usedFilesAreComparedByFieldsToo() {
        func text(_ used: String) -> String { Self.block + "used:\n  \"../a.yaml\": |\n" + used.split(separator: "\n").map { "    \($0)\n" }.joined() }
        let file = "problems:\n  bowl:\n    objective: \"sum(u^2)\"\n    variables: {u: 3}\n"
        let same = "# Bowls.\nproblems: {bowl: {variables: {u: 3}, objective: 'sum(u^2)'}}\n"
        #expect(SweepDifference.differences(text(file), text(same)) == [])
        #expect(
            SweepDifference.differences(text(file), text(same.replacing("u^2", with: "u^4"))) == [
                "../a.yaml has changed since: problems.bowl.objective: sum(u^2) there, sum(u^4) here"
            ])
    }

    /// A result's text may be anybody's: what cannot be read, expands or is nested without end is said to differ.
    @Test func hostileTextsAreOneDifference() {
        let aliases = (1..<12).map { level in
            "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }.joined()
        for text in ["{", "a: 1\na: 2\n", "a0: &a0 [1]\n" + aliases, String(repeating: "[", count: 200) + String(repeating: "]", count: 200), ""] {
            let found = SweepDifference.differences(text, Self.block)
            #expect(found.count == 1 && found[0].contains("cannot be read"), "\(text.prefix(20)): \(found)")
        }
    }
}
