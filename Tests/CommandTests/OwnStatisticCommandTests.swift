import Testing

/// Statistics that a sweep defines, on their way through files and commands.
@Suite struct OwnStatisticCommandTests {
    private static func sweep(_ value: String) -> String {
        """
        schema: 1
        name: balanced
        problem:
          variables: {u: 4, v: 4}
          objective: "sum((u * v - 1)^2) / 2"
          minimum: 0
          start: {u: 2, v: {normal: 0.3}}
        optimizer: [sgd, n-sam]
        noise: 0.1
        steps: 60
        trials: 6
        axes: {rho: [0.05, 0.1, 0.2, 0.4], learning_rate: [0.02]}
        record:
          - objective
          - {name: balancedness, value: "\(value)"}
          - {name: lowest, value: "norm(gradient)", over: best}
        claims:
          - {name: positive, says: Nothing is lost., every: balancedness, at_least: -100}

        """
    }

    /// Of shards and of a run that is stopped and goes on, everything is as of one run.
    @Test func shardsAndMergesHaveTheSameValues() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("sum(u^2) - sum(v^2)"))
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5", "--threads", "1").status == 0)
        for shard in 0..<3 {
            #expect(try program.run("run", "sweep.yaml", "--shard", "\(shard)/3", "--output", "s\(shard).h5").status == 0)
        }
        #expect(try program.run("merge", "s0.h5", "s1.h5", "s2.h5", "--output", "merged.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--set", "trials=2", "--output", "grown.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "grown.h5", "--threads", "2").status == 0)
        let whole = try program.run("export", "whole.h5", "--trials")
        #expect(whole.status == 0 && whole.output.contains("balancedness"))
        for other in ["merged.h5", "grown.h5"] {
            #expect(try program.run("export", other, "--trials").output == whole.output, "\(other)")
            #expect(try program.run("audit", other).status == 0)
        }
        let fit = try program.run("fit", "whole.h5", "--response", "lowest")
        #expect(fit.status == 0 && fit.output.contains("lowest"), "\(fit)")
        #expect(try program.run("verify", "sweep.yaml").status == 0)
    }

    /// Another text under the same name is another statistic: what was stored under it is kept until it is let go.
    @Test func anotherTextDoesNotTakeOverStoredValues() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("sum(u^2) - sum(v^2)"))
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let before = try program.run("export", "r.h5", "--trials").output
        try program.write("sweep.yaml", Self.sweep("sum(u^2) + sum(v^2)"))
        let refused = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(refused.status != 0 && refused.messages.contains("balancedness") && refused.messages.contains("--drop"), "\(refused)")
        #expect(try program.run("export", "r.h5", "--trials").output == before)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--drop").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "fresh.h5").status == 0)
        #expect(try program.run("export", "r.h5", "--trials").output == program.run("export", "fresh.h5", "--trials").output)
    }

    private static let onTheWay = sweep("sum(u^2) - sum(v^2)").replacing("claims:", with: """
          - {name: weights, value: "u * v"}
          - {name: escape_time, radius: 1.5}
        curves:
          at: [0, 1, 30, 60]
          of: [objective, iterate, balancedness, {name: product, value: "u * v"}, {name: is_low, value: "objective < 1"}]
        claims:
        """).replacing("minimum: 0", with: "minimum: 0\n  distance: \"norm(u * v - 1)\"")

    /// The same to the last bit for threads, shards, a sweep that grows, and a run that is ended and goes on.
    @Test func vectorsAndTrajectoriesAreTheSameHoweverTheyCome() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.onTheWay)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5", "--threads", "1").status == 0)
        for shard in 0..<3 {
            #expect(try program.run("run", "sweep.yaml", "--shard", "\(shard)/3", "--output", "s\(shard).h5").status == 0)
        }
        #expect(try program.run("merge", "s0.h5", "s1.h5", "s2.h5", "--output", "merged.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--set", "axes.rho=[0.1, 0.4]", "--output", "grown.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "grown.h5", "--threads", "2").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "packed.h5", "--compress", "6").status == 0)
        let curves = try program.run("export", "whole.h5", "--curves")
        // Cells, steps, and numbers: f, eight coordinates, one, four products, one comparison.
        #expect(curves.status == 0 && curves.output.split(separator: "\n").count == 1 + 2 * 4 * 4 * (1 + 8 + 1 + 4 + 1))
        #expect(curves.output.contains(",iterate[7],60,") && curves.output.contains(",product[3],"))
        let trials = try program.run("export", "whole.h5", "--trials").output
        for other in ["merged.h5", "grown.h5", "packed.h5"] {
            #expect(try program.run("export", other, "--curves").output == curves.output, "\(other)")
            #expect(try program.run("export", other, "--trials").output == trials, "\(other)")
            #expect(try program.run("audit", other).status == 0, "\(other)")
        }
        let some = try program.run("export", "whole.h5", "--curves", "--statistics", "product,iterate[2]").output
        #expect(some.split(separator: "\n").count == 1 + 2 * 4 * 4 * 5)
        #expect(try program.run("export", "whole.h5", "--curves", "--statistics", "iterate[8]").status == 64)
        #expect(try program.run("report", "whole.h5", "--output", "page.html").status == 0)
        #expect(try program.run("status", "whole.h5").status == 0)
        let fit = try program.run("fit", "whole.h5", "--response", "weights")
        #expect(fit.status != 0 && fit.messages.contains("weights"), "\(fit)")
    }

    /// Another text under the name of a trajectory is another trajectory.
    @Test func anotherTextOfATrajectoryIsNamed() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.onTheWay)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        try program.write("sweep.yaml", Self.onTheWay.replacing("{name: product, value: \"u * v\"}", with: "{name: product, value: \"u + v\"}"))
        let refused = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(refused.status != 0 && refused.messages.contains("curves of product") && refused.messages.contains("--drop"), "\(refused)")
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--drop").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "fresh.h5").status == 0)
        #expect(try program.run("export", "r.h5", "--curves").output == program.run("export", "fresh.h5", "--curves").output)
    }
}
