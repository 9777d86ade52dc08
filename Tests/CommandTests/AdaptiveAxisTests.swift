import Foundation
import Testing

/// Axes whose values a run chooses, through the program as users run it.
@Suite struct AdaptiveAxisTests {
    /// The flagship's problem in small: n-SAM's contraction makes it better than SGD until about rho = |noise|/lambda.
    private static func sweep(_ resolve: String, trials: String = "32", rho: String? = nil) -> String {
        """
        schema: 1
        name: adaptive
        problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
        optimizer: [sgd, n-sam, m-sam]
        steps: 500
        trials: \(trials)
        seed: 3
        axes:
          rho: \(rho ?? "[0, {adaptive: {from: 1.0e-2, to: 100, at_most: 25, resolve: \(resolve)}}]")
          learning_rate: [0.05]
          noise: [1.0]
          dimension: [4]
        record: [distance, suboptimality]

        """
    }

    private func trials(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--trials", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    private func values(_ trials: String) throws -> [String] {
        let rows = trials.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        let column = try #require(rows[0].firstIndex(of: "rho"))
        var values: [String] = []
        for row in rows.dropFirst() where !values.contains(row[column]) { values.append(row[column]) }
        return values
    }

    /// The places that it chose are where the result's own comparison finds the crossing, and their bits are those of a list.
    @Test func aCrossingGetsValuesAndAPlainSweepOverThemIsTheSame() throws {
        let program = try Program()
        try program.write("a.yaml", Self.sweep("crossing, of: [n-sam, sgd]"))
        let run = try program.run("run", "a.yaml", "--output", "a.h5")
        #expect(run.status == 0 && run.messages.contains("n-sam and sgd") && run.messages.contains("values are enough"), "\(run.messages)")
        let compared = try program.run("compare", "a.h5", "n-sam,sgd", "--format", "json")
        let found = try #require(compared.output.firstMatch(of: /"at": ([0-9.]+)/).flatMap { Double($0.1) })
        let all = try trials(program, "a.h5"), chosen = try values(all)
        let numbers = chosen.compactMap(Double.init)
        #expect(numbers == numbers.sorted() && numbers[0] == 0 && numbers.count > 11 && numbers.count <= 26)
        // Nine values over four decades are a factor of 3.2 apart.
        let low = try #require(numbers.last { $0 <= found }), high = try #require(numbers.first { $0 > found })
        #expect(high / low < 1.4, "\(numbers), crossing at \(found)")
        try program.write("b.yaml", Self.sweep("", rho: "[\(chosen.joined(separator: ", "))]"))
        #expect(try program.run("run", "b.yaml", "--output", "b.h5").status == 0)
        #expect(try trials(program, "b.h5") == all)
        // The result reads as any other, and again there is nothing to do.
        #expect(try program.run("audit", "a.h5").output.contains("all bits agree"))
        #expect(try program.run("fit", "a.h5").status == 0)
        let status = try program.run("status", "a.h5", "--format", "json").output
        #expect(status.contains("\"complete\": true") && status.contains("rho, first: 9 values from 0.01 to 100"))
        let again = try program.run("run", "a.yaml", "--output", "a.h5")
        #expect(again.status == 0 && !again.messages.contains("to run"), "\(again.messages)")
        // More trials fill up the values that are there.
        let more = try program.run("run", "a.yaml", "--output", "a.h5", "--set", "trials=40")
        #expect(more.status == 0, "\(more.messages)")
        #expect(Set(chosen).isSubset(of: try values(trials(program, "a.h5"))))
        #expect(try program.run("plan", "a.yaml").output.contains("rho: 9 values at first, up to 25, to see where n-sam and sgd cross"))
        #expect(try program.run("plan", "a.yaml", "--format", "json").output.contains("\"resolve\": \"crossing\""))
    }

    /// Values gather where n-SAM goes over from one power of rho to the next.
    @Test func aRegimesChangeGetsValues() throws {
        let program = try Program()
        try program.write("a.yaml", Self.sweep("regime"))
        let run = try program.run("run", "a.yaml", "--output", "a.h5", "--progress", "json")
        #expect(run.status == 0 && run.messages.contains("\"outcome\": \"goes_on\""), "\(run.messages)")
        let numbers = try values(trials(program, "a.h5")).compactMap(Double.init)
        // Nothing happens below a tenth, where all three are as SGD.
        #expect(numbers.count { $0 > 0.3 } > 2 * numbers.count { $0 > 0 && $0 < 0.3 }, "\(numbers)")
    }

    @Test(arguments: [(1, SIGKILL), (2, SIGTERM), (7, SIGKILL)]) func killsInEveryRoundChangeNoBit(threads: Int, signal: Int32) throws {
        let program = try Program()
        let text = Self.sweep("crossing", trials: "{at_least: 16, until: {crossing: 0.2, of: [n-sam, sgd]}}")
        try program.write("a.yaml", text)
        #expect(try program.run("run", "a.yaml", "--output", "whole.h5").status == 0)
        let expected = try trials(program, "whole.h5")
        var kills = 0, isDone = false
        while !isDone, kills < 200 {
            let run = try program.start(["run", "a.yaml", "--output", "a.h5", "--threads", "\(threads)", "--progress", "none"])
            run.waitForWork(seconds: 0.06 + 0.05 * Double(kills))
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

    @Test func whatDoesNotGoTogetherIsSaid() throws {
        let program = try Program()
        try program.write("a.yaml", Self.sweep("crossing"))
        let calls = [["run", "a.yaml", "--output", "a.h5", "--shard", "0/2"], ["plan", "a.yaml", "--shards", "2"]]
        for call in calls {
            let outcome = try program.finish(program.start(call))
            #expect(outcome.status == 64 && outcome.messages.contains("the values of rho are chosen in rounds"), "\(outcome.messages)")
        }
        #expect(program.files == ["a.yaml"])
        // A budget that has room for the first values alone.
        let goal = "{at_least: 16, until: {crossing: 0.2, of: [n-sam, sgd]}}"
        try program.write("b.yaml", Self.sweep("crossing", trials: goal))
        let small = try program.run("run", "b.yaml", "--output", "b.h5", "--set", "budget.trials=600")
        #expect(small.status == 0 && small.messages.contains("the budget leaves no more"), "\(small.messages)")
    }
}
