import Foundation
import Testing

/// `samsweep check`, through the program as users run it.
@Suite struct CheckTests {
    /// f = sum_j a_j (u_j - 1)^2 / 2 with a = 1, 4, 9.
    private static func sweep(_ parts: String, optimizer: String = "sgd") -> String {
        """
        schema: 1
        name: checked
        problem:
          name: bowl
          variables: {u: 3}
          constants: {a: [1, 4, 9]}
          objective: "sum(a * (u - 1)^2) / 2"
          start: {u: [2, 1, 1]}
          \(parts)
        optimizer: \(optimizer)
        steps: 10
        learning_rate: 0.01
        """
    }

    private static let sound = "sample: {z: {normal: 3}}\n  stochastic: \"sum(a * (u - 1)^2) / 2 + sum(u * z)\"\n"
        + "  minimum: 0\n  minimisers: [1, 1, 1]\n  smoothness: 9\n  strong_convexity: 1"

    private func check(_ sweep: String, _ arguments: [String] = []) throws -> Program.Outcome {
        let program = try Program()
        try program.write("sweep.yaml", sweep)
        let outcome = try program.finish(program.start(["check", "sweep.yaml", "--samples", "4000"] + arguments))
        #expect(program.files == ["sweep.yaml"])
        return outcome
    }

    @Test func whatIsTrueIsShownWithItsNumbers() throws {
        let step = "{name: two, step: \"x = x - learning_rate * grad(x + grad(x, 2))\"}"
        let outcome = try check(Self.sweep(Self.sound, optimizer: "[sgd, \(step)]"), ["--format", "json"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let problem = try #require((json["problems"] as? [[String: Any]])?.first)
        func number(_ name: String) -> Double { problem[name] as? Double ?? .nan }
        #expect(problem["problem"] as? String == "bowl" && number("dimension") == 3)
        #expect(number("start_value") == 0.5 && number("start_gradient_norm") == 1)
        #expect(number("minimiser_0_value") == 0 && number("minimiser_0_gradient_norm") == 0)
        for name in ["start", "minimiser_0"] {
            #expect(abs(number("\(name)_largest_eigenvalue") - 9) < 1e-9 && abs(number("\(name)_smallest_eigenvalue") - 1) < 1e-6)
        }
        #expect(abs(number("largest_curvature_found") - 9) < 1e-9 && number("difference_of_slopes") < 1e-9)
        #expect(number("largest_z") < number("limit_of_z") && number("smoothness") == 9 && number("strong_convexity") == 1)
        #expect((problem["contradictions"] as? [String]) == [])
        let optimizers = try #require(json["optimizers"] as? [[String: Any]])
        #expect(optimizers.map { $0["gradients_per_step"] as? Double } == [2])
        let text = try check(Self.sweep(Self.sound))
        #expect(text.status == 0 && text.output.contains("f at start              0.5\n") && !text.output.contains("CONTRADICTION"))
    }

    @Test(arguments: [
        ("smoothness: 9", "smoothness: 8.9", "smoothness is stated as 8.9, and a curvature of 9 was found"),
        ("strong_convexity: 1", "strong_convexity: 1.1", "strong_convexity is stated as 1.1, and a curvature of 1 was found"),
        ("minimum: 0\n  minimisers: [1, 1, 1]", "minimum: 0.25", "the minimum is stated as 0.25, and f is "),
        ("sum(u * z)", "sum(u * z) + 0.5 * u[2]", "the mean of stochastic gradients is not the exact gradient: coordinate 2: mean 0."),
    ]) func whatContradictsIsSaidWithItsNumbers(old: String, new: String, message: String) throws {
        #expect(Self.sound.contains(old))
        let outcome = try check(Self.sweep(Self.sound.replacing(old, with: new)))
        #expect(outcome.status == 65 && outcome.output.contains("CONTRADICTION") && outcome.messages.contains(message), "\(outcome)")
    }

    /// What planning itself refuses, `check` refuses with the same words.
    @Test(arguments: [("minimisers: [1, 1, 1]", "minimisers: [1, 1, 2]", "is no minimiser"), ("minimum: 0", "minimum: 1", "is not the objective's value")])
    func statedMinimaAreLookedAt(old: String, new: String, message: String) throws {
        let outcome = try check(Self.sweep(Self.sound.replacing(old, with: new)))
        #expect(outcome.status == 65 && outcome.messages.contains(message), "\(outcome.messages)")
    }

    /// Known curvatures of the catalogue's problems, which are themselves checked this way.
    @Test(arguments: [
        ("{name: quadratic, eigenvalues: [0.5, 2]}", 0.5, 2.0), ("{name: pseudo-huber, smoothness: 3}", 0, 3), ("{name: sine, rho0: 1}", -1, 1),
        ("{name: trap, rho0: 0.5, smoothness: 2}", 2, 2), ("{name: huber-trap, rho0: 1}", 0, 1), ("two-quadratics", 1, 1),
        ("{name: rastrigin, amplitude: 1}", 2 - 4 * Double.pi * Double.pi, 2 + 4 * Double.pi * Double.pi),
    ]) func problemsOfTheCatalogueAreAsTheySay(problem: String, least: Double, largest: Double) throws {
        let outcome = try check(
            "schema: 1\nname: c\nproblem: \(problem)\noptimizer: m-sam\nsteps: 3\nlearning_rate: 0.1\nnoise: 0.2\n", ["--format", "json"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let found = try #require((json["problems"] as? [[String: Any]])?.first)
        let from = try #require(found["least_curvature_found"] as? Double), to = try #require(found["largest_curvature_found"] as? Double)
        let room = 1e-6 * (largest - least + largest)
        #expect(from >= least - room && to <= largest + room, "\(from), \(to)")
        // Random points come near the extremes.
        #expect(from - least < 0.3 * (largest - least) + room && largest - to < 0.3 * (largest - least) + room, "\(from), \(to)")
    }

    @Test func aRunRefusesSamplesThatMeanSomethingElse() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("sample: {z: {normal: 3}}\n  stochastic: \"sum(a * (u - 1)^2) + sum(u * z)\""))
        let refused = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(refused.status == 65 && refused.messages.contains("the mean of stochastic gradients where trials begin is not the exact gradient"))
        #expect(refused.messages.contains("coordinate 0: mean 2") && program.files == ["sweep.yaml"], "\(refused.messages)")
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--unchecked").status == 0)
    }
}
