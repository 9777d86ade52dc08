import Foundation
import Testing

/// Goals and adaptive axes in shards, by the jobs that `submit` writes, run as a scheduler would run them.
@Suite struct RoundSubmissionTests {
    private static let goal = """
        schema: 1
        name: rounds
        problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
        optimizer: [sgd, n-sam, m-sam]
        steps: 400
        trials: {at_least: 16, until: {relative_error: 0.1}}
        seed: 3
        axes: {rho: [0, 0.1, 1.0], learning_rate: [0.05], noise: [0.1, 1.0], dimension: [4]}
        record: [distance, suboptimality, iterate]

        """
    private static let adaptive = """
        schema: 1
        name: rounds
        problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
        optimizer: [sgd, n-sam, m-sam]
        steps: 500
        trials: {at_least: 32, until: {relative_error: 0.2}}
        seed: 3
        axes:
          rho: [0, {adaptive: {from: 1.0e-2, to: 100, at_most: 25, resolve: crossing}}]
          learning_rate: [0.05]
          noise: [1.0]
          dimension: [4]
        record: [distance, suboptimality]

        """
    private static let claims = """
        schema: 1
        name: rounds
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [sgd, m-sam]
        steps: 200
        trials: {at_least: 16, until: {claims: decided}}
        seed: 5
        axes: {rho: [0.1], learning_rate: [0.1], noise: [1], dimension: [4]}
        record: [distance]
        claims:
          - {name: near, says: "Near the optimum.", mean: "distance^2", at_most: 0.07}

        """
    private static let sweeps = ["goal": goal, "adaptive": adaptive, "claims": claims]
    private static let count = 3

    /// The scheduler's commands as functions that every bash of the environment has; what is handed over is noted in `jobs`.
    private static let commands = [
        "BASH_FUNC_sbatch%%": "() { echo \"${@: -1}\" >>jobs; wc -l <jobs; }", "BASH_FUNC_qsub%%": "() { echo \"${@: -1}\" >>jobs; wc -l <jobs; }",
        "BASH_FUNC_squeue%%": "() { :; }", "BASH_FUNC_qstat%%": "() { false; }", "BASH_FUNC_srun%%": "() { \"$@\"; }",
        "BASH_FUNC_kubectl%%": "() { [[ $1 != get ]] && echo job/x; }",
    ]
    /// By scheduler: the scripts, and the variable with a task's number, from which on.
    private static let jobs: [String: (tasks: String, merge: String, index: String, first: Int)] = [
        "slurm": ("shards.sbatch", "merge.sbatch", "SLURM_ARRAY_TASK_ID", 0), "pbs": ("shards.pbs", "merge.pbs", "PBS_ARRAY_INDEX", 0),
        "gridengine": ("shards.sge", "merge.sge", "SGE_TASK_ID", 1), "kubernetes": ("shards.sh", "merge.sh", "JOB_COMPLETION_INDEX", 0),
    ]

    private func start(_ program: Program, _ script: String, task: (name: String, number: Int)? = nil) throws -> RunningProgram {
        var environment = Self.commands
        environment["SAMSWEEP_POLL"] = "0.1"
        environment["JOB_ID"] = "9"
        environment["PATH"] = "\(program.path("bin")):/usr/bin:/bin"
        if let task { environment[task.name] = "\(task.number)" }
        return try RunningProgram(
            URL(filePath: "/bin/bash"), [program.path("folder/\(script)")], in: URL(filePath: "/"), environment: environment)
    }

    private func submitted(_ program: Program) -> [String] {
        ((try? String(contentsOfFile: program.path("folder/jobs"), encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    private func submit(_ program: Program, _ scheduler: String, _ sweep: String) throws {
        try program.write("sweep.yaml", sweep)
        try FileManager.default.createDirectory(atPath: program.path("bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: program.path("bin/samsweep"), withDestinationPath: Program.executable.path)
        let container = scheduler == "kubernetes" ? ["--image", "registry.example/samsweep:1", "--volume", "results:\(program.folder.path)"] : []
        let outcome = try program.finish(program.start(
            ["submit", "sweep.yaml", "--scheduler", scheduler, "--shards", "\(Self.count)", "--output", "folder"] + container))
        #expect(outcome.status == 0 && outcome.messages.contains("in rounds: after each, the merge decides"), "\(outcome.messages)")
        let local = try program.run("run", "sweep.yaml", "--output", "whole.h5", "--threads", "1")
        #expect(local.status == 0, "\(local.messages)")
    }

    private func expectTheLocalResult(_ program: Program) throws {
        let (own, local) = (try program.run("export", "--trials", "folder/rounds.h5"), try program.run("export", "--trials", "whole.h5"))
        #expect(local.status == 0 && !local.output.isEmpty)
        #expect(own.output == local.output)
        let rounds = { (path: String) in
            try program.run("status", path, "--format", "json").output.components(separatedBy: "\"rounds\": ").last
        }
        #expect(try rounds("folder/rounds.h5") == rounds("whole.h5"))
        #expect(try program.run("status", "folder/rounds.h5", "--format", "json").output.contains("\"complete\": true"))
        #expect(try program.run("audit", "folder/rounds.h5", "--sample", "50").status == 0)
    }

    /// Whatever is killed, done twice or left out, the trials are those of a run on one thread, and so are the decisions.
    @Test(arguments: [("slurm", "goal"), ("slurm", "adaptive"), ("slurm", "claims"), ("pbs", "goal"), ("gridengine", "claims")])
    func roundsInShardsComeToTheTrialsOfALocalRun(scheduler: String, sweep: String) throws {
        let program = try Program()
        try submit(program, scheduler, try #require(Self.sweeps[sweep]))
        let job = try #require(Self.jobs[scheduler])
        #expect(try start(program, "submit.sh").finish().status == 0)
        var (rounds, failed) = (0, 0)
        while rounds < 40 {
            rounds += 1
            let before = submitted(program).count
            for task in 0..<Self.count where !(rounds == 2 && task == 1) {
                // Killed, on its way, then started again; in some rounds it is also run once more when it is through.
                let killed = try start(program, job.tasks, task: (job.index, task + job.first))
                killed.waitForWork(seconds: 0.01 * Double(rounds))
                killed.signal(SIGKILL)
                _ = try killed.finish()
                for _ in 0...rounds % 2 {
                    // A killed shell leaves the program, which holds the file's lock until it is through.
                    var outcome = try start(program, job.tasks, task: (job.index, task + job.first)).finish()
                    for _ in 0..<100 where outcome.status == 74 {
                        usleep(50_000)
                        outcome = try start(program, job.tasks, task: (job.index, task + job.first)).finish()
                    }
                    #expect(outcome.status == 0, "\(outcome.messages)")
                }
            }
            let killed = try program.start([
                "run", "folder/sweep.yaml", "--output", "folder/rounds.h5", "--round", "folder/round.txt", "--collect",
            ] + (0..<Self.count).map { "folder/shards/shard-\($0)-of-\(Self.count).h5" }.filter { FileManager.default.fileExists(atPath: program.path($0)) })
            killed.waitForWork(seconds: 0.02 + 0.01 * Double(rounds % 5))
            killed.signal(SIGKILL)
            _ = try killed.finish()
            let merge = try start(program, job.merge).finish()
            let log = (try? String(contentsOfFile: program.path("folder/logs/merge.log"), encoding: .utf8)) ?? ""
            if rounds == 2, merge.status == 75 {
                // A shard was not computed: nothing is submitted but by hand.
                failed += 1
                #expect((merge.messages + log).contains("trials of the round are missing"))
                #expect(submitted(program).count == before)
                #expect(try start(program, "submit.sh").finish().status == 0)
                continue
            }
            #expect(merge.status == 0, "\(merge.messages)\(log)")
            if submitted(program).count == before { break }
            #expect(submitted(program).count == before + 2)
        }
        #expect(rounds > 3 && rounds < 40 && failed == 1)
        try expectTheLocalResult(program)
    }

    /// Pods stay from round to round; one is told to stop and another takes its index.
    @Test(arguments: ["goal", "adaptive"]) func podsComputeRoundAfterRound(sweep: String) throws {
        let program = try Program()
        try submit(program, "kubernetes", try #require(Self.sweeps[sweep]))
        #expect(try start(program, "submit.sh").finish().status == 0)
        let merge = try start(program, "merge.sh")
        var pods = try (0..<Self.count).map { try start(program, "shards.sh", task: ("JOB_COMPLETION_INDEX", $0)) }
        usleep(700_000)
        pods[1].signal(SIGTERM)
        let stopped = try pods[1].finish()
        #expect(stopped.status == 75 || stopped.status == 0, "\(stopped.messages)")
        pods[1] = try start(program, "shards.sh", task: ("JOB_COMPLETION_INDEX", 1))
        let outcome = try merge.finish()
        #expect(outcome.status == 0, "\(outcome.messages)")
        for pod in pods { #expect(try pod.finish().status == 0) }
        try expectTheLocalResult(program)
    }

    /// Submitting again goes on with the round that the folder is at, and does nothing where all is done.
    @Test func aFinishedFolderStaysAsItIs() throws {
        let program = try Program()
        try submit(program, "slurm", Self.claims)
        #expect(try start(program, "submit.sh").finish().status == 0)
        for _ in 0..<20 {
            let before = submitted(program).count
            for task in 0..<Self.count { #expect(try start(program, "shards.sbatch", task: ("SLURM_ARRAY_TASK_ID", task)).finish().status == 0) }
            #expect(try start(program, "merge.sbatch").finish().status == 0)
            if submitted(program).count == before { break }
        }
        let (result, round) = (try Data(contentsOf: program.folder.appending(path: "folder/rounds.h5")), try String(contentsOfFile: program.path("folder/round.txt"), encoding: .utf8))
        let again = try program.run("submit", "sweep.yaml", "--scheduler", "slurm", "--shards", "3", "--output", "folder")
        #expect(again.status == 0, "\(again.messages)")
        for task in 0..<Self.count {
            let outcome = try start(program, "shards.sbatch", task: ("SLURM_ARRAY_TASK_ID", task)).finish()
            #expect(outcome.status == 0 && !outcome.messages.contains("to run"), "\(outcome.messages)")
        }
        #expect(try start(program, "merge.sbatch").finish().status == 0)
        #expect(try Data(contentsOf: program.folder.appending(path: "folder/rounds.h5")) == result)
        #expect(try String(contentsOfFile: program.path("folder/round.txt"), encoding: .utf8) == round)
    }

    /// Files of a round that the result has are passed over in silence, as the loop of the page on clusters gives them; those of a
    /// round that it has not are named.
    @Test func partsOfAnotherRoundAreNamed() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.goal.replacing("relative_error: 0.1", with: "relative_error: 0.03"))
        let run = ["run", "goal.yaml", "--progress", "none", "--round"]
        func outcome(_ more: [String]) throws -> Program.Outcome { try program.finish(program.start(run + more)) }
        #expect(try outcome(["1.txt", "--output", "r.h5"]).status == 75)
        #expect(try outcome(["1.txt", "--shard", "0/1", "--output", "1.h5"]).status == 0)
        let second = try outcome(["2.txt", "--output", "r.h5", "--collect", "1.h5"])
        #expect(second.status == 75 && !second.messages.contains("does not fit"), "\(second.messages)")
        #expect(try outcome(["2.txt", "--shard", "0/1", "--output", "2.h5"]).status == 0)
        // A new result has no first round yet.
        let wrong = try outcome(["again.txt", "--output", "new.h5", "--collect", "2.h5"])
        #expect(wrong.status == 75 && wrong.messages.contains("2.h5 does not fit and is passed over: it is a part of another round ("), "\(wrong.messages)")
        #expect(!program.files.contains("new.h5"))
    }

    /// A trial that diverged is one that is done; a dropped cell asks for nothing; parts of a grid with other values, though of the same
    /// sentence, are refused.
    @Test func partsAreTakenWithTheirDivergedTrialsAndOfTheirOwnGridOnly() throws {
        let program = try Program()
        let sweep = Self.goal.replacing("{at_least: 16, until: {relative_error: 0.1}}", with: "{at_least: 16, until: {relative_error: 0.4}}")
            .replacing("learning_rate: [0.05]", with: "learning_rate: [0.05, 30]").replacing("record: [distance, suboptimality, iterate]", with: "record: [distance]")
            + "where: optimizer == 'sgd' or learning_rate < 1 and rho > 0\n"
        try program.write("goal.yaml", sweep)
        try program.write("grid.yaml", sweep.replacing("rho: [0, 0.1, 1.0]", with: "rho: [0, 0.2, 1.0]"))
        func run(_ arguments: String...) throws -> Program.Outcome { try program.finish(program.start(["run"] + arguments)) }
        #expect(try run("goal.yaml", "--output", "whole.h5").status == 0)
        var outcome = try run("goal.yaml", "--output", "r.h5", "--round", "round.txt")
        var rounds = 0
        while outcome.status == 75, rounds < 20 {
            rounds += 1
            for part in ["0/2", "1/2"] {
                #expect(try run("goal.yaml", "--shard", part, "--round", "round.txt", "--output", "s\(part.first!).h5").status == 0)
            }
            if rounds == 1 {
                let wrong = try run("grid.yaml", "--output", "g.h5", "--round", "g.txt", "--collect", "s0.h5", "s1.h5")
                #expect(wrong.status == 65 && wrong.messages.contains("s0.h5 has other cells or trials than this round"), "\(wrong.messages)")
            }
            outcome = try run("goal.yaml", "--output", "r.h5", "--round", "round.txt", "--collect", "s0.h5", "s1.h5")
        }
        #expect(outcome.status == 0 && rounds > 1, "\(outcome.messages)")
        let (own, local) = (try program.run("export", "--trials", "r.h5"), try program.run("export", "--trials", "whole.h5"))
        #expect(own.output == local.output && local.output.contains("diverged"))
    }

    @Test func whatIsNoRoundIsSaid() throws {
        let program = try Program()
        try program.write("goal.yaml", Self.goal)
        try program.write("other.yaml", Self.goal.replacing("seed: 3", with: "seed: 4"))
        try program.write("plain.yaml", Self.goal.replacing("{at_least: 16, until: {relative_error: 0.1}}", with: "8"))
        try program.write("seconds.yaml", Self.goal + "budget: {seconds: 5}\n")
        func expect(_ status: Int32, _ said: String, _ arguments: String...) throws { try expect(status, said, arguments) }
        func expect(_ status: Int32, _ said: String, _ arguments: [String]) throws {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == status && (said.isEmpty || outcome.messages.contains(said)), "\(arguments): \(outcome.status) \(outcome.messages)")
        }
        try expect(64, "give --round FILE", "run", "goal.yaml", "--shard", "0/2")
        try expect(66, "round.txt", "run", "goal.yaml", "--shard", "0/2", "--round", "round.txt")
        try expect(75, "288 trials of the next round are to be computed", "run", "goal.yaml", "--output", "a.h5", "--round", "round.txt")
        try expect(65, "a round of another sweep", "run", "other.yaml", "--shard", "0/2", "--round", "round.txt")
        try expect(64, "neither a goal nor an adaptive axis", "run", "plain.yaml", "--round", "round.txt")
        try expect(64, "seconds are those of one run", "run", "seconds.yaml", "--round", "round.txt")
        try expect(64, "--collect needs --round", "run", "goal.yaml", "--collect", "a.h5")
        try expect(64, "do not go together", "run", "goal.yaml", "--round", "round.txt", "--shard", "0/2", "--collect", "a.h5")
        try expect(0, "", "run", "goal.yaml", "--shard", "0/2", "--round", "round.txt", "--output", "s.h5", "--progress", "none")
        try expect(0, "", "run", "plain.yaml", "--output", "p.h5", "--progress", "none")
        try expect(65, "p.h5 is no part of a round", "run", "goal.yaml", "--output", "a.h5", "--round", "round.txt", "--collect", "s.h5", "p.h5")
        try expect(75, "144 trials of the round are missing", "run", "goal.yaml", "--output", "a.h5", "--round", "round.txt", "--collect", "s.h5")
        try expect(73, "is no round of a sweep", "run", "goal.yaml", "--output", "b.h5", "--round", "p.h5")
        try program.write("broken.txt", String(try String(contentsOfFile: program.path("round.txt"), encoding: .utf8).dropLast(6)))
        try expect(65, "this is no round of a sweep", "run", "goal.yaml", "--shard", "1/2", "--round", "broken.txt")
        // The goal of the command line goes into the folder's sweep.
        try expect(0, "in rounds", "submit", "plain.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "jobs", "--until", "relative_error=0.1")
        #expect(try String(contentsOfFile: program.path("jobs/sweep.yaml"), encoding: .utf8).contains("relative_error"))
        #expect(try String(contentsOfFile: program.path("jobs/round.txt"), encoding: .utf8).contains("round round 1: 64 trials in each cell"))
        // A folder, and a file that is another one already, are said before anything is written.
        try FileManager.default.createDirectory(atPath: program.path("r"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: program.path("link.h5"), withDestinationPath: "new.h5")
        for more in [[], ["--shard", "0/2"]] {
            try expect(64, "--round: r is a folder: give the path of a file", ["run", "goal.yaml", "--output", "b.h5", "--round", "r"] + more)
            try expect(64, "--round and --output name the same file", ["run", "goal.yaml", "--output", "new.h5", "--round", "./new.h5"] + more)
        }
        try expect(64, "--round and --output name the same file", "run", "goal.yaml", "--output", "a.h5", "--round", "r/../a.h5")
        try expect(64, "--round and --collect name the same file", "run", "goal.yaml", "--output", "b.h5", "--round", "s.h5", "--collect", "s.h5")
        try program.write("mine.h5", "mine\n")
        let before = program.files
        try expect(73, "it is not an HDF5 file", "run", "goal.yaml", "--output", "mine.h5", "--round", "n.txt")
        try expect(73, "it belongs to another sweep (seed: 3 there, 4 here)", "run", "other.yaml", "--output", "a.h5", "--round", "n.txt")
        try expect(73, "it is not an HDF5 file", "run", "goal.yaml", "--output", "mine.h5", "--round", "n.txt", "--collect", "s.h5")
        #expect(program.files == before && !before.contains("n.txt"))
        // A part of a round is no shard of the whole.
        try expect(65, "part of a round", "merge", "s.h5", "--output", "m.h5")
        #expect(!program.files.contains("m.h5"))
    }
}
