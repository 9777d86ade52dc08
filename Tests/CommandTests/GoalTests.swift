import Foundation
import Testing

/// Goals in the place of numbers of trials, through the program as users run it.
@Suite struct GoalTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A fraction of a second in some rounds.
    private static let sweep = """
        schema: 1
        name: goal
        problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
        optimizer: [sgd, n-sam, m-sam]
        steps: 500
        trials: {at_least: 16, until: {relative_error: 0.1}}
        seed: 3
        axes: {rho: [0, 0.1, 1.0], learning_rate: [0.05], noise: [0.1, 1.0], dimension: [4]}
        record: [distance, suboptimality]

        """

    private func trials(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--trials", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    @Test func thePagesSweepRuns() throws {
        let page = try String(contentsOf: Self.root.appending(path: "Sources/samsweep/samsweep.docc/Goals.md"), encoding: .utf8)
        let sweeps = page.components(separatedBy: "```yaml\n").dropFirst().map { String($0.prefix { $0 != "`" }) }
            .filter { $0.hasPrefix("schema: 1") }
        #expect(sweeps.count == 1)
        let program = try Program()
        try program.write("first.yaml", sweeps[0])
        let outcome = try program.run("run", "first.yaml", "--output", "a.h5")
        #expect(outcome.status == 0 && outcome.messages.contains("reached: each cell's mean of distance_squared within 5.00 %"), "\(outcome.messages)")
        let status = try program.run("status", "a.h5", "--format", "json")
        #expect(status.output.contains("\"complete\": true") && status.output.contains("\"rounds\": [\"round 1: 64 trials in each cell\""))
        #expect(try program.run("audit", "a.h5").status == 0)
        // Every cell is as precise as was asked for, by the exported numbers themselves.
        let rows = try program.run("export", "a.h5", "--statistics", "distance_squared").output.split(separator: "\n").map {
            $0.split(separator: ",").map(String.init)
        }
        let names = rows[0]
        func column(_ name: String, _ row: [String]) throws -> Double {
            let place = try #require(names.firstIndex(of: name))
            return try #require(Double(row[place]))
        }
        let counts = Set(try rows.dropFirst().map { try column("finished", $0) })
        #expect(counts.count > 1 && rows.count == 10)
        for row in rows.dropFirst() {
            #expect(try column("missing", row) == 0)
            #expect(try 1.96 * column("standard_error", row) <= 0.05 * column("mean", row))
        }
        let fit = try program.run("fit", "a.h5", "--cells")
        #expect(fit.status == 0 && !fit.output.contains("missing,"), "\(fit.messages)")
        #expect(try program.run("report", "a.h5", "--output", "r.html").status == 0)
        #expect(try program.run("plan", "first.yaml").output.contains("goal"))
    }

    /// Killed in every round, with 1, 2 and 7 threads, a goal comes to the same trials with the same bits.
    @Test(arguments: [(1, SIGKILL), (2, SIGTERM), (7, SIGKILL)]) func killsInEveryRoundChangeNoBit(threads: Int, signal: Int32) throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep)
        let whole = try program.run("run", "goal.yaml", "--output", "whole.h5", "--progress", "json")
        #expect(whole.status == 0)
        let rounds = whole.messages.split(separator: "\n").filter { $0.contains("\"round\":") }.count
        #expect(rounds >= 4)
        let expected = try trials(program, "whole.h5")
        var kills = 0
        var isDone = false
        while !isDone, kills < 200 {
            let run = try program.start(["run", "goal.yaml", "--output", "a.h5", "--threads", "\(threads)", "--progress", "none"])
            // A little longer each time, so that every round is come by.
            run.waitForWork(seconds: 0.06 + 0.1 * Double(kills))
            run.signal(signal)
            let outcome = try program.finish(run)
            isDone = outcome.status == 0
            if !isDone {
                kills += 1
                #expect(outcome.status == -9 || outcome.status == 75, "\(outcome.messages)")
            }
        }
        #expect(isDone && kills > 0)
        #expect(try trials(program, "a.h5") == expected)
        #expect(try program.run("status", "a.h5", "--format", "json").output.contains("\"complete\": true"))
    }

    /// Each round alone, by the budget that ends it: a larger budget goes on, and ends with the trials of no budget.
    @Test func aRunGoesOnWhereItsBudgetEnded() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep)
        #expect(try program.run("run", "goal.yaml", "--output", "whole.h5").status == 0)
        let small = try program.run("run", "goal.yaml", "--output", "a.h5", "--set", "budget.trials=1000")
        #expect(small.status == 0 && small.messages.contains("the budget leaves no more trials") && small.messages.contains("not reached: optimizer"), "\(small.messages)")
        let counts = try program.run("status", "a.h5", "--format", "json").output
        #expect(counts.contains("\"complete\": true"))
        let dear = try program.run("run", "goal.yaml", "--output", "b.h5", "--set", "budget.gradients=1000")
        #expect(dear.status == 65 && dear.messages.contains("raise the budget"), "\(dear.messages)")
        #expect(try program.run("run", "goal.yaml", "--output", "a.h5").status == 0)
        // What the small budget computed is among the trials, so none is lost and all that is asked for is there.
        let all = Set(try trials(program, "a.h5").split(separator: "\n")), wanted = try trials(program, "whole.h5").split(separator: "\n")
        #expect(wanted.allSatisfy { all.contains($0) })
    }

    private func status(_ program: Program, _ path: String) throws -> [String: Any] {
        let text = try program.run("status", path, "--format", "json").output
        return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// A finished result says what was reached, what is open and what was given up, as the last line of its run did.
    @Test func theLastDecisionStaysWithTheResult() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep)
        for (path, more, outcome) in [("a.h5", [], "reached"), ("b.h5", ["--set", "budget.trials=1000"], "budget")] {
            let run = try program.finish(program.start(["run", "goal.yaml", "--output", path, "--progress", "json"] + more))
            #expect(run.status == 0, "\(run.messages)")
            let lines = run.messages.split(separator: "\n").filter { $0.contains("\"round\":") }
            let told = try #require(lines.last.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) } as? NSDictionary)
            let status = try status(program, path)
            #expect(status["decision"] as? NSDictionary == told && told["outcome"] as? String == outcome)
            #expect(status["open"] as? [String] == told["still_open"] as? [String] && status["complete"] as? Bool == true)
            #expect((status["open"] as? [String])?.isEmpty == (outcome == "reached"))
            let rounds = try #require(status["rounds"] as? [String])
            #expect(rounds.count == lines.count + 1 && rounds.last == told["text"] as? String)
            let text = try program.run("status", path).output
            #expect(text.contains("rounds    " + (rounds.last ?? "?")) && text.contains("open      optimizer") == (outcome == "budget"), "\(text)")
            // A run over it decides nothing anew, tells the same and leaves the file as it is.
            let bytes = try Data(contentsOf: URL(filePath: program.path(path)))
            let again = try program.finish(program.start(["run", "goal.yaml", "--output", path, "--progress", "json"] + more))
            #expect(again.messages.split(separator: "\n").filter { $0.contains("\"round\":") } == lines)
            #expect(try Data(contentsOf: URL(filePath: program.path(path))) == bytes)
        }
        let hopeless = try program.run(
            "run", "goal.yaml", "--output", "c.h5", "--set", "trials.until={absolute_error: 1.0e-3, of: suboptimality}", "--set", "trials.at_most=100")
        #expect(hopeless.status == 0)
        #expect(try status(program, "c.h5")["decision"].map { "\($0)" }?.contains("at_most") == true)
    }

    /// What is open is told item by item: in the lines of a run as in what `status` says of a file that it was stopped over.
    @Test func everythingThatIsOpenIsTold() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep.replacing("steps: 500", with: "steps: 20000"))
        let run = try program.start(["run", "goal.yaml", "--output", "a.h5", "--threads", "1", "--progress", "json"])
        var seen: [String] = []
        for _ in 0..<600 where seen.isEmpty && run.isRunning {
            usleep(50_000)
            seen = (try status(program, "a.h5")["open"] as? [String]) ?? []
        }
        run.signal(SIGTERM)
        let outcome = try program.finish(run)
        let lines = outcome.messages.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }.filter { $0["round"] != nil }
        let first = try #require(lines.first)
        let open = try #require(first["still_open"] as? [String])
        #expect(open.count == first["open"] as? Int && open.count > 2)
        #expect(open.allSatisfy { $0.contains("10 % is asked for") })
        #expect(lines.contains { $0["still_open"] as? [String] == seen }, "\(seen)")
        let text = try program.run("status", "a.h5").output
        #expect(text.contains("rounds    round 1: 16 trials in each cell") && text.contains("open      optimizer"), "\(text)")
    }

    /// From a pilot of the first round's trials; what they know of a variance is off by some tens of per cent.
    @Test func planForetellsWhatAGoalTakes() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep)
        func number(_ text: String, _ key: String) throws -> Double {
            try #require(text.components(separatedBy: "\"\(key)\": ").last.flatMap { Double($0.prefix { "0123456789.e+-".contains($0) }) })
        }
        let width = "trials.until.relative_error=0.05"
        let plan = try program.run("plan", "goal.yaml", "--format", "json", "--set", width, "--set", "trials.at_least=64")
        #expect(plan.status == 0, "\(plan.messages)")
        let whole = try #require(plan.output.components(separatedBy: "\"whole_goal\": {").last)
        let foretold = try number(String(whole.prefix { $0 != "}" }.prefix(200)), "trials")
        #expect(try program.run("run", "goal.yaml", "--output", "a.h5", "--set", width, "--set", "trials.at_least=64").status == 0)
        let taken = try number(program.run("status", "a.h5", "--format", "json").output, "done")
        #expect((0.6...1.5).contains(foretold / taken), "\(foretold) foretold, \(taken) taken")
        let text = try program.run("plan", "goal.yaml").output
        #expect(text.contains("whole goal") && text.contains("of 18 cells reached") && text.contains("from a pilot of 16 trials in each cell"), "\(text)")
        #expect(program.files == ["a.h5", "goal.yaml"])
    }

    @Test func planForetellsWithFewerTrialsThanTheFirstRoundHas() throws {
        let program = try Program()
        for until in ["relative_error: 0.03", "crossing: 0.05, of: [n-sam, sgd]", "exponent: 0.01"] {
            let axes = until.hasPrefix("rel") ? "[0, 0.1, 1.0]" : "[{logspace: {from: 0.01, to: 1, count: 9}}]"
            let sweep = Self.sweep.replacing("at_least: 16, until: {relative_error: 0.1}", with: "at_least: 256, until: {\(until)}")
            try program.write("goal.yaml", sweep.replacing("[0, 0.1, 1.0]", with: axes))
            let plan = try program.run("plan", "goal.yaml")
            #expect(plan.status == 0 && plan.output.contains("whole goal"), "\(until): \(plan.status) \(plan.output)\(plan.messages)")
        }
    }

    @Test func secondsEndARunAndAnotherGoesOn() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.sweep)
        let short = try program.run(
            "run", "goal.yaml", "--output", "a.h5", "--set", "budget.seconds=0.3", "--set", "trials.until.relative_error=0.002",
            "--set", "steps=5000")
        #expect(short.status == 0 && short.messages.contains("the budget's time is over"), "\(short.messages)")
        #expect(try program.run("status", "a.h5", "--format", "json").output.contains("\"complete\": false"))
    }

    @Test func goalsOnTheCommandLine() throws {
        let program = try Program()
        try program.write("number.yaml", Self.sweep.replacingOccurrences(of: "trials: {at_least: 16, until: {relative_error: 0.1}}", with: "trials: 20"))
        let outcome = try program.run("run", "number.yaml", "--output", "a.h5", "--until", "relative_error=0.2,of=suboptimality")
        #expect(outcome.status == 0 && outcome.messages.contains("reached: each cell's mean of suboptimality within 20.0 %"), "\(outcome.messages)")
        let budget = try program.run("run", "number.yaml", "--output", "c.h5", "--until", "relative_error=0.05", "--set", "budget.trials=2000")
        #expect(budget.status == 0 && budget.messages.contains("the budget leaves no more trials"), "\(budget.messages)")
        let nothing = try program.run("run", "number.yaml", "--output", "d.h5", "--set", "budget.trials=2000")
        #expect(nothing.status == 64 && nothing.messages.contains("has nothing to end"), "\(nothing.messages)")
        // The stored sweep says the goal, and the audit finds the trials that the rounds gave.
        #expect(try program.run("audit", "a.h5").status == 0)
        for (option, word) in [("--shard=0/2", "--shard"), ("--compress=4", "--compress")] {
            let refused = try program.run("run", "number.yaml", "--output", "b.h5", "--until", "relative_error=0.2", option)
            #expect(refused.status == 64 && refused.messages.contains(word), "\(refused.messages)")
        }
        try program.write("goal.yaml", Self.sweep + "budget: {seconds: 60}\n")
        let shards = try program.run("submit", "goal.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "jobs")
        #expect(shards.status == 64 && shards.messages.contains("give a budget of gradients or trials"), "\(shards.messages)")
        let wrong = try program.run("run", "number.yaml", "--output", "b.h5", "--until", "relative_error=2")
        #expect(wrong.status == 64 && wrong.messages.contains("trials.until.relative_error"), "\(wrong.messages)")
        #expect(program.files.sorted() == ["a.h5", "c.h5", "goal.yaml", "number.yaml"])
    }

    /// At noise 0.1 and learning rate η, SGD on a quadratic stays near the closed form; the bound is 5 % above it.
    private static let claims = """
        schema: 1
        name: claims
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: sgd
        steps: 400
        trials: 16
        seed: 5
        axes: {learning_rate: [0.1], noise: [1]}
        record: [distance]
        claims:
          - {name: below, says: below the bound, mean: distance^2, at_most: "1.1 * learning_rate / (2 - learning_rate)"}
          - {name: above, says: above the truth, mean: distance^2, at_least: "1.1 * learning_rate / (2 - learning_rate)"}

        """

    @Test func undecidedClaimsGetTrialsUntilTheyAreDecided() throws {
        let program = try Program()
        try program.write("claims.yaml", Self.claims)
        let first = try program.run("verify", "claims.yaml", "--output", "r")
        #expect(first.status == 0 && first.output.contains("undecided"), "\(first.output)\(first.messages)")
        let decided = try program.run("verify", "claims.yaml", "--output", "r", "--decide")
        #expect(decided.status == 2, "\(decided.output)\(decided.messages)")
        #expect(decided.output.contains("pass") && decided.output.contains("fail") && decided.output.contains("1 pass, 1 fail, 0 undecided"), "\(decided.output)")
        // Whoever looks later sees the same verdicts of the same trials, with the sweep's own number in the file.
        let later = try program.run("verify", "claims.yaml", "--output", "r")
        #expect(later.status == 2 && later.output.contains("1 pass, 1 fail, 0 undecided") && !later.messages.contains("to run"), "\(later.output)\(later.messages)")
        let over = try program.run("verify", "claims.yaml", "--output", "b", "--decide", "--set", "budget.trials=40")
        #expect(over.status == 0 && over.messages.contains("the budget leaves no more trials for the other 2"), "\(over.messages)")
        // Not at all where at_most is too small.
        let small = try program.run(
            "verify", "claims.yaml", "--output", "s", "--decide", "--set", "trials={at_least: 16, at_most: 20, until: {claims: decided}}")
        #expect(small.status == 0 && small.messages.contains("not reached: claim below is undecided"), "\(small.output)\(small.messages)")
    }
}
