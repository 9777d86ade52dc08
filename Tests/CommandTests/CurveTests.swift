import Foundation
import Testing

/// Trajectories, from the sweep file to the table.
@Suite struct CurveTests {
    static let sweep = SampleSweep.small.replacingOccurrences(of: "steps: 200\n", with: "")
        .replacingOccurrences(of: "record: [", with: "record: [distance, ").replacingOccurrences(of: "[distance, distance,", with: "[distance,")
    static let curves = sweep + """
        steps: 200
        curves: {at: [0, 1, {logspace: {from: 2, to: 200, count: 5}}], of: [distance_squared, suboptimality]}

        """
    /// 2, 2 sqrt(10), 20, ... rounded.
    static let steps = [0, 1, 2, 6, 20, 63, 200]

    private func export(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--curves", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    private func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    /// Trials that end at a step have there what trajectories record at it: a sweep over `steps` is the slow way.
    @Test func curvesAreTheStatisticsOfTrialsThatEndThere() throws {
        let program = try Program()
        try program.write("curves.yaml", Self.curves)
        try program.write("ends.yaml", Self.sweep.replacingOccurrences(of: "axes:\n", with: "axes:\n  steps: [1, 2, 6, 20, 63, 200]\n"))
        #expect(try program.run("run", "curves.yaml", "--output", "c.h5").status == 0)
        #expect(try program.run("run", "ends.yaml", "--output", "e.h5").status == 0)
        var ends: [[String]: [Double]] = [:]
        for row in rows(try program.run("export", "--trials", "e.h5").output) {
            let cell = ["optimizer", "dimension", "noise", "rho"].map { row[$0] ?? "" }
            let steps = "\(Int(try #require(Double(row["steps"] ?? ""))))"
            let distance = try #require(Double(row["distance"] ?? ""))
            ends[cell + ["distance_squared", steps], default: []].append(distance * distance)
            ends[cell + ["suboptimality", steps], default: []].append(try #require(Double(row["suboptimality"] ?? "")))
        }
        let curves = rows(try export(program, "c.h5"))
        #expect(curves.count == 48 * 2 * Self.steps.count)
        for row in curves {
            let cell = ["optimizer", "dimension", "noise", "rho"].map { row[$0] ?? "" }
            let step = row["step"] ?? "", quantity = row["quantity"] ?? ""
            #expect(row["count"] == "20" && Self.steps.contains(Int(step) ?? -1))
            let found = ["mean", "standard_error", "median", "q05", "q75"].map { Double(row[$0] ?? "") ?? .nan }
            if step == "0" {
                if quantity == "distance_squared" { #expect(abs(found[0] - 1) < 1e-15 && found[1] < 1e-15) }
                continue
            }
            let values = try #require(ends[cell + [quantity, step]]).sorted()
            let mean = values.reduce(0, +) / 20
            let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19 / 20).squareRoot()
            let expected = [
                mean, error, (values[9] + values[10]) / 2, values[0] + 0.95 * (values[1] - values[0]),
                values[14] + 0.25 * (values[15] - values[14]),
            ]
            for (number, wanted) in zip(found, expected) {
                #expect(abs(number - wanted) <= 1e-12 * abs(mean), "\(quantity) at \(step): \(number), not \(wanted)")
            }
        }
    }

    @Test func neitherThreadsNorShardsNorKillsChangeThem() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.curves.replacingOccurrences(of: "steps: 200\n", with: "steps: 20000\n"))
        #expect(try program.run("run", "sweep.yaml", "--threads", "1", "--output", "whole.h5").status == 0)
        let whole = try export(program, "whole.h5")
        for threads in ["2", "7"] {
            #expect(try program.run("run", "sweep.yaml", "--threads", threads, "--output", "\(threads).h5").status == 0)
            #expect(try export(program, "\(threads).h5") == whole)
        }
        for index in 0..<5 { #expect(try program.run("run", "sweep.yaml", "--shard", "\(index)/5").status == 0) }
        let parts = (0..<5).map { "Results/small-shard-\($0)-of-5.h5" }
        #expect(try program.finish(program.start(["merge"] + parts + ["--output", "merged.h5"])).status == 0)
        #expect(try export(program, "merged.h5") == whole)
        var stops = 0
        for (turn, signal) in [SIGKILL, SIGTERM, SIGKILL, SIGTERM, SIGTERM, SIGKILL].enumerated() {
            let running = try program.start(["run", "sweep.yaml", "--threads", "1", "--output", "k.h5"])
            running.waitForWork(seconds: 0.05 + 0.02 * Double(turn))
            running.signal(signal)
            if try running.finish().status != 0 { stops += 1 }
        }
        #expect(stops > 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "k.h5").status == 0)
        #expect(try export(program, "k.h5") == whole)
        #expect(try program.run("export", "--trials", "k.h5").output == program.run("export", "--trials", "whole.h5").output)
        #expect(!program.files.contains { $0.hasSuffix("samsweep-states") })
    }

    /// A cell whose trials take longer than any run: neither ended trials nor the steps of others are lost.
    @Test func aCellLongerThanAnyRunIsFinishedInTheEnd() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: marathon
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: m-sam
            steps: 20000000
            trials: 24
            axes: {rho: [0.1], learning_rate: [0.01], noise: [1]}
            curves: {at: {logspace: {from: 1, to: 20000000, count: 20}}}

            """)
        let arguments = ["run", "sweep.yaml", "--threads", "1", "--output", "r.h5"]
        var status: Int32 = 75, stops = 0
        while status == 75, stops < 200 {
            let running = try program.start(arguments)
            running.waitForWork(seconds: 0.7)
            running.signal(SIGTERM)
            status = try running.finish().status
            if status == 75 { stops += 1 }
        }
        #expect(status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        #expect(try export(program, "r.h5") == export(program, "whole.h5"))
    }

    @Test func exportsSayWhatTheyLack() throws {
        let program = try Program()
        try program.write("plain.yaml", SampleSweep.small)
        #expect(try program.run("run", "plain.yaml", "--output", "p.h5").status == 0)
        let refused = try program.run("export", "--curves", "p.h5")
        #expect(refused.status == 64 && refused.messages.contains("no curves"))
        #expect(try program.run("export", "--curves", "--trials", "p.h5").status == 64)
        try program.write("curves.yaml", Self.curves)
        #expect(try program.run("run", "curves.yaml", "--output", "c.h5").status == 0)
        let one = try program.run("export", "--curves", "--statistics", "suboptimality", "c.h5").output
        #expect(rows(one).count == 48 * Self.steps.count && !one.contains("distance_squared"))
        #expect(try program.run("export", "--curves", "--statistics", "distance", "c.h5").status != 0)
    }
}
