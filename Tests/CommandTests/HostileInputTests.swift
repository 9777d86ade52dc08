import Foundation
import Testing

/// Options and results that ask for too much, and bytes that a terminal would obey.
@Suite struct HostileInputTests {
    private func small(_ more: String = "") -> String {
        "schema: 1\nname: small\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\nsteps: 5\n"
            + "axes: {learning_rate: [0.1]}\n\(more)\n"
    }

    @Test func numbersOfOptionsHaveLimits() throws {
        let program = try Program()
        try program.write("sweep.yaml", small("trials: 30"))
        for arguments in [
            ["run", "sweep.yaml", "--shard", "0/10000000000"], ["plan", "sweep.yaml", "--shards", "9223372036854775807"],
            ["run", "sweep.yaml", "--threads", "9223372036854775807"],
        ] {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == 64, "\(arguments): \(outcome.messages)")
        }
        #expect(program.files == ["sweep.yaml"])
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let much = try program.run("audit", "r.h5", "--sample", "500000000000000000")
        #expect(much.status == 64 && much.messages.contains("the most that one audit takes"), "\(much.messages)")
        let all = try program.run("audit", "r.h5", "--sample", "10000000")
        #expect(all.status == 0 && all.output.contains("30 trials of r.h5 computed again"), "\(all.messages)")
        let last = try program.run("run", "sweep.yaml", "--shard", "2147483646/2147483647", "--output", "last.h5")
        #expect(last.status == 0, "\(last.messages)")
    }

    @Test func whatCannotFitIntoMemoryIsPlannedAndNotRun() throws {
        let program = try Program()
        try program.write("sweep.yaml", small("dimension: 1000000000"))
        #expect(try program.run("plan", "sweep.yaml").status == 0)
        let run = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(run.status == 65 && run.messages.contains("of memory on"), "\(run.messages)")
        #expect(program.files == ["sweep.yaml"])
    }

    @Test func rhoFromTheSmallestNumberIsDrawn() throws {
        let program = try Program()
        try program.write("sweep.yaml", small("trials: 10").replacing(
            "axes: {", with: "axes: {noise: [0.1], rho: [5e-324, 1e-323, 1e-322, 1e-300, 1, 1e300], "))
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let fit = try program.run("fit", "r.h5")
        #expect(fit.status == 0 && !fit.output.isEmpty, "\(fit.messages)")
    }

    /// Swift repairs arguments that are not UTF-8; a repaired path may be another file's.
    @Test func argumentsThatAreNotUTF8AreRefused() throws {
        let program = try Program()
        try program.write("a\u{FFFD}.yaml", small())
        let outcome = try program.finish(RunningProgram(
            URL(filePath: "/bin/bash"), ["-c", "\"$0\" plan \"$(printf 'a\\377.yaml')\"", Program.executable.path],
            in: program.folder, environment: [:]))
        #expect(outcome.status == 64 && outcome.messages.contains("argument 2 is not UTF-8: 'a\\xff.yaml'"), "\(outcome.messages)")
    }

    @Test func nothingReachesTheTerminalAsACommand() throws {
        let program = try Program()
        try program.write("sweep.yaml", small())
        for arguments in [
            ["plan", "sweep.yaml", "--set", "title=\"a\\x9bb\""], ["plan", "no\u{1B}[31m.yaml"],
            ["plan", "sweep.yaml", "--set", "optimizer=\"\\e[2J\""], ["status", "\u{9B}31m.h5"],
        ] {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status != 0)
            let unwanted = (outcome.messages + outcome.output).unicodeScalars.filter {
                ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
            }
            #expect(unwanted.isEmpty, "\(arguments): \(outcome.messages.debugDescription)")
        }
    }

    @Test func listWithoutAWordShowsEverything() throws {
        let program = try Program()
        let all = try program.run("list")
        #expect(all.status == 0)
        for word in ["problems", "optimizers", "noises", "schedules", "statistics", "models"] {
            let part = try program.run("list", word).output.trimmingCharacters(in: .newlines)
            #expect(all.output.contains("\(word.uppercased())\n\n\(part)"), "\(word)")
        }
    }

    @Test func oneTrialIsOneTrial() throws {
        let program = try Program()
        try program.write("sweep.yaml", small())
        let run = try program.run("run", "sweep.yaml", "--output", "r.h5", "--threads", "1")
        #expect(run.messages.contains("1 trial is done") && !run.messages.contains("1 trials are"), "\(run.messages)")
        #expect(try program.run("plan", "sweep.yaml", "--threads", "1").output.contains("on 1 thread of"))
    }

    /// Two sweeps on one line each, as JSON, are compared field by field.
    @Test func anotherSweepOnOneLineIsTold() throws {
        let program = try Program()
        func sweep(_ eigenvalue: String, _ seed: String) -> String {
            "{\"schema\": 1, \"name\": \"one-line\", \"problem\": {\"name\": \"quadratic\", \"eigenvalues\": \(eigenvalue)}, "
                + "\"optimizer\": [\"sgd\", \"m-sam\"], \"steps\": 10, \"axes\": {\"learning_rate\": [0.1], \"noise\": [0, 1]}, "
                + "\"seed\": \(seed)}\n"
        }
        try program.write("a.yaml", sweep("1", "3"))
        try program.write("b.yaml", sweep("2", "4"))
        #expect(try program.run("run", "a.yaml", "--output", "r.h5").status == 0)
        let other = try program.run("run", "b.yaml", "--output", "r.h5")
        #expect(other.status == 73, "\(other.messages)")
        #expect(
            other.messages.contains("problem.eigenvalues: 1 there, 2 here; seed: 3 there, 4 here)"), "\(other.messages)")
    }
}
