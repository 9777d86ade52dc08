import Foundation
import PortableMath
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

/// What SIGKILL leaves. `SAMSWEEP_SOAK=300` makes it the long version.
@Suite struct KillTests {
    static let kills = Int(ProcessInfo.processInfo.environment["SAMSWEEP_SOAK"] ?? "") ?? 12

    static var worker: URL {
        Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("store-worker")
    }

    /// Starts a run; what it reports is read from its output.
    func start(
        _ path: String, seed: Int, longest: Int, pause: Int, withCurves: Bool = false
    ) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.executableURL = Self.worker
        process.arguments = [path, "\(seed)", "\(longest)", "\(pause)"] + (withCurves ? ["curves"] : [])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return (process, output)
    }

    @Test(arguments: [false, true]) func killedAtAnyInstantAndResumedEndsBitIdentical(withCurves: Bool) throws {
        try withFolder { folder in
            let truth = Truth(withCurves ? .largeWithCurves : .large)
            let path = folder + "/a.h5"
            var generator = SplitMix64(seed: 5)
            var before: Set<Int> = []
            var tally = (computed: 0, runs: 0, reset: 0)
            for turn in 0..<Self.kills {
                let longest = [1, 8, 40, 331].randomElement(using: &generator)!
                let run = try start(path, seed: turn, longest: longest, pause: 400 * longest, withCurves: withCurves)
                usleep(UInt32.random(in: 5_000...350_000, using: &generator))
                kill(run.process.processIdentifier, SIGKILL)
                run.process.waitUntilExit()
                let lines = String(decoding: run.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                tally.computed += lines.split(separator: "\n").reduce(0) { $0 + (Int($1) ?? 0) }
                tally.runs += 1
                // A file that was still being created is not there yet.
                guard try Paths.entry(path) == .file else { continue }
                let (done, complaint) = try truth.compare(ResultReader.open(path))
                #expect(complaint == nil, "after kill \(turn)")
                // Trials of a cell that was killed half published go with it where trajectories need all of them.
                let cells = Set(done.map { $0 / FakePlan.large.trials })
                let broken = cells.filter { cell in
                    !(cell * FakePlan.large.trials..<(cell + 1) * FakePlan.large.trials).allSatisfy(done.contains)
                }
                #expect(before.isSubset(of: done))
                before = withCurves ? done.filter { !broken.contains($0 / FakePlan.large.trials) } : done
                try openWithClients(path, done: done.count, withPython: Self.kills > 50 || turn % 6 == 5)
                if run.process.terminationReason == .exit {
                    tally.reset += 1
                    before = []
                    unlink(path)
                }
            }
            try finish(path, truth, &tally, withCurves)
        }
    }

    private func finish(
        _ path: String, _ truth: Truth, _ tally: inout (computed: Int, runs: Int, reset: Int),
        _ withCurves: Bool
    ) throws {
        let last = try start(path, seed: 99, longest: 331, pause: 0, withCurves: withCurves)
        last.process.waitUntilExit()
        #expect(last.process.terminationStatus == 0)
        let lines = String(decoding: last.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        tally.computed += lines.split(separator: "\n").reduce(0) { $0 + (Int($1) ?? 0) }
        let reader = try ResultReader.open(path)
        let (done, complaint) = try truth.compare(reader)
        #expect(complaint == nil && reader.isMarkedComplete && reader.sweepText == FakePlan.large.sourceText)
        let wanted = done.count * (tally.reset + 1)
        #expect(try reader.counts().missing == 0)
        let twice = Double(tally.computed - wanted) / Double(wanted)
        print("\(tally.runs) kills: 0 unreadable, 0 wrong, \(Int((twice * 1e4).rounded())) of 10,000 trials computed twice")
    }

    /// Other programs see the same number of finished trials.
    private func openWithClients(_ path: String, done: Int, withPython: Bool) throws {
        if Tool.exists("h5dump") {
            let dump = try Tool.run("h5dump", ["-y", "-w", "1", "-d", "/status", path])
            #expect(dump.status == 0)
        }
        guard withPython, let python = Tool.python else { return }
        let script = try #require(Bundle.module.path(forResource: "count_finished", ofType: "py", inDirectory: "Clients"))
        let count = try Tool.run(python, [script, path])
        #expect(count.status == 0, "\(count.errors)")
        #expect(count.output == "\(done) \(done)\n")
    }

    @Test func aSecondRunOnTheSameFileIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let run = try start(path, seed: 1, longest: 20, pause: 5000)
            defer {
                kill(run.process.processIdentifier, SIGKILL)
                run.process.waitUntilExit()
            }
            while try Paths.entry(path) != .file { usleep(1000) }
            let error = #expect(throws: ResultStoreError.self) {
                try ResultWriter.open(path: path, plan: FakePlan.large, provenance: .test)
            }
            #expect(error?.kind == .inputOutput)
            #expect(error?.description.contains("process \(run.process.processIdentifier) on ") == true)
            // Reading is fine.
            #expect(try ResultReader.open(path).cellCount == 40)
        }
    }
}
