import Foundation
import Testing

/// What the program prints as a command is typed into shells, somewhere else.
@Suite struct TypedCommandTests {
    /// As far as they are installed.
    private static let shells = ["sh", "bash", "dash", "zsh", "fish"].filter { shell in
        ["/bin", "/usr/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(shell)") }
    }
    /// The scripts of schedulers' jobs, and the variable that tells a task its number, from which on.
    private static let jobs: [String: (tasks: String, merge: String, index: String, first: Int)] = [
        "slurm": ("shards.sbatch", "merge.sbatch", "SLURM_ARRAY_TASK_ID", 0),
        "pbs": ("shards.pbs", "merge.pbs", "PBS_ARRAY_INDEX", 0),
        "gridengine": ("shards.sge", "merge.sge", "SGE_TASK_ID", 1),
        "kubernetes": ("shards.sh", "merge.sh", "JOB_COMPLETION_INDEX", 0),
    ]
    private static let examples = "+1 1:0.5 3:-2\n-1 2:4 3:1\n+1 1:1 2:1\n-1 1:-3 3:0.25\n+1 2:-0.125 3:1\n"
    private static let plain = #"""
        {"schema": 1, "name": "-x-", "problem": {"name": "quadratic", "eigenvalues": 1}, "optimizer": ["sgd", "m-sam"],
         "steps": 50, "trials": 4, "axes": {"rho": [0, 0.1], "learning_rate": [0.1], "noise": [0.5]}}
        """#
    private static let overData = plain.replacing(
        #"{"name": "quadratic", "eigenvalues": 1}"#, with: #"{"name": "logistic", "data": "../d a/-b 'c.svm", "l2": 0.1, "batch": 2}"#
    ).replacing(#", "noise": [0.5]"#, with: "")

    /// Runs a command line from the root folder.
    private func type(_ line: String, shell: String = "sh", environment: [String: String] = [:]) throws -> Program.Outcome {
        let own = ["HOME": NSTemporaryDirectory(), "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        return try RunningProgram(
            URL(filePath: "/usr/bin/env"), [shell, "-c", line], in: URL(filePath: "/"), environment: own
        ).finish()
    }

    /// The command lines behind a label in what was said.
    private func commands(_ label: String, _ messages: String) -> [String] {
        messages.split(separator: "\n").compactMap { line in
            line.firstRange(of: label).map { String(line[$0.upperBound...]) }
        }
    }

    private func trials(_ program: Program, _ path: String) throws -> String {
        let outcome = try program.run("export", "--trials", "--", path)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    private let sweep = #"my "own" 'sweeps' $HOME\\ %1/-x-.json"#
    private let sets = ["--set", "trials=9", "--set", #"title="it's a \"title\"""#]

    /// The sweep's first shard of three, merged; what the merge said.
    private func partialMerge(_ program: Program) throws -> String {
        try program.write(sweep, Self.plain)
        let folder = (sweep as NSString).deletingLastPathComponent
        let part = "\(folder)/-x--shard-0-of-3.h5"
        let run = try program.finish(program.start(["run", sweep] + sets + ["--shard", "0/3", "--output", part]))
        #expect(run.status == 0, "\(run.messages)")
        let merge = try program.run("merge", part, "--output=-merged.h5")
        #expect(merge.status == 0, "\(merge.messages)")
        return merge.messages
    }

    /// Exactly what is missing, with the changes that were given.
    @Test(arguments: shells) func whatMergeAdvisesWorksTypedIn(shell: String) throws {
        let program = try Program()
        let said = try partialMerge(program)
        let whole = try program.finish(program.start(["run", sweep] + sets + ["--output", "whole.h5"]))
        #expect(whole.status == 0)
        let parts = commands("compute with: ", said), again = commands("merge again with: ", said)
        #expect(parts.count == 2 && again.count == 1, "\(said)")
        for line in parts + again {
            let outcome = try type(line, shell: shell)
            #expect(outcome.status == 0, "\(line): \(outcome.messages)")
            #expect(!outcome.messages.contains("missing;"), "\(outcome.messages)")
        }
        #expect(try trials(program, "-merged.h5") == trials(program, "whole.h5"))

        // Or all of it in one place.
        let other = try Program()
        let lines = commands("all of it here: ", try partialMerge(other))
        #expect(lines.count == 1)
        for line in lines { #expect(try type(line, shell: shell).status == 0, "\(line)") }
        #expect(try trials(other, "-merged.h5") == trials(program, "whole.h5"))
    }

    /// Of many missing shards, one loop and one pattern.
    @Test(arguments: shells) func adviceForManyShardsIsShortAndWorksTypedIn(shell: String) throws {
        let program = try Program()
        try program.write(sweep, Self.plain)
        let part = (sweep as NSString).deletingLastPathComponent + "/-x--shard-3-of-16.h5"
        #expect(try program.finish(program.start(["run", sweep] + sets + ["--shard", "3/16", "--output", part])).status == 0)
        #expect(try program.finish(program.start(["run", sweep] + sets + ["--output", "whole.h5"])).status == 0)
        let said = try program.run("merge", part, "--output=-merged.h5").messages
        let parts = commands("compute with: ", said), again = commands("merge again with: ", said)
        #expect(parts.count == 1 && again.count == 1 && said.contains("(0-2, 4-15)"), "\(said)")
        for line in parts + again {
            let outcome = try type(line, shell: shell)
            #expect(outcome.status == 0 && !outcome.messages.contains("missing;"), "\(line): \(outcome.messages)")
        }
        #expect(try trials(program, "-merged.h5") == trials(program, "whole.h5"))
    }

    /// Where the sweep file has gone or says something else by now, the result itself says what is to be run.
    @Test(arguments: [true, false]) func adviceDoesNotNeedTheSweepFile(isGone: Bool) throws {
        let program = try Program()
        let whole = try Program()
        try whole.write("sweep.json", Self.plain)
        #expect(try whole.finish(whole.start(["run", "sweep.json"] + sets + ["--output", "whole.h5"])).status == 0)
        _ = try partialMerge(program)
        if isGone {
            try FileManager.default.removeItem(atPath: program.path(sweep))
        } else {
            try program.write(sweep, Self.plain.replacing("0.1]", with: "0.2]"))
        }
        let part = (sweep as NSString).deletingLastPathComponent + "/-x--shard-0-of-3.h5"
        let said = try program.run("merge", part, "--output=-merged.h5").messages
        for line in commands("compute with: ", said) + commands("merge again with: ", said) {
            #expect(try type(line).status == 0, "\(line)")
        }
        #expect(try trials(program, "-merged.h5") == trials(whole, "whole.h5"))
    }

    /// The scripts run as schedulers run them, `samsweep` and all, after the data have left their place.
    @Test(arguments: jobs.keys.sorted()) func dataTravelWithTheSweep(scheduler: String) throws {
        let program = try Program()
        try program.write("my 'sweeps'/-x-.json", Self.overData)
        try program.write("d a/-b 'c.svm", Self.examples)
        #expect(try program.run("run", "my 'sweeps'/-x-.json", "--output", "whole.h5").status == 0)
        let container = scheduler == "kubernetes"
            ? ["--image", "registry.example/samsweep:1", "--volume", "results:\(program.folder.path)"] : []
        let submit = try program.finish(program.start(
            ["submit", "my 'sweeps'/-x-.json", "--scheduler", scheduler, "--shards", "2", "--output", "the 'folder'"] + container))
        #expect(submit.status == 0, "\(submit.messages)")
        try FileManager.default.removeItem(atPath: program.path("d a"))
        // A data file of the same name beside the results is another one.
        try program.write("the 'folder'/shards/data/-b 'c.svm", "+1 1:1\n-1 1:2\n")

        // A link, no script of our own: while one is written, a process that another test starts would keep it busy.
        try FileManager.default.createDirectory(atPath: program.path("bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: program.path("bin/srun"), withDestinationPath: "/usr/bin/env")
        try FileManager.default.createSymbolicLink(
            atPath: program.path("bin/samsweep"), withDestinationPath: Program.executable.path)
        let job = try #require(Self.jobs[scheduler])
        for (script, task) in [(job.tasks, job.first), (job.tasks, job.first + 1), (job.merge, job.first)] {
            let outcome = try RunningProgram(
                URL(filePath: "/bin/bash"), [program.path("the 'folder'/\(script)")], in: URL(filePath: "/"),
                environment: [
                    job.index: "\(task)", "JOB_ID": "9", "PATH": "\(program.path("bin")):/usr/bin:/bin", "SAMSWEEP_POLL": "0.1",
                ]
            ).finish()
            #expect(outcome.status == 0, "\(script): \(outcome.messages)")
        }
        let merged = "the 'folder'/-x-.h5"
        #expect(try trials(program, merged) == trials(program, "whole.h5"))
        for command in [["audit", merged], ["fit", merged, "--theory"]] {
            let outcome = try program.finish(program.start(command))
            #expect(outcome.status == 0, "\(command): \(outcome.messages)")
        }
    }

    @Test func dataMayStayWhereTheyAre() throws {
        let program = try Program()
        try program.write("s/sweep.json", Self.overData)
        try program.write("d a/-b 'c.svm", Self.examples)
        let submit = try program.run(
            "submit", "s/sweep.json", "--scheduler", "pbs", "--shards", "2", "--output", "f", "--in-place")
        #expect(submit.status == 0, "\(submit.messages)")
        #expect(!program.files.contains { $0.hasPrefix("f/d") })
        try FileManager.default.removeItem(atPath: program.path("s/sweep.json"))
        #expect(try program.run("run", "f/sweep.yaml", "--output", "r.h5").status == 0)
        #expect(try program.run("audit", "r.h5").status == 0)
    }

    @Test func aForeignFileOfTheSameNameDoesNotStopAnAudit() throws {
        let program = try Program()
        try program.write("s/sweep.json", Self.overData.replacing("../d a/-b 'c.svm", with: "data.svm"))
        try program.write("s/data.svm", Self.examples)
        #expect(try program.run("run", "s/sweep.json", "--output", "r/r.h5").status == 0)
        for other in ["+1 1:1\n-1 1:2\n", "no data at all\n"] {
            try program.write("r/data.svm", other)
            let audit = try program.run("audit", "r/r.h5")
            #expect(audit.status == 0, "\(audit.messages)")
        }
    }

    @Test(arguments: ["-x-.h5", "-hx", "-1"]) func aNameWithADashIsNoOption(name: String) throws {
        let program = try Program()
        let outcome = try program.run("status", name)
        #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.messages.contains("./\(name)"), "\(outcome)")
        let behind = try program.run("status", "--", name)
        #expect(behind.status == 66, "\(behind.messages)")
    }

    @Test func whatASubmissionIsUnlikelyToMeanIsSaid() throws {
        let program = try Program()
        try program.write("sweep.json", Self.plain.replacing(#""trials": 4"#, with: #""trials": 4096"#))
        let short = try program.run("submit", "sweep.json", "--scheduler", "slurm", "--shards", "500", "--output", "a")
        #expect(short.status == 0 && short.messages.contains("the longest of 500 tasks computes for"), "\(short.messages)")
        #expect(short.messages.contains("--shards 1 is enough"))
        #expect(short.messages.contains("a folder for temporary files"))
        let named = try program.run(
            "submit", "sweep.json", "--scheduler", "slurm", "--shards", "1", "--output", "b", "--program", "/tmp/x/samsweep")
        #expect(named.messages.contains("the program /tmp/x/samsweep lies in a folder for temporary files"), "\(named.messages)")
        #expect(!named.messages.contains("tasks computes"))
        let relative = try program.run(
            "submit", "sweep.json", "--scheduler", "pbs", "--shards", "1", "--output", "c", "--program", "bin/samsweep")
        #expect(relative.status == 0)
        let script = try String(contentsOfFile: program.path("c/shards.pbs"), encoding: .utf8)
        #expect(script.contains("samsweep=/"), "jobs start in the folder")
    }

    /// Cells with trajectories stay whole: 12 of them are 12 parts, however many shards are asked for.
    @Test func partsAreWhatShardsReallyHold() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: curves
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [sgd, m-sam]
            steps: 50
            trials: 64
            axes: {rho: [0, 0.1, 0.2], noise: [0.5], learning_rate: [0.1, 0.2]}
            curves: {at: [1, 10, 50], of: [distance_squared]}

            """)
        let plan = try program.run("plan", "sweep.yaml", "--shards", "50")
        #expect(plan.status == 0 && plan.output.contains("largest of 50 shards"), "\(plan)")
        #expect(plan.output.contains("12, the other shards have nothing to do: with curves, a cell is computed whole"))
        let json = try program.run("plan", "sweep.yaml", "--shards", "50", "--format", "json").output
        #expect(json.contains("\"parts\": 12"))
        let submit = try program.run("submit", "sweep.yaml", "--scheduler", "slurm", "--shards", "50", "--output", "f")
        #expect(submit.messages.contains("50 shards of this sweep have work for 12"), "\(submit.messages)")
        #expect(try String(contentsOfFile: program.path("f/shards.sbatch"), encoding: .utf8).contains("--array=0-11"))
    }
}
