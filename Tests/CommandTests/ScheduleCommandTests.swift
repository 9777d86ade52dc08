import Testing

/// Schedules that a sweep defines by formulas, on their way through files and commands.
@Suite struct ScheduleCommandTests {
    private static func sweep(_ factor: String) -> String {
        """
        schema: 1
        name: scheduled
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [sgd, n-sam, {name: mine, step: "x = x - learning_rate * grad(x + rho * unit(grad(x)))"}]
        noise: 0.1
        steps: 900
        trials: 6
        dimension: 3
        learning_rate_schedule: {name: late, factor: "\(factor)", parameters: {a: 20}}
        rho_schedule: {factor: "1 - t / steps"}
        axes: {rho: [0.05, 0.1, 0.2], learning_rate: [0.1], learning_rate_schedule.a: [10, 20]}

        """
    }

    /// Of shards, of another number of threads and of a run that goes on, everything is as of one run; of another formula
    /// nothing is.
    @Test func shardsAndLaterTrialsHaveTheSameValues() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("min(1, a / (t + 1))"))
        let first = try program.run("run", "sweep.yaml", "--output", "whole.h5", "--threads", "1")
        #expect(first.status == 0, "\(first.messages)")
        for shard in 0..<3 {
            #expect(try program.run("run", "sweep.yaml", "--shard", "\(shard)/3", "--output", "s\(shard).h5").status == 0)
        }
        #expect(try program.run("merge", "s0.h5", "s1.h5", "s2.h5", "--output", "merged.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--set", "trials=2", "--output", "grown.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "grown.h5", "--threads", "2").status == 0)
        let whole = try program.run("export", "whole.h5", "--trials")
        #expect(whole.status == 0 && whole.output.contains("learning_rate_schedule.a"))
        for other in ["merged.h5", "grown.h5"] {
            #expect(try program.run("export", other, "--trials").output == whole.output, "\(other)")
            #expect(try program.run("audit", other).status == 0)
        }
        try program.write("sweep.yaml", Self.sweep("min(1, a / (t + 2))"))
        let refused = try program.run("run", "sweep.yaml", "--output", "whole.h5")
        #expect(refused.status != 0, "\(refused)")
        let plan = try program.run("plan", "sweep.yaml")
        #expect(plan.status == 0 && plan.output.contains("late") && plan.output.contains("1 - t / steps"), "\(plan)")
    }

    /// No theory knows what a formula does.
    @Test func theoriesAreNotComparedWithFormulas() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("min(1, a / (t + 1))"))
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let fit = try program.run("fit", "r.h5", "--theory")
        #expect((fit.output + fit.messages).contains("schedules that are not constant"), "\(fit)")
    }

    @Test func badFactorsAreErrorsOfTheFile() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep("a - t"))
        let plan = try program.run("plan", "sweep.yaml")
        #expect(plan.status == 65 && plan.messages.contains("sweep.yaml:9:") && plan.messages.contains("is -1 at t = 11"), "\(plan)")
    }
}
