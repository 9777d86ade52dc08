import Foundation
import Testing

@Suite struct RunTests {
    /// Every value of every trial, as text that tells bits apart.
    private func trials(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--trials", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    @Test func threadsAndInstructionSetsDoNotChangeAResult() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        var results: [String] = []
        for (index, arguments) in [
            ["--threads", "1"], ["--threads", "2"], ["--threads", "7"], ["--isa", "baseline"], [],
        ].enumerated() {
            let outcome = try program.finish(
                program.start(["run", "sweep.yaml", "--output", "\(index).h5"] + arguments))
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output == "\(index).h5\n")
            results.append(try trials(program, "\(index).h5"))
        }
        #expect(Set(results).count == 1)
        #expect(results[0].split(separator: "\n").count == 1 + 3 * 4 * 2 * 2 * 20)
    }

    @Test func rhoZeroIsStochasticGradientDescent() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let rows = try trials(program, "r.h5").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", maxSplits: 1) }
        func atZero(_ optimizer: String) -> [Substring] {
            rows.filter { $0[0] == optimizer && $0[1].split(separator: ",")[3] == "0.0" }.map { $0[1] }
        }
        #expect(atZero("sgd").count == 80)
        // SGD has no ascent, and counts no zero gradients in it.
        #expect(atZero("n-sam") == atZero("sgd") && atZero("m-sam") == atZero("sgd"))
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2])
    func aSignalLeavesAFileFromWhichTheSameCommandGoesOn(signal: Int32) throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.long)
        let arguments = ["run", "sweep.yaml", "--output", "r.h5", "--set", "steps=20000"]
        let running = try program.start(arguments)
        running.waitForWork(seconds: 0.3)
        let began = Date()
        running.signal(signal)
        let outcome = try running.finish()
        // A machine that is too fast may be through before the signal comes.
        if outcome.status != 0 {
            #expect(outcome.status == 75, "\(outcome.messages)")
            #expect(Date().timeIntervalSince(began) < 10)
            #expect(outcome.messages.contains("goes on"))
        }
        #expect(try program.finish(program.start(arguments)).status == 0)
        #expect(try program.finish(program.start(["run", "sweep.yaml", "--output", "whole.h5", "--set", "steps=20000"])).status == 0)
        #expect(try trials(program, "r.h5") == trials(program, "whole.h5"))
    }

    @Test func aTrialLongerThanAnyRunIsFinishedInTheEnd() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: marathon
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [m-sam, n-sam]
            steps: 30000000
            trials: 3
            axes: {rho: [0.1], learning_rate: [0.01], noise: [1]}
            record: [distance, best_distance, mean_gradient_norm_squared]

            """)
        let arguments = ["run", "sweep.yaml", "--output", "r.h5"]
        var interruptions = 0
        var status: Int32 = 75
        while status == 75, interruptions < 200 {
            let running = try program.start(arguments)
            running.waitForWork(seconds: 0.5)
            running.signal(SIGTERM)
            status = try running.finish().status
            if status == 75 {
                interruptions += 1
                #expect(program.files.contains("r.h5.samsweep-states"))
            }
        }
        #expect(status == 0)
        #expect(!program.files.contains { $0.contains("states") })
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        #expect(try trials(program, "r.h5") == trials(program, "whole.h5"))
    }

    @Test func aFinishedSweepIsLeftAlone() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml").output == "Results/small.h5\n")
        let before = try Data(contentsOf: URL(filePath: program.path("Results/small.h5")))
        let again = try program.run("run", "sweep.yaml")
        #expect(again.status == 0 && again.messages.contains("nothing is missing"))
        #expect(try Data(contentsOf: URL(filePath: program.path("Results/small.h5"))) == before)
        #expect(try program.run("audit", "Results/small.h5").status == 0)
    }

    @Test func aGrownSweepReusesWhatIsThereAndASmallerOneDropsNothing() throws {
        let program = try Program()
        try program.write("small.yaml", SampleSweep.small)
        try program.write("grown.yaml", SampleSweep.small
            .replacingOccurrences(of: "trials: 20\n", with: "trials: 30\n")
            .replacingOccurrences(of: "rho: [0, 0.01, 0.1, 1.0]", with: "rho: [0, 0.01, 0.05, 0.1, 1.0]"))
        #expect(try program.run("run", "small.yaml", "--output", "r.h5").status == 0)
        let grown = try program.run("run", "grown.yaml", "--output", "r.h5")
        #expect(grown.status == 0 && grown.messages.contains("960 trials reused, 840 to run"), "\(grown.messages)")
        #expect(try program.run("run", "grown.yaml", "--output", "whole.h5").status == 0)
        #expect(try trials(program, "r.h5") == trials(program, "whole.h5"))

        let refused = try program.run("run", "small.yaml", "--output", "r.h5")
        #expect(refused.status == 73 && refused.messages.contains("--drop"))
        #expect(try trials(program, "r.h5") == trials(program, "whole.h5"))
        #expect(try program.run("run", "small.yaml", "--output", "r.h5", "--drop").status == 0)
        #expect(try program.run("run", "small.yaml", "--output", "first.h5").status == 0)
        #expect(try trials(program, "r.h5") == trials(program, "first.h5"))
    }

    @Test func jsonProgressIsOneObjectALine() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        let outcome = try program.run("run", "sweep.yaml", "--progress", "json")
        let lines = outcome.messages.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(value?["done"] is Int)
        }
    }

    @Test func aPlanAnswersInNumbers() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        let outcome = try program.run("plan", "sweep.yaml", "--format", "json", "--shards", "4")
        let plan = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(plan["cells"] as? Int == 48 && plan["trials"] as? Int == 960)
        #expect(plan["coordinate_steps"] as? Double == Double(3 * 4 * 2 * 20 * 200 * 11))
        #expect((plan["seconds"] as? Double ?? -1) > 0)
    }

    @Test func listsNameWhatExists() throws {
        let program = try Program()
        for (kind, member) in [
            ("problems", "quadratic"), ("optimizers", "m-sam"), ("noises", "skewed-two-point"),
            ("schedules", "inverse-time"), ("statistics", "tail_distance_max"), ("models", "power+floor"),
        ] {
            #expect(try program.run("list", kind).output.contains(member))
            let json = try program.run("list", kind, "--format", "json").output
            #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [[String: Any]])
        }
    }
}
