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
                    if isinstance(file[name], h5py.Dataset) and file[name].shape[:rank] == file["status"].shape:
                        print(name, hashlib.sha256(file[name][...].tobytes()).hexdigest())
            """)
        let own = try RunningProgram(URL(filePath: python), ["bits.py", path], in: program.folder, environment: [:]).finish()
        #expect(own.status == 0 && own.output.split(separator: "\n").count == 36, "\(own.messages)\(own.output)")
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
        let counts = try compare(program, "trials.h5", "summary.h5", "cells.csv")
        #expect(counts[0] > 20_000 && counts[1] == 36 && counts[2] > 150, "\(counts)")
        #expect(try done(program, "audit", "summary.h5", "--sample", "50").output.contains("50 blocks"))
    }

    /// NumPy compares a summary with the rows of its sweep; returns how many values, rows of the table and quantiles.
    private func compare(_ program: Program, _ files: String...) throws -> [Int] {
        let python = try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/summaries.py")
        let own = try RunningProgram(URL(filePath: python), [script.path] + files, in: program.folder, environment: [:]).finish()
        #expect(own.status == 0, "\(own.messages)")
        let counts = own.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(counts.count == 3, "\(own.output)")
        return counts + [Int](repeating: 0, count: 3)
    }

    /// Two values, ties, tails without a mean and both signs, in blocks of 1, 7 and 200 trials, in some of which trials diverged:
    /// every quantile of a cell lies between its ends, which are no wider apart than is stated.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil), arguments: [256, 1400, 51_200])
    func quantilesOfHostileLawsLieBetweenTheirEnds(trials: Int) throws {
        let program = try Program()
        for keep in ["trials", "summary"] {
            try program.write("\(keep).yaml", """
                schema: 1
                name: hostile
                problem: {name: quadratic, eigenvalues: 1}
                optimizer: sgd
                noise: 1
                steps: 10
                trials: \(trials)
                keep: \(keep)
                diverged_above: 4
                where: "learning_rate < 2 or rho == 0"
                axes: {learning_rate: [0.1, 1.9, 2.2], rho: [0, 1]}
                record:
                  - distance
                  - {name: two, value: "sum(sign(x))"}
                  - {name: tied, value: "sum(floor(3 * x))"}
                  - {name: heavy, value: "sum(1 / x^3)"}
                """)
            _ = try done(program, "run", "\(keep).yaml", "--output", "\(keep).h5")
        }
        try program.write("cells.csv", try done(program, "export", "summary.h5").output)
        let counts = try compare(program, "trials.h5", "summary.h5", "cells.csv")
        #expect(counts[1] == 20 && counts[2] == 100, "\(counts)")
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

    /// What a summary is not for says what it is for.
    @Test func aSummaryCannotGrow() throws {
        let program = try Program()
        try program.write("s.yaml", """
            schema: 1
            name: sum
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: sgd
            steps: 20
            trials: 4096
            keep: summary
            axes: {rho: [0.1], learning_rate: [0.1], noise: [1]}
            record: [distance]
            """)
        _ = try done(program, "run", "s.yaml", "--output", "s.h5")
        for (sweep, trials, blocks) in [("s.yaml", 8192, 32), ("s.h5", 2048, 8)] {
            let refused = try program.run("run", sweep, "--set", "trials=\(trials)", "--output", "s.h5")
            #expect(refused.status == 73)
            #expect(
                refused.messages.contains("it keeps summaries of blocks of 16 trials, and blocks of this sweep have \(blocks): a summary cannot grow"),
                "\(refused.messages)")
        }
        let rows = try program.run("export", "--trials", "s.h5")
        #expect(rows.status == 65 && rows.messages.contains("fit, best, compare, verify, report and export take it"), "\(rows.messages)")
    }

    /// What is fitted, and what it is known to be.
    struct FittedSweep: CustomTestStringConvertible {
        let name: String
        let text: String
        let against: String
        /// Of the law; `nil` where there is none.
        var model: String?
        var exponent: Double?
        var floor: Double?
        /// Groups that fall below their value at rho = 0 and come back to it.
        var crossings = 0
        var testDescription: String { name }

        static let all = [
            // A random walk: E|x|^2 = n, over common steps.
            FittedSweep(
                name: "power law", text: """
                    problem: {name: quadratic, eigenvalues: 1.0e-9}
                    optimizer: sgd
                    start: {radius: 0}
                    axes: {steps: [10, 20, 40, 80, 160, 320], noise: [1], learning_rate: [1]}
                    """, against: "steps", model: "power", exponent: 1),
            // E|x|^2 = 0.9^40 + c n^2, each trial's own value with a part that goes like n.
            FittedSweep(
                name: "floor", text: """
                    problem: {name: quadratic, eigenvalues: 1}
                    optimizer: sgd
                    steps: 20
                    axes: {noise: [0.01, 0.03, 0.1, 0.3, 1, 3, 10], learning_rate: [0.1]}
                    """, against: "noise", model: "power+floor", exponent: 2, floor: 0.014_780_882_941_434_6),
            FittedSweep(
                name: "crossings", text: """
                    problem: {name: quadratic, eigenvalues: 1}
                    optimizer: [m-sam, n-sam]
                    steps: 60
                    dimension: 4
                    start: {radius: 2}
                    axes: {rho: [0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6], noise: [0.3], learning_rate: [0.05]}
                    """, against: "rho", crossings: 2),
        ]
    }

    /// A number with its interval.
    private struct Estimate: CustomStringConvertible {
        var value: Double
        var interval: [Double]
        var description: String { "\(value) \(interval)" }

        init(_ value: Any?, _ interval: Any?) throws {
            self.value = try #require(value as? Double)
            self.interval = try #require(interval as? [Double])
        }
    }

    /// From 256 blocks instead of 6,400 trials: errors are known to 4 %, and weights and resamples differ by that. So a number is the same to
    /// a twentieth of its interval, and each end to a fifth.
    private func expectAlike(_ rows: Estimate, _ blocks: Estimate, _ what: String) {
        let width = rows.interval[1] - rows.interval[0]
        #expect(width > 0 && (rows.value - blocks.value).magnitude <= 0.05 * width, "\(what): \(rows) \(blocks)")
        for (a, b) in zip(rows.interval, blocks.interval) { #expect((a - b).magnitude <= 0.2 * width, "\(what): \(rows) \(blocks)") }
    }

    /// Outcomes, models, exponents, floors, dips and crossings with their intervals, means, standard errors and local exponents.
    @Test(arguments: FittedSweep.all) func fitsAgreeWithThoseOfTheRows(_ sweep: FittedSweep) throws {
        let program = try Program()
        var groups: [String: [[String: Any]]] = [:]
        for keep in ["trials", "summary"] {
            try program.write("\(keep).yaml", """
                schema: 1
                name: law
                trials: 6400
                seed: 3
                keep: \(keep)
                record: [distance]
                \(sweep.text)
                """)
            _ = try done(program, "run", "\(keep).yaml", "--output", "\(keep).h5")
            let fit = try done(
                program, "fit", "\(keep).h5", "--window", "all", "--response", "distance_squared", "--against", sweep.against, "--format", "json")
            #expect((keep == "summary") == fit.messages.contains("the mean over a block of 25 trials"), "\(fit.messages)")
            groups[keep] = try #require(try JSONSerialization.jsonObject(with: Data(fit.output.utf8)) as? [[String: Any]])
        }
        let pairs = Array(zip(try #require(groups["trials"]), try #require(groups["summary"])))
        #expect(pairs.count == max(1, sweep.crossings) && groups["summary"]?.count == pairs.count)
        var crossings = 0
        for (rows, blocks) in pairs {
            #expect(rows["outcome"] as? String == (sweep.model == nil ? "no-law" : "law") && rows["outcome"] as? String == blocks["outcome"] as? String)
            #expect(rows["model"] as? String == sweep.model && blocks["model"] as? String == sweep.model)
            if let truth = sweep.exponent {
                let own = try Estimate(rows["exponent"], rows["exponent_interval"]), other = try Estimate(blocks["exponent"], blocks["exponent_interval"])
                expectAlike(own, other, "exponent")
                #expect(other.interval[0] < truth && truth < other.interval[1])
            }
            if let truth = sweep.floor {
                let own = try Estimate(rows["floor"], rows["floor_interval"]), other = try Estimate(blocks["floor"], blocks["floor_interval"])
                expectAlike(own, other, "floor")
                #expect(other.interval[0] < truth && truth < other.interval[1])
            }
            if sweep.crossings > 0 {
                let (own, other) = (try #require(rows["baseline"] as? [String: Any]), try #require(blocks["baseline"] as? [String: Any]))
                let dips = try [own, other].map { baseline in
                    let dip = try #require(baseline["dip"] as? [String: Any])
                    return (at: dip["at"] as? Double, size: try Estimate(dip["relative"], dip["interval"]))
                }
                #expect(dips[0].at == dips[1].at)
                expectAlike(dips[0].size, dips[1].size, "dip")
                let found = try [own, other].map { try #require($0["crossings"] as? [[String: Any]]) }
                #expect(found[0].count == 1 && found[1].count == 1)
                for (a, b) in zip(found[0], found[1]) {
                    expectAlike(try Estimate(a["at"], a["interval"]), try Estimate(b["at"], b["interval"]), "crossing")
                    #expect(a["upward"] as? Bool == true && b["upward"] as? Bool == true)
                    crossings += 1
                }
            }
            let cells = try [rows, blocks].map { try #require($0["cells"] as? [[String: Any]]) }
            #expect(cells[0].count >= 6 && cells[0].count == cells[1].count)
            for (a, b) in zip(cells[0], cells[1]) {
                let (own, other) = (try #require(a["measured"] as? Double), try #require(b["measured"] as? Double))
                #expect((own - other).magnitude <= 1e-12 * own, "\(own) \(other)")
                let ratio = try #require(b["standard_error"] as? Double) / #require(a["standard_error"] as? Double)
                #expect((0.78...1.22).contains(ratio), "\(ratio)")
            }
        }
        #expect(crossings == sweep.crossings)
    }

    private static let claims = """
        learning_rate: 0.05
        noise: 0.5
        axes: {rho: [0, 0.1, 0.2, 0.4, 0.8]}
        claims:
          - {name: floor, says: SGD's floor, where: "optimizer == 'sgd'", mean: "distance^2",
             is: "learning_rate * noise^2 / (2 - learning_rate)", tolerance: 0.05}
          - {name: wrong, says: not SGD's floor, where: "optimizer == 'sgd'", mean: "distance^2", at_most: "0.5 * learning_rate * noise^2 / 2"}
          - {name: paired, says: n-SAM is above SGD, where: "rho > 0.3", mean: "2*distance^2 - suboptimality/2", minus: {optimizer: sgd}, at_least: 0}
          - {name: every, says: no trial is beyond, every: "3*distance^2 + 1", at_most: 100}
          - {name: counts, says: none diverges, mean: "diverged + steps_taken/steps", is: 1, tolerance: 1.0e-12}
          - {name: law, says: SGD does not depend on rho, where: "optimizer == 'sgd'", exponent: {of: "distance^2", against: rho}, is: 0, within: 0.01}
          - {name: largest, says: the largest is at the end, mean: "distance^4", largest_over: [rho], at_least: 0}
        """

    /// Measured values are those of the rows; standard errors of 256 blocks are known to 4 %.
    @Test func claimsAreJudgedAsByTheRows() throws {
        let program = try Program()
        var found: [String: [[String: Any]]] = [:]
        for keep in ["trials", "summary"] {
            let text = """
                schema: 1
                name: \(keep)
                problem: {name: quadratic, eigenvalues: 1}
                optimizer: [n-sam, sgd]
                steps: 200
                trials: 25600
                seed: 5
                keep: \(keep)
                \(Self.claims)
                """
            try program.write("\(keep).yaml", text)
            let outcome = try program.run("verify", "\(keep).yaml", "--output", ".", "--format", "json")
            #expect(outcome.status == 2 && outcome.messages.contains("failed: \(keep)/wrong"), "\(outcome.messages)")
            #expect(outcome.messages.contains("100 %, 256,000 of 256,000 trials"), "\(outcome.messages)")
            found[keep] = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        }
        let (rows, blocks) = (try #require(found["trials"]), try #require(found["summary"]))
        #expect(rows.count == 7 && blocks.count == 7)
        for (a, b) in zip(rows, blocks) {
            let name = try #require(a["claim"] as? String)
            #expect(a["verdict"] as? String == b["verdict"] as? String, "\(name): \(a["verdict"] ?? "") \(b["verdict"] ?? "")")
            let (own, other) = (try #require(a["findings"] as? [[String: Any]]), try #require(b["findings"] as? [[String: Any]]))
            #expect(own.count == other.count && !own.isEmpty, "\(name)")
            for (x, y) in zip(own, other) {
                #expect(x["trials"] as? Int == 25_600 && y["trials"] as? Int == 25_600, "\(name)")
                let p = x["interval"] as? [Double] ?? [0, 0], q = y["interval"] as? [Double] ?? [0, 0]
                if name == "every" {
                    for (a, b) in zip(p, q) { #expect((a - b).magnitude < 1e-12 * a, "\(p) \(q)") }
                    continue
                }
                guard let a = x["measured"] as? Double, let b = y["measured"] as? Double else { continue }
                let exact = name == "law" ? 1e-6 : 1e-10
                #expect((a - b).magnitude <= exact * max(a.magnitude, 1e-3), "\(name): \(a) \(b)")
                let width = p[1] - p[0]
                #expect((q[1] - q[0]) >= 0.75 * width - 1e-12 && (q[1] - q[0]) <= 1.35 * width + 1e-12, "\(name): \(p) \(q)")
            }
        }
        // A page, the best cell and two optimizers compared, from blocks.
        #expect(try done(program, "report", "summary.h5").output == "summary.html\n")
        let page = try String(contentsOf: program.folder.appending(path: "summary.html"), encoding: .utf8)
        #expect(page.contains(#""progress":{"done":256000,"diverged":0,"missing":0"#) || page.contains("256000"))
        for arguments in [["best", "KEEP.h5", "--over", "rho"], ["compare", "KEEP.h5", "n-sam,sgd"]] {
            let outputs = try ["trials", "summary"].map { keep in
                let own = arguments.map { $0.replacing("KEEP", with: keep) } + ["--format", "json"]
                let output = try program.finish(program.start(own)).output
                return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? NSObject)
            }
            #expect("\(outputs[1])".count > 200 && !"\(outputs[1])".isEmpty && outputs[0] != outputs[1])
        }
    }

    /// Of 640 trials some diverge, in some blocks all, and in one cell none: told as of the rows, trial by trial.
    @Test func claimsCountTrialsThatDiverge() throws {
        let program = try Program()
        var found: [String: [[String: Any]]] = [:]
        for keep in ["trials", "summary"] {
            try program.write("\(keep).yaml", """
                schema: 1
                name: \(keep)
                problem: {name: quadratic, eigenvalues: 1}
                optimizer: sgd
                steps: 12
                trials: 640
                seed: 5
                keep: \(keep)
                noise: 1
                diverged_above: 6
                axes: {learning_rate: [0.1, 1.9, 2.2]}
                record: [distance]
                claims:
                  - {name: near, says: near, mean: distance, at_most: 100}
                  - {name: all, says: all, every: distance, at_most: 100}
                  - {name: some, says: some, mean: diverged, is: 0.5, within: 0.5}
                """)
            let outcome = try program.run("verify", "\(keep).yaml", "--output", ".", "--format", "json")
            #expect(outcome.status == 2, "\(outcome.messages)")
            found[keep] = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        }
        var remarks: Set<String> = []
        for (a, b) in zip(try #require(found["trials"]), try #require(found["summary"])) {
            let (own, other) = (try #require(a["findings"] as? [[String: Any]]), try #require(b["findings"] as? [[String: Any]]))
            #expect(own.count == 3 && other.count == 3 && a["verdict"] as? String == b["verdict"] as? String)
            for (x, y) in zip(own, other) {
                #expect(x["verdict"] as? String == y["verdict"] as? String && x["remarks"] as? [String] == y["remarks"] as? [String], "\(x) \(y)")
                if a["claim"] as? String == "all" { #expect(x["interval"] as? [Double] == y["interval"] as? [Double], "\(x) \(y)") }
                remarks.formUnion(x["remarks"] as? [String] ?? [])
            }
        }
        #expect(remarks.count == 2 && remarks.allSatisfy { $0.contains("diverged or have no value") }, "\(remarks)")
    }

    @Test func claimsThatBlocksCannotTellAreRefused() throws {
        let program = try Program()
        let cases = [
            (#"mean: "log(distance)""#, "does not follow from the moments of blocks"),
            (#"mean: "distance * suboptimality""#, "sums of powers up to 4 of single statistics"),
            (#"mean: "distance^5""#, "does not follow from the moments"),
            (#"mean: "1/distance""#, "does not follow from the moments"),
            (#"mean: "diverged^2""#, "does not follow from the moments"),
            (#"every: "distance - suboptimality""#, "asks for the extremes of something"),
            (#"every: distance, minus: {optimizer: sgd}, where: "optimizer == 'n-sam'""#, "asks for the extremes of something"),
            (#"every: distance, largest_over: [rho]"#, "asks for the extremes of something"),
        ]
        for (measure, message) in cases {
            let text = Self.sweep(keep: "summary", more: "claims: [{name: c, says: x, \(measure), at_most: 1}]")
            try program.write("s.yaml", text)
            let outcome = try program.run("plan", "s.yaml")
            #expect(outcome.status == 65 && outcome.messages.contains("claims.c.") && outcome.messages.contains(message), "\(outcome.messages)")
        }
    }

    @Test func whatNeedsTrialsRefusesByName() throws {
        let program = try Program()
        try program.write("s.yaml", Self.sweep(keep: "summary", trials: 64))
        _ = try done(program, "run", "s.yaml", "--output", "s.h5")
        let commands = [
            ["export", "s.h5", "--trials"], ["export", "s.h5", "--curves"], ["fit", "s.h5", "--summary", "median"],
        ]
        for arguments in commands {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == 65 && outcome.output.isEmpty, "\(arguments)")
            #expect(outcome.messages.contains("\(arguments[0])") && outcome.messages.contains("needs trials"), "\(outcome.messages)")
        }
        // Neither form goes on in the other's file, nor blocks in those of other blocks.
        for (text, words) in [
            (Self.sweep(keep: "trials", trials: 64), " there"),
            (Self.sweep(keep: "summary", trials: 640), "blocks of 1 trial, and blocks of this sweep have 4: a summary cannot grow"),
        ] {
            try program.write("other.yaml", text)
            let outcome = try program.run("run", "other.yaml", "--output", "s.h5")
            #expect(outcome.status == 73 && outcome.messages.contains(words), "\(outcome.messages)")
        }
        let plan = try done(program, "plan", "s.yaml").output
        #expect(plan.contains("summaries of 64 blocks of 1 trial"), "\(plan)")
        let empty = try program.run("export", "s.h5", "--statistics", "curvature")
        #expect(empty.status != 0 && empty.messages.contains("curvature"))
    }
}
