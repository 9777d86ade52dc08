import Foundation
import Testing

/// What becomes of results where the system fails, and of files that are nobody's business.
@Suite struct FailureTests {
    static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let hasCompiler = FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")
        && FileManager.default.isExecutableFile(atPath: python)
    static let python = ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] ?? "/usr/bin/python3"

    /// Runs another program in the folder of `program`.
    func run(_ executable: String, _ arguments: [String], in program: Program, _ environment: [String: String] = [:])
        throws -> Program.Outcome
    {
        try RunningProgram(URL(filePath: executable), arguments, in: program.folder, environment: environment).finish()
    }

    /// A sample of what `scripts/failing-calls/run` does.
    @Test(.enabled(if: hasCompiler)) func afterAnyFailedSystemCallTheSameCommandEndsBitIdentical() throws {
        let matrix = Self.sources.appending(path: "scripts/failing-calls/matrix.py").path
        let outcome = try run(Self.python, [matrix, Program.executable.path, "--sample", "150"], in: Program())
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.messages)")
        #expect(outcome.output.hasSuffix(" runs, 0 not right\n"))
    }

    /// Wherever a call fails that the end of a lock needs, too: a run that ends with 0 leaves no lock behind.
    @Test(.enabled(if: hasCompiler), arguments: ["lstat", "fstat", "unlink"])
    func aCallThatFailsOnceLeavesNoLockBehind(call: String) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let source = Self.sources.appending(path: "scripts/failing-calls/interpose.c").path
        #expect(try run("/usr/bin/cc", ["-shared", "-fPIC", "-o", "i.so", source, "-ldl"], in: program).status == 0)
        let arguments = ["run", "s.yaml", "--output", "r.h5", "--progress", "none", "--set", "trials=1"]
        func failing(at count: Int) throws -> Program.Outcome {
            try program.finish(program.start(arguments, environment: [
                "LD_PRELOAD": program.path("i.so"), "FAULT": "\(call):\(count):5", "COUNT": program.path("counts"),
            ]))
        }
        #expect(try failing(at: 1_000_000).status == 0)
        let counts = try String(contentsOfFile: program.path("counts"), encoding: .utf8).split(separator: "\n")
        let count = try #require(counts.first { $0.hasPrefix("\(call) ") }.flatMap { Int($0.split(separator: " ")[1]) })
        #expect(count > 0)
        var ended = 0
        for place in max(1, count - 12)...count {
            try FileManager.default.removeItem(atPath: program.path("r.h5"))
            let outcome = try failing(at: place)
            guard outcome.status == 0 else {
                #expect(try program.finish(program.start(arguments)).status == 0, "\(call) \(place): \(outcome.messages)")
                continue
            }
            ended += 1
            #expect(program.files == ["counts", "i.so", "r.h5", "s.yaml"], "\(call) \(place)")
        }
        #expect(ended > 0)
    }

    /// Each answer of a child that is waited for costs a turn at the processor, and a busy machine gives few: what is read back of a
    /// new file is told at once.
    @Test(.enabled(if: hasCompiler)) func newFilesAreReadBackInFewAnswers() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let source = Self.sources.appending(path: "scripts/failing-calls/interpose.c").path
        #expect(try self.run("/usr/bin/cc", ["-shared", "-fPIC", "-o", "i.so", source, "-ldl"], in: program).status == 0)
        func run(_ name: String, _ more: String...) -> [String] { ["run", "s.yaml", "--output", name, "--set", "trials=2"] + more }
        for arguments in [
            run("r.h5"), run("r.h5", "--compress", "4"), run("a.h5", "--shard", "0/2"), run("b.h5", "--shard", "1/2"),
            ["merge", "a.h5", "b.h5", "--output", "m.h5"],
        ] {
            let outcome = try program.finish(program.start(
                arguments, environment: ["LD_PRELOAD": program.path("i.so"), "COUNT": program.path("counts")]))
            #expect(outcome.status == 0, "\(arguments): \(outcome)")
            let counts = try String(contentsOfFile: program.path("counts"), encoding: .utf8).split(separator: "\n")
            let sent = try #require(counts.first { $0.hasPrefix("send ") }.flatMap { Int($0.split(separator: " ")[1]) })
            // Questions and both parts of answers; one by one they were near a thousand.
            #expect((1...200).contains(sent), "\(arguments): \(sent)")
        }
    }

    @Test(.enabled(if: hasCompiler), arguments: [(1, Int32(74)), (2, 0), (3, 0)])
    func whereNoMoreThreadsCanBeHadARunEnds(first: Int, status: Int32) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let source = Self.sources.appending(path: "scripts/failing-calls/interpose.c").path
        #expect(try run("/usr/bin/cc", ["-shared", "-fPIC", "-o", "i.so", source, "-ldl"], in: program).status == 0)
        let outcome = try program.run(
            "run", "s.yaml", "--output", "r.h5", "--threads", "4",
            environment: ["LD_PRELOAD": program.path("i.so"), "FAULT": "pthread_create:\(first):11:100000"])
        #expect(outcome.status == status, "\(outcome.messages)")
        if status == 0 {
            #expect(try program.run("audit", "r.h5", "--sample", "20").output.contains("all bits agree"))
        } else {
            #expect(outcome.messages.contains("no thread can be started: Resource temporarily unavailable"))
        }
    }

    /// Where no process can be had to read a file, or no socket to it, nothing is said against the file.
    @Test(.enabled(if: hasCompiler), arguments: ["fork:1:11", "fork:1:12", "socketpair:1:24", "socketpair:1:23", "fork:2:11"])
    func whereNoReaderCanBeHadNoFileIsCalledDamaged(fault: String) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let source = Self.sources.appending(path: "scripts/failing-calls/interpose.c").path
        #expect(try run("/usr/bin/cc", ["-shared", "-fPIC", "-o", "i.so", source, "-ldl"], in: program).status == 0)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5", "--shard", "0/2").status == 0)
        let before = try Data(contentsOf: URL(filePath: program.path("r.h5")))
        for arguments in [["status", "r.h5"], ["export", "r.h5"], ["run", "s.yaml", "--output", "r.h5", "--shard", "0/2", "--repair"]] {
            let outcome = try program.finish(program.start(
                arguments, environment: ["LD_PRELOAD": program.path("i.so"), "FAULT": fault + ":1000"]))
            if fault.hasPrefix("fork:2"), outcome.status == 0 { continue }
            #expect(outcome.status == 74 && outcome.messages.contains("cannot start a process to read r.h5: "), "\(outcome)")
            #expect(!outcome.messages.contains("--fresh"), "\(outcome)")
        }
        #expect(try Data(contentsOf: URL(filePath: program.path("r.h5"))) == before)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0)
    }

    /// A limit of open files, from so few that the program cannot begin to more than it takes.
    @Test func fewDescriptorsAreSaidAndHurtNothing() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5", "--shard", "0/2").status == 0)
        #expect(try program.run("run", "s.yaml", "--output", "p.h5", "--shard", "1/2").status == 0)
        var refused = 0
        for limit in 4...16 {
            for arguments in ["status r.h5", "merge r.h5 p.h5 --output m.h5", "run s.yaml --output r.h5 --shard 0/2"] {
                let outcome = try run(
                    "/bin/sh", ["-c", "ulimit -n \(limit); exec '\(Program.executable.path)' \(arguments)"], in: program)
                // The system's own loader says it first.
                if outcome.status == 127 || outcome.messages.contains("error while loading shared libraries") { continue }
                #expect([0, 74].contains(outcome.status), "\(limit), \(arguments): \(outcome)")
                if outcome.status == 74 {
                    refused += 1
                    #expect(outcome.messages.contains("Too many open files") && !outcome.messages.contains("--fresh"), "\(outcome)")
                }
            }
        }
        #expect(refused > 0)
        #expect(try program.run("audit", "r.h5", "--sample", "5").output.contains("all bits agree"))
    }

    @Test(arguments: ["<&- >&- 2>&-", ">&- 2>&-", "<&- >&-", "<&-"])
    func closedDescriptorsAreNotTakenByTheResult(closed: String) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5", "--shard", "0/2").status == 0)
        let command = "exec '\(Program.executable.path)' run s.yaml --output r.h5 \(closed)"
        #expect(try run("/bin/sh", ["-c", command], in: program).status == 0)
        let status = try program.run("status", "r.h5")
        #expect(status.status == 0 && status.output.contains("960 of 960"), "\(status.messages)")
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL]) func aCrashIsNotTakenForAStop(number: Int32) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.long)
        let running = try program.start(
            ["run", "s.yaml", "--output", "r.h5", "--progress", "none"],
            environment: ["SWIFT_BACKTRACE": "enable=yes,interactive=no,timeout=5s"])
        while !FileManager.default.fileExists(atPath: program.path("r.h5")) { usleep(1000) }
        running.signal(number)
        let outcome = try running.finish()
        #expect(outcome.status == -number, "\(outcome)")
    }

    @Test func aFileThatMayNotGrowIsNamed() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let command = "ulimit -f 30; exec '\(Program.executable.path)' run s.yaml --output r.h5"
        let outcome = try run("/bin/bash", ["-c", command], in: program)
        #expect(outcome.status == 74 && outcome.messages.contains("File too large"), "\(outcome)")
        #expect(program.files == ["s.yaml"])
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0)
    }

    // MARK: Files of others

    @Test func filesBesideTheOutputAreLeftAlone() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        let others = ["poetry.lock", "poetry.new", "poetry.states", "poetry.extended", "poetry.h5.lock"]
        for name in others { try program.write(name, "mine\n") }
        for extra in [[], ["--set", "trials=30"], ["--fresh"], ["--compress", "4"]] {
            let outcome = try program.finish(program.start(["run", "s.yaml", "--output", "poetry"] + extra))
            #expect(outcome.status == 0 || extra == ["--compress", "4"], "\(outcome.messages)")
        }
        for name in others { #expect(try String(contentsOfFile: program.path(name), encoding: .utf8) == "mine\n") }
    }

    @Test(arguments: ["lock", "new", "states", "extended"])
    func linksAndFilesOfOthersUnderOurNamesAreRefused(suffix: String) throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        // An extended file is looked at where a sweep has grown, the others always.
        if suffix == "extended" { #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0) }
        let place = program.path("r.h5.samsweep-\(suffix)")
        for isLink in [true, false] {
            try program.write("thesis", "mine\n")
            if isLink {
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: program.path("thesis"))
            } else {
                try program.write("r.h5.samsweep-\(suffix)", "mine\n")
            }
            let outcome = try program.run("run", "s.yaml", "--output", "r.h5", "--set", "trials=30")
            #expect(outcome.status == 73 && outcome.messages.contains("in the way"), "\(outcome.messages)")
            #expect(try String(contentsOfFile: program.path("thesis"), encoding: .utf8) == "mine\n")
            #expect(try String(contentsOfFile: place, encoding: .utf8) == "mine\n")
            try FileManager.default.removeItem(atPath: place)
        }
        #expect(try program.run("run", "s.yaml", "--output", "r.h5", "--set", "trials=30").status == 0)
    }

    @Test func aLinkToAFileThatIsNotThereYetStaysALink() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        try FileManager.default.createDirectory(atPath: program.path("scratch"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: program.path("r.h5"), withDestinationPath: "scratch/big.h5")
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: program.path("r.h5")) == "scratch/big.h5")
        #expect(program.files == ["r.h5", "s.yaml", "scratch/big.h5"])
    }

    @Test func pipesAreNeitherReadNorWritten() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        mkfifo(program.path("r.h5"), 0o600)
        let written = try program.run("run", "s.yaml", "--output", "r.h5")
        #expect(written.status == 73 && written.messages.contains("it is a pipe or a device"), "\(written.messages)")
        #expect(try program.run("status", "r.h5").status == 65)
    }

    @Test func aSubmissionLeavesScriptsOfOthersAlone() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        try program.write("jobs/submit.sh", "mine\n")
        let arguments = ["submit", "s.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "jobs", "--time", "5"]
        #expect(try program.finish(program.start(arguments)).status == 73)
        #expect(try String(contentsOfFile: program.path("jobs/submit.sh"), encoding: .utf8) == "mine\n")
        try FileManager.default.removeItem(atPath: program.path("jobs/submit.sh"))
        try program.write("thesis", "mine\n")
        try FileManager.default.createSymbolicLink(
            atPath: program.path("jobs/submit.sh.new"), withDestinationPath: program.path("thesis"))
        for _ in 0..<2 { #expect(try program.finish(program.start(arguments)).status == 0) }
        #expect(try String(contentsOfFile: program.path("thesis"), encoding: .utf8) == "mine\n")
    }

    @Test func aReportReplacesOnlyPagesOfItsOwn() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0)
        let result = try Data(contentsOf: URL(filePath: program.path("r.h5")))
        let page = "<!DOCTYPE html>\n<title>My own page</title>\n"
        try program.write("r.html", page)
        for output in ["r.html", "r.h5", "s.yaml"] {
            let refused = try program.run("report", "r.h5", "--bootstrap", "0", "--output", output)
            #expect(refused.status == 73 && refused.messages.contains("it is no page of samsweep report"), "\(refused.messages)")
        }
        #expect(try String(contentsOfFile: program.path("r.html"), encoding: .utf8) == page)
        #expect(try Data(contentsOf: URL(filePath: program.path("r.h5"))) == result)
        #expect(try program.run("plan", "s.yaml").status == 0)
        // A link is kept, and what lies under names of others is neither followed nor written to.
        try FileManager.default.removeItem(atPath: program.path("r.html"))
        try FileManager.default.createSymbolicLink(atPath: program.path("r.html"), withDestinationPath: "pages/r.html")
        try program.write("thesis", "mine\n")
        let beside = program.path("pages/r.html.samsweep-new")
        try FileManager.default.createDirectory(atPath: program.path("pages"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: beside, withDestinationPath: program.path("thesis"))
        let inTheWay = try program.run("report", "r.h5", "--bootstrap", "0")
        #expect(inTheWay.status == 73 && inTheWay.messages.contains("in the way"), "\(inTheWay.messages)")
        #expect(try String(contentsOfFile: program.path("thesis"), encoding: .utf8) == "mine\n")
        try FileManager.default.removeItem(atPath: beside)
        for _ in 0..<2 { #expect(try program.run("report", "r.h5", "--bootstrap", "0").status == 0) }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: program.path("r.html")) == "pages/r.html")
        #expect(program.files == ["pages/r.html", "r.h5", "r.html", "s.yaml", "thesis"])
    }

    @Test func aResultStandsForItsSweep() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").status == 0)
        let planned = try program.run("plan", "r.h5"), outcome = try program.run("plan", "s.yaml")
        let cells = "cells             48"
        #expect(planned.status == 0 && planned.output.contains(cells) && outcome.output.contains(cells), "\(planned)")
        // By its bytes it is none, and no command is printed that could not be typed in.
        let command = "exec '\(Program.executable.path)' plan - < r.h5"
        let bytes = try run("/bin/sh", ["-c", command], in: program)
        #expect(bytes.status == 65 && bytes.messages.contains("is an HDF5 file and not a sweep file"), "\(bytes.messages)")
        #expect(!bytes.messages.contains("samsweep status"), "\(bytes.messages)")
    }

    // MARK: Damage

    @Test func aDamagedChunkOfAPackedResultIsSeenAndRepaired() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small)
        #expect(try program.run("run", "s.yaml", "--output", "r.h5", "--compress", "4").status == 0)
        let trials = try program.run("export", "r.h5", "--trials").output
        let place = URL(filePath: program.path("r.h5"))
        let good = try Data(contentsOf: place)
        // Where a chunk of the packed distances lies: the longest run of bytes without a pattern is one.
        var bad = good
        let chunk = try #require(good.firstRange(of: Data([0x78, 0x5E])) ?? good.firstRange(of: Data([0x78, 0x9C])))
        bad[chunk.lowerBound + 400] ^= 1
        try bad.write(to: place)
        let refused = try program.run("run", "s.yaml", "--output", "r.h5")
        #expect(refused.status == 65 && refused.messages.contains("--repair"), "\(refused.messages)")
        #expect(try Data(contentsOf: place) == bad)
        let exported = try program.run("export", "r.h5", "--trials")
        #expect(exported.status == 65 && exported.messages.contains("--repair"), "\(exported.messages)")
        let repaired = try program.run("run", "s.yaml", "--output", "r.h5", "--repair")
        #expect(repaired.status == 0 && repaired.messages.contains("was damaged"), "\(repaired.messages)")
        #expect(try program.run("export", "r.h5", "--trials").output == trials)
        #expect(program.files == ["r.h5", "s.yaml"])
        #expect(try program.run("run", "s.yaml", "--output", "r.h5").messages.contains("nothing is missing"))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func craftedResultsAreRefusedOrReadAndNeverCrash() throws {
        let program = try Program()
        try program.write("s.yaml", SampleSweep.small + "curves: {of: [distance_squared], at: [0, 1, 2]}\n")
        #expect(try program.run("run", "s.yaml", "--output", "base.h5").status == 0)
        let script = Self.sources.appending(path: "scripts/failing-calls/crafted-results.py").path
        let made = try run(Self.python, [script, "base.h5"], in: program)
        #expect(made.status == 0, "\(made.messages)")
        let names = made.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(names.count > 25)
        for line in names {
            let name = String(line[0])
            for command in [["status", name], ["export", name], ["run", "s.yaml", "--output", name]] {
                let outcome = try program.finish(program.start(command))
                let allowed: [Int32] = line[1] == "refused" ? [65, 73] : [0]
                #expect(allowed.contains(outcome.status), "\(command): \(outcome.status) \(outcome.messages)")
                #expect(!outcome.messages.contains("root:"))
            }
        }
    }
}
