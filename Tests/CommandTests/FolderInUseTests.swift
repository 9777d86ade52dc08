import Foundation
import Testing

/// A folder of which jobs wait or run, or in which another submission is at work, stays as it is.
@Suite struct FolderInUseTests {
    private static let scripts = [
        "slurm": "shards.sbatch", "pbs": "shards.pbs", "gridengine": "shards.sge", "kubernetes": "shards.sh",
    ]

    /// Commands of all schedulers: jobs are in the queue while the file `queued` names them.
    private static let commands = [
        "sbatch": #"n=$(cat "$QUEUE/n" 2>/dev/null || echo 40); echo "$((n + 1))" | tee "$QUEUE/n""#,
        "qsub": #"n=$(cat "$QUEUE/n" 2>/dev/null || echo 40); echo "$((n + 1))" | tee "$QUEUE/n""#,
        "squeue": #"job=${*: -1}; ! grep -qx "${job#--job=}" "$QUEUE/queued" || echo "$job R""#,
        "qstat": #"grep -qx "${*: -1}" "$QUEUE/queued""#,
        "kubectl": #"""
            if [[ $1 == get ]]; then grep -qx "$2" "$QUEUE/queued" || exit 1; echo "$2 "; exit 0; fi
            n=$(cat "$QUEUE/n" 2>/dev/null || echo 40); echo "$((n + 1))" | tee "$QUEUE/n"
            """#,
    ]

    private func program() throws -> Program {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        try program.write("queue/queued", "")
        for (name, text) in Self.commands {
            try program.write("bin/\(name)", "#!/bin/bash\n\(text)\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path("bin/\(name)"))
        }
        return program
    }

    private func submit(_ program: Program, _ scheduler: String, shards: Int, _ more: [String] = []) throws -> Program.Outcome {
        let container = scheduler == "kubernetes" ? ["--image", "registry.example/samsweep:1", "--volume", "results:\(program.folder.path)"] : []
        return try program.finish(program.start(
            ["submit", "s.yaml", "--scheduler", scheduler, "--shards", "\(shards)", "--output", "folder"] + container + more,
            environment: ["PATH": "\(program.path("bin")):/usr/bin:/bin", "QUEUE": program.path("queue")]))
    }

    /// What lies in the folder, with every file's bytes and time.
    private func state(_ program: Program) throws -> [String] {
        try program.files.filter { $0.hasPrefix("folder/") }.map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: program.path(name))
            let bytes = try Data(contentsOf: URL(filePath: program.path(name)))
            return "\(name) \(attributes[.modificationDate] ?? "") \(attributes[.systemFileNumber] ?? "") \(bytes.base64EncodedString())"
        }
    }

    @Test(arguments: ["slurm", "pbs", "gridengine", "kubernetes"])
    func aFolderWhoseJobsAreQueuedStaysAsItIs(scheduler: String) throws {
        let program = try program()
        let first = try submit(program, scheduler, shards: 3, ["--now"])
        #expect(first.status == 0, "\(first.messages)")
        let before = try state(program)
        for (job, does) in [("41", "computes its shards"), ("42", "merges its shards")] {
            try program.write("queue/queued", job + "\n")
            // Also for another scheduler: the jobs that wait are the other one's.
            for other in [scheduler, scheduler == "slurm" ? "pbs" : "slurm"] {
                for more in [[], ["--now"]] {
                    let refused = try submit(program, other, shards: 2, more)
                    #expect(refused.status == 74, "\(refused.messages)")
                    #expect(refused.messages.contains("folder is in use: job \(job) \(does)"), "\(refused.messages)")
                    #expect(refused.messages.contains("cancel it with") && refused.messages.contains("nothing was changed"))
                    #expect(refused.output.isEmpty)
                    #expect(try state(program) == before)
                }
            }
        }
        try program.write("queue/queued", "")
        #expect(try submit(program, scheduler, shards: 2).status == 0)
        let script = try #require(Self.scripts[scheduler])
        #expect(try String(contentsOfFile: program.path("folder/\(script)"), encoding: .utf8).contains("shards=2\n"))
    }

    @Test func aFolderInWhichAnotherSubmissionIsAtWorkStaysAsItIs() throws {
        let program = try program()
        #expect(try submit(program, "slurm", shards: 3).status == 0)
        let before = try state(program)
        let other = open(program.path("folder/logs/submit.lock"), O_RDWR | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        let refused = try submit(program, "slurm", shards: 2)
        #expect(refused.status == 74)
        #expect(
            refused.messages.contains("folder is in use: another submission (process \(getpid()))"), "\(refused.messages)")
        #expect(try state(program) == before)
        flock(other, LOCK_UN)
        #expect(try submit(program, "slurm", shards: 2).status == 0)
    }

    /// An exit of `submit.sh` with 74 is one of the program: somebody was quicker.
    @Test func whatSubmitScriptsRefuseIsRefused() throws {
        let program = try program()
        #expect(try submit(program, "slurm", shards: 3, ["--now"]).status == 0)
        // The third time somebody asks, it is submit.sh.
        try program.write("bin/squeue", "#!/bin/bash\necho >>\"$QUEUE/asked\"; (($(wc -l <\"$QUEUE/asked\") < 3)) || echo R\n")
        let refused = try submit(program, "slurm", shards: 3, ["--now"])
        #expect(refused.status == 74 && refused.messages.contains("computes its shards"), "\(refused.messages)")
    }
}
