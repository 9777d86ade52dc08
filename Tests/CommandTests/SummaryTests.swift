import Foundation
import Testing

/// Results without rows: `keep: summary`.
@Suite struct SummaryTests {
    private static func sweep(keep: String, trials: Int = 6400, more: String = "") -> String {
        """
        schema: 1
        name: kept
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [n-sam, sgd]
        steps: 40
        trials: \(trials)
        keep: \(keep)
        seed: 5
        diverged_above: 1000
        where: "rho < 0.5 or optimizer == 'n-sam'"
        axes: {rho: [0, 0.1, 0.2, 0.4, 0.8], noise: [0.5], learning_rate: [0.1, 2.15]}
        \(more)
        """
    }

    private func done(_ program: Program, _ arguments: String...) throws -> Program.Outcome {
        let outcome = try program.finish(program.start(arguments))
        #expect(outcome.status == 0, "\(arguments): \(outcome.messages)")
        return outcome
    }

    /// Every value that a file holds, cell by cell and block by block.
    private func bits(_ program: Program, _ path: String) throws -> String {
        let python = try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])
        try program.write("bits.py", """
            import hashlib, sys, h5py
            with h5py.File(sys.argv[1]) as file:
                rank = file["status"].ndim
                for name in sorted(file):
                    if isinstance(file[name], h5py.Dataset) and file[name].shape == file["status"].shape:
                        print(name, hashlib.sha256(file[name][...].tobytes()).hexdigest())
            """)
        let own = try RunningProgram(URL(filePath: python), ["bits.py", path], in: program.folder, environment: [:]).finish()
        #expect(own.status == 0 && own.output.split(separator: "\n").count == 16, "\(own.messages)\(own.output)")
        return own.output
    }

    /// NumPy, from the rows of the same sweep.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func summariesAreThoseOfTheRows() throws {
        let program = try Program()
        for keep in ["trials", "summary"] {
            try program.write("\(keep).yaml", Self.sweep(keep: keep))
            _ = try done(program, "run", "\(keep).yaml", "--output", "\(keep).h5")
        }
        try program.write("cells.csv", try done(program, "export", "summary.h5").output)
        let python = try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/summaries.py")
        let own = try RunningProgram(
            URL(filePath: python), [script.path, "trials.h5", "summary.h5", "cells.csv"], in: program.folder, environment: [:]
        ).finish()
        #expect(own.status == 0, "\(own.messages)")
        let counts = own.output.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
        #expect(counts.count == 2 && counts[0] > 10_000 && counts[1] == 36, "\(own.output)")
        #expect(try done(program, "audit", "summary.h5", "--sample", "50").output.contains("50 blocks"))
    }

    /// Threads, instruction sets, shards and their merge, runs that are stopped and killed.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func theSameBitsHoweverTheyAreComputed() throws {
        let program = try Program()
        try program.write("s.yaml", Self.sweep(keep: "summary", trials: 25_600))
        _ = try done(program, "run", "s.yaml", "--output", "one.h5", "--threads", "1")
        let expected = try bits(program, "one.h5")
        for threads in ["2", "7"] {
            _ = try done(program, "run", "s.yaml", "--output", "t\(threads).h5", "--threads", threads, "--isa", "baseline")
            #expect(try bits(program, "t\(threads).h5") == expected)
        }
        let parts = (0..<5).map { "part-\($0).h5" }
        for (index, part) in parts.enumerated() { _ = try done(program, "run", "s.yaml", "--shard", "\(index)/5", "--output", part) }
        let some = try program.finish(program.start(["merge"] + parts.dropLast() + ["--output", "some.h5"]))
        #expect(some.status == 0 && some.messages.contains("blocks are missing"), "\(some.messages)")
        #expect(try program.finish(program.start(["merge"] + parts + ["--output", "merged.h5"])).status == 0)
        #expect(try bits(program, "merged.h5") == expected)
        _ = try done(program, "run", "s.yaml", "--output", "some.h5")
        #expect(try bits(program, "some.h5") == expected)
        #expect(try program.run("status", "merged.h5", "--format", "json").output.contains(#""trials_per_block": 100"#))
        // Killed and stopped again and again, a little later each time.
        for round in 0..<40 {
            let run = try program.start(["run", "s.yaml", "--output", "killed.h5", "--threads", "2"])
            run.waitForWork(seconds: 0.05 + 0.02 * Double(round))
            run.signal(round % 2 == 0 ? SIGKILL : SIGTERM)
            let outcome = try program.finish(run)
            if outcome.status == 0 { break }
        }
        _ = try done(program, "run", "s.yaml", "--output", "killed.h5")
        #expect(try bits(program, "killed.h5") == expected)
    }

    /// Means are those of the rows; standard errors and intervals those of 256 blocks, known to 4 %, here within five of that.
    @Test func fitsAgreeWithThoseOfTheRows() throws {
        let program = try Program()
        var groups: [String: [String: Any]] = [:]
        for keep in ["trials", "summary"] {
            try program.write("\(keep).yaml", """
                schema: 1
                name: law
                problem: {name: quadratic, eigenvalues: 1}
                optimizer: m-sam
                steps: 100
                dimension: 10
                trials: 6400
                seed: 3
                keep: \(keep)
                axes: {rho: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3], noise: [1], learning_rate: [0.05]}
                record: [distance]
                """)
            _ = try done(program, "run", "\(keep).yaml", "--output", "\(keep).h5")
            let fit = try done(program, "fit", "\(keep).h5", "--window", "all", "--response", "distance_squared", "--format", "json")
            #expect((keep == "summary") == fit.messages.contains("the mean over a block of 25 trials"), "\(fit.messages)")
            groups[keep] = try #require((try JSONSerialization.jsonObject(with: Data(fit.output.utf8)) as? [[String: Any]])?.first)
        }
        func cells(_ keep: String, _ field: String) throws -> [Double] {
            try #require(groups[keep]?["cells"] as? [[String: Any]]).map { try #require($0[field] as? Double) }
        }
        let means = try zip(cells("trials", "measured"), cells("summary", "measured"))
        for (rows, blocks) in means { #expect((rows - blocks).magnitude <= 1e-12 * rows, "\(rows) \(blocks)") }
        let errors = Array(try zip(cells("trials", "standard_error"), cells("summary", "standard_error")))
        #expect(errors.count == 7)
        for (rows, blocks) in errors { #expect((0.78...1.22).contains(blocks / rows), "\(rows) \(blocks)") }
        #expect(groups["trials"]?["outcome"] as? String == groups["summary"]?["outcome"] as? String)
    }

    @Test func whatNeedsTrialsRefusesByName() throws {
        let program = try Program()
        try program.write("s.yaml", Self.sweep(keep: "summary", trials: 64))
        _ = try done(program, "run", "s.yaml", "--output", "s.h5")
        let commands = [
            ["export", "s.h5", "--trials"], ["export", "s.h5", "--curves"], ["best", "s.h5"], ["compare", "s.h5", "n-sam,sgd"],
            ["report", "s.h5"], ["fit", "s.h5", "--summary", "median"],
        ]
        for arguments in commands {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == 65 && outcome.output.isEmpty, "\(arguments)")
            #expect(outcome.messages.contains("\(arguments[0])") && outcome.messages.contains("needs trials"), "\(outcome.messages)")
        }
        #expect(!program.files.contains("s.html"))
        // Neither form goes on in the other's file, nor blocks in those of other blocks.
        for text in [Self.sweep(keep: "trials", trials: 64), Self.sweep(keep: "summary", trials: 640)] {
            try program.write("other.yaml", text)
            let outcome = try program.run("run", "other.yaml", "--output", "s.h5")
            #expect(outcome.status == 73 && outcome.messages.contains(" there"), "\(outcome.messages)")
        }
        let plan = try done(program, "plan", "s.yaml").output
        #expect(plan.contains("summaries of 64 blocks of 1 trial"), "\(plan)")
        let empty = try program.run("export", "s.h5", "--statistics", "curvature")
        #expect(empty.status != 0 && empty.messages.contains("curvature"))
    }
}
