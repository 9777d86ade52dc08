import Foundation
import Testing

/// Objectives that sweep files define, through the program as users run it.
@Suite struct DefinedObjectiveTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The sweeps on a page of the documentation, and the files of definitions, which begin with their name.
    private func examples(onPage name: String) throws -> (sweeps: [String], files: [(name: String, text: String)]) {
        let page = try String(
            contentsOf: Self.root.appending(path: "Sources/samsweep/samsweep.docc/\(name).md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst().map { String($0.prefix { $0 != "`" }) }
        let files = blocks.compactMap { block in block.prefixMatch(of: /# ([a-z]+\.yaml)\n/).map { (String($0.output.1), block) } }
        return (blocks.filter { $0.hasPrefix("schema: 1") }, files)
    }

    private static let busy = """
        schema: 1
        name: busy
        problem:
          name: busy
          parameters: {n: 12, s: 0.1}
          variables: {W: [2, 3], v: 2}
          constants: {A: {normal: [n, 3], seed: 3}, y: "tanh(A @ [1, -1, 0.5])"}
          sample: {i: {batch: 4, of: n}, z: {rademacher: 2}}
          objective: "mean((tanh(A[i] @ transpose(W)) @ v - y[i])^2)"
          stochastic: "mean((tanh(A[i] @ transpose(W)) @ (v + s * z) - y[i])^2) - s^2 * 0"
          start: {W: {normal: 0.5}, v: {uniform: [-1, 1]}}
        optimizer:
          - sgd
          - n-sam
          - m-sam
          - vasso
          - name: own
            parameters: {beta: 0.5}
            memory: {m: 0, k: 1}
            step: |
              k = k + 1
              m = beta * m + grad(x + rho * unit(grad(x, 2)))
              x = x - learning_rate * (m + 0.1 * full(x)) / if(full_value(x) > 1, 2, 1 + 1 / k)
        steps: 400
        trials: 21
        axes: {rho: [0, 0.1], learning_rate: [0.05, 0.2], problem.s: [0.1, 0.3], noise: [0, 0.1]}
        record: [objective, gradient_norm, iterate, zero_gradients]
        curves: {at: [0, 10, 400], of: [objective, gradient_norm_squared]}

        """

    private func trials(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--trials", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    @Test(arguments: [("YourOwnObjective", 5), ("YourOwnAlgorithm", 3)])
    func sweepsOnThePageRunAsTheyStand(page: String, count: Int) throws {
        let (sweeps, files) = try examples(onPage: page)
        #expect(sweeps.count == count)
        #expect(sweeps[0].split(separator: "\n").count <= 6)
        for (index, text) in sweeps.enumerated() {
            let program = try Program()
            try program.write("\(index).yaml", text)
            for file in files { try program.write(file.name, file.text) }
            let outcome = try program.run("run", "\(index).yaml", "--output", "\(index).h5")
            #expect(outcome.status == 0, "\(outcome.messages)")
            // A result needs none of them.
            for file in files { try FileManager.default.removeItem(atPath: program.path(file.name)) }
            #expect(try program.run("audit", "\(index).h5").status == 0)
            #expect(try !trials(program, "\(index).h5").contains("diverged"))
        }
    }

    @Test func threadsInstructionSetsAndShardsDoNotChangeAResult() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.busy)
        var results: [String] = []
        for (index, arguments) in [["--threads", "1"], ["--threads", "3"], ["--isa", "baseline"]].enumerated() {
            let outcome = try program.finish(program.start(["run", "sweep.yaml", "--output", "\(index).h5"] + arguments))
            #expect(outcome.status == 0, "\(outcome.messages)")
            results.append(try trials(program, "\(index).h5"))
        }
        for shard in 0..<3 {
            #expect(try program.run("run", "sweep.yaml", "--shard", "\(shard)/3", "--output", "s\(shard).h5").status == 0)
        }
        #expect(try program.run("merge", "s2.h5", "s0.h5", "s1.h5", "--output", "merged.h5").status == 0)
        results.append(try trials(program, "merged.h5"))
        #expect(Set(results).count == 1)
        #expect(results[0].split(separator: "\n").count == 1 + 5 * 16 * 21)
        let audit = try program.run("audit", "merged.h5", "--sample", "100")
        #expect(audit.status == 0, "\(audit.messages)")
        let curves = try program.run("export", "--curves", "merged.h5")
        #expect(curves.status == 0 && curves.output.contains("objective"), "\(curves.messages)")
        // With common random numbers rho = 0 is SGD.
        let rows = results[0].split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let header = results[0].split(separator: "\n")[0].split(separator: ",")
        let rho = try #require(header.firstIndex(of: "rho")), zero = try #require(header.firstIndex(of: "zero_gradients"))
        func atZero(_ optimizer: String) -> [[Substring]] {
            rows.filter { $0[0] == optimizer && Double($0[rho]) == 0 }.map { row in
                row.enumerated().filter { $0.offset != 0 && $0.offset != zero }.map(\.element)
            }
        }
        #expect(atZero("sgd").count == 8 * 21 && atZero("m-sam") == atZero("sgd") && atZero("n-sam") == atZero("sgd"))
    }

    @Test func aStoppedRunGoesOnToTheSameResult() throws {
        let program = try Program()
        let long = Self.busy.replacingOccurrences(of: "steps: 400", with: "steps: 6000")
        try program.write("sweep.yaml", long)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let running = try program.start(["run", "sweep.yaml", "--output", "cut.h5", "--threads", "2", "--progress", "json"])
        while running.isRunning, !program.files.contains("cut.h5") { usleep(2000) }
        running.signal(SIGTERM)
        let stopped = try running.finish()
        #expect(stopped.status == 75 || stopped.status == 0, "\(stopped.messages)")
        #expect(try program.run("run", "sweep.yaml", "--output", "cut.h5").status == 0)
        #expect(try trials(program, "cut.h5") == trials(program, "whole.h5"))
    }

    @Test func aChangedDefinitionIsAnotherSweep() throws {
        let program = try Program()
        let text = "schema: 1\nname: own\nproblem: {variables: {u: 2}, objective: \"sum(u^2)\", start: {u: 1}}\noptimizer: sgd\n"
            + "steps: 10\nlearning_rate: 0.1\n"
        try program.write("sweep.yaml", text)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        try program.write("sweep.yaml", text.replacingOccurrences(of: "u^2", with: "u^4"))
        let outcome = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(outcome.status == 73, "\(outcome.messages)")
    }

    /// A closed form is of a problem and an optimizer that it knows; what a definition is, it cannot know.
    @Test(arguments: [
        ("problem: {name: mine, variables: {x: 2}, objective: \"sum(x^2) / 2\", minimisers: [0, 0], start: {x: 1}}", "sgd", "problem mine"),
        ("problem: {variables: {x: 2}, objective: \"sum(x^2) / 2\", minimisers: [0, 0], start: {x: 1}}", "sgd", "problem"),
        ("problem: {name: quadratic, eigenvalues: 1}", "{name: mine, step: \"x = x - learning_rate * grad(x)\"}", "optimizer mine"),
    ])
    func theoriesAreNotComparedWithDefinitions(problem: String, optimizer: String, unknown: String) throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: own
            \(problem)
            optimizer: \(optimizer)
            steps: 200
            trials: 32
            learning_rate: 0.1
            noise: 0.1
            axes: {rho: [0.1, 0.2, 0.4]}
            """)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let fit = try program.run("fit", "r.h5", "--theory")
        #expect(fit.status == 0, "\(fit)")
        let said = fit.messages.split(separator: "\n").filter { $0.contains("no closed form is known") }
        #expect(said.count == 1 && said[0].contains("for any of these cells: \(unknown)"), "\(fit)")
        #expect(!fit.output.contains("theory"), "\(fit)")
    }

    /// Of a sweep's cells, each by itself; what is excluded is left out, and nothing is stored.
    @Test func benchMeasuresTheCellsOfASweep() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: own
            problem: {name: mine, parameters: {a: 2}, variables: {u: 2, v: 1}, objective: "a * sum(u^2) + sum(v^2)", start: {u: 1, v: 1}}
            optimizer: [sgd, m-sam, {name: mine, step: "x = x - learning_rate * grad(x)"}]
            steps: 50
            trials: 16
            learning_rate: 0.1
            noise_precision: single
            where: "rho < 0.3 or learning_rate > 1"
            axes: {rho: [0.1, 0.2, 0.4]}
            """)
        let outcome = try program.run("bench", "--sweep", "sweep.yaml", "--seconds", "0.01", "--threads", "2", "--isa", "baseline")
        #expect(outcome.status == 0, "\(outcome)")
        let lines = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.map { $0["cell"] as? Int } == [0, 1, 3, 4, 6, 7])
        #expect(lines.map { $0["optimizer"] as? String } == ["sgd", "sgd", "m-sam", "m-sam", "mine", "mine"])
        for line in lines {
            #expect(line["sweep"] as? String == "own" && line["dimension"] as? Int == 3 && line["threads"] as? Int == 2)
            #expect(line["isa"] as? String == "baseline" && line["precision"] as? String == "single")
            let rate = try #require(line["trial_steps_per_second"] as? Double)
            let coordinates = try #require(line["coordinate_steps_per_second"] as? Double)
            #expect(rate > 0 && abs(coordinates - 3 * rate) <= 3)
        }
        #expect(program.files == ["sweep.yaml"])
        let both = try program.run("bench", "--sweep", "sweep.yaml", "--workload", "m-sam-quadratic-gaussian-d64")
        #expect(both.status == 64 && both.messages.contains("--sweep and --workload exclude each other"), "\(both)")
        #expect(try program.run("bench", "--sweep", "none.yaml").status == 66)
    }

    @Test func badDefinitionsAreRefusedWithLineAndColumn() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: own
            problem:
              variables: {u: 2}
              objective: "sum(u * w)"
              start: {u: 1}
            optimizer: sgd
            steps: 10
            learning_rate: 0.1

            """)
        for command in ["plan", "run"] {
            let outcome = try program.run(command, "sweep.yaml")
            #expect(outcome.status == 65)
            #expect(outcome.messages.contains("sweep.yaml:5:23: problem.objective") && outcome.messages.contains("is not a known name, got w; did you mean u?"), "\(outcome.messages)")
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func objectivesAgreeWithNumPyAfterSixtySteps() throws {
        let program = try Program()
        let python = URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"]))
        let script = Self.root.appending(path: "Tests/CommandTests/Clients/defined_objectives.py").path
        let scripts = Self.root.appending(path: "scripts").path
        func run(_ what: String) throws -> Program.Outcome {
            try RunningProgram(
                python, [script, what, scripts], in: program.folder, environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            ).finish()
        }
        let written = try run("write")
        #expect(written.status == 0, "\(written.messages)")
        let files = program.files
        #expect(files.count == 13)
        for file in files {
            let outcome = try program.run("run", file, "--output", file.replacingOccurrences(of: ".yaml", with: ".h5"))
            #expect(outcome.status == 0, "\(outcome.messages)")
        }
        let checked = try run("check")
        #expect(checked.status == 0, "\(checked.messages)\(checked.output)")
        #expect(checked.output.hasPrefix("13 objectives agree"))
    }
}
