import Foundation
import Testing

/// A shard's file holds its own trials, and reads as the whole sweep.
@Suite struct ShardFileTests {
    private static func sweep(rho: Int, trials: Int, more: String = "") -> String {
        """
        schema: 1
        name: parts
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [sgd, m-sam]
        noise: 0.1
        learning_rate: 0.05
        steps: 3
        trials: \(trials)
        axes: {rho: {linspace: {from: 0, to: 1, count: \(rho)}}}
        record: [distance, zero_gradients, iterate]
        \(more)
        """
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as! Int
    }

    /// Runs all shards; their paths.
    private func runShards(_ program: Program, _ count: Int, _ options: [String] = []) throws -> [String] {
        try (0..<count).map { index in
            let path = "part-\(index).h5"
            let outcome = try program.finish(
                program.start(["run", "sweep.yaml", "--shard", "\(index)/\(count)", "--output", path] + options))
            #expect(outcome.status == 0, "\(outcome.messages)")
            return path
        }
    }

    private func trials(_ program: Program, _ path: String) throws -> String {
        let outcome = try program.run("export", "--trials", path)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    /// Many cells, one cell, few trials, and trajectories.
    @Test(arguments: [
        (200, 300, 20, ""), (1, 120_000, 9, ""), (900, 3, 40, ""), (40, 500, 7, "curves: {at: [0, 1, 3]}"),
        (150, 64, 5, #"where: "rho < 0.3 or optimizer != 'm-sam'""#),
    ])
    func shardsTakeTheRoomOfTheirTrials(rho: Int, trials count: Int, shards: Int, more: String) throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: rho, trials: count, more: more))
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let parts = try runShards(program, shards)
        let whole = try size(program.path("whole.h5"))
        let all = try parts.map { try size(program.path($0)) }.reduce(0, +)
        #expect(all <= whole * 6 / 5 + shards * 100_000, "\(all) bytes of \(whole)")
        #expect(try program.finish(program.start(["merge"] + parts + ["--output", "merged.h5"])).status == 0)
        #expect(try trials(program, "merged.h5") == trials(program, "whole.h5"))
        let status = try program.run("status", "merged.h5", "--format", "json").output
        #expect(status.contains(#""missing": 0"#))
        // What plan says they take is not less, and not much more.
        let plan = try JSONSerialization.jsonObject(
            with: Data(program.run("plan", "sweep.yaml", "--shards", "\(shards)", "--format", "json").output.utf8))
        let told = try #require((plan as? [String: Any])?["bytes_of_shards"] as? Double)
        #expect(Double(all) <= told * 1.05 && told <= Double(whole) * 1.2 + Double(shards) * 100_000)
    }

    /// More shards than there are parts: those without a trial are files, too.
    @Test(arguments: ["", "curves: {at: [0, 3]}"]) func shardsWithoutTrialsAreFiles(more: String) throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 2, trials: 2, more: more))
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let parts = try runShards(program, 11)
        #expect(try program.finish(program.start(["merge"] + parts + ["--output", "m.h5"])).status == 0)
        #expect(try trials(program, "m.h5") == trials(program, "whole.h5"))
    }

    /// Of some parts: excluded cells are not missing.
    @Test func aMergeOfSomePartsKnowsExcludedCells() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 30, trials: 2, more: #"where: "rho < 0.5""#))
        let parts = try runShards(program, 11)
        #expect(try program.run("merge", parts[3], parts[4], "--output", "some.h5").status == 0)
        let some = try program.run("status", "some.h5", "--format", "json").output
        #expect(some.contains(#""excluded": 60"#), "\(some)")
        #expect(try program.run("run", "sweep.yaml", "--output", "some.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        #expect(try trials(program, "some.h5") == trials(program, "whole.h5"))
    }

    /// xarray, netCDF-C and h5py see the whole sweep, and what is not the shard's as not computed.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil), arguments: [40, 9000])
    func clientsReadAShardAsTheWholeSweep(count: Int) throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 7, trials: count, more: "curves: {at: [0, 2]}"))
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let parts = try runShards(program, 3)
        try program.write("read.py", """
            import sys
            import numpy as np, xarray as xr
            seen = 0
            whole = xr.open_dataset("whole.h5", engine="h5netcdf")
            for path in sys.argv[1:]:
                for engine in ("h5netcdf", "netcdf4"):
                    part = xr.open_dataset(path, engine=engine)
                    assert dict(part.sizes) == dict(whole.sizes), part.sizes
                    assert (part.trial.values == whole.trial.values).all()
                    own = (part.status == 1).values
                    for name in ("distance", "iterate"):
                        assert part[name].dims == whole[name].dims
                        assert (part[name].values[own] == whole[name].values[own]).all(), name
                        assert np.isnan(part[name].values[~own]).all(), name
                    assert (part.zero_gradients.values[own] == whole.zero_gradients.values[own]).all()
                    assert set(np.unique(part.status)) <= {0, 1}
                    curve = part.distance_squared_curve_mean if "distance_squared_curve_mean" in part else part.distance_curve_mean
                    cells = own.all(axis=-1)
                    assert np.isfinite(curve.values[cells]).all() and np.isnan(curve.values[~cells]).all()
                seen += own.sum()
            assert seen == whole.status.size, (seen, whole.status.size)
            """)
        let outcome = try RunningProgram(
            URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])),
            ["read.py"] + parts, in: program.folder, environment: [:]
        ).finish()
        #expect(outcome.status == 0, "\(outcome.messages)")
    }

    /// A sweep that grows is cut elsewhere: what a shard's file had stays, whoever's it is now.
    @Test func trialsOfAShardAreCarriedOver() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 9, trials: 64))
        let parts = try runShards(program, 2)
        let outcome = try program.run("run", "sweep.yaml", "--set", "trials=200", "--shard", "1/2", "--output", parts[1])
        #expect(outcome.status == 0, "\(outcome.messages)")
        // Of 18 cells trials 32 to 63 from before, and half of the 200.
        let status = try program.run("status", parts[1], "--format", "json").output
        #expect(status.contains(#""done": 2376"#), "\(status)")
        let all = try program.run("run", "sweep.yaml", "--set", "trials=200", "--output", parts[1])
        #expect(all.status == 0, "\(all.messages)")
        #expect(try program.run("run", "sweep.yaml", "--set", "trials=200", "--output", "whole.h5").status == 0)
        #expect(try trials(program, parts[1]) == trials(program, "whole.h5"))
        #expect(program.files.allSatisfy { !$0.hasSuffix(".samsweep-extended") })
    }

    @Test func damageToAShardIsFoundAndRepaired() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 60, trials: 100))
        let parts = try runShards(program, 2)
        let before = try trials(program, parts[1])
        var bytes = try Data(contentsOf: URL(filePath: program.path(parts[1])))
        let distance = try #require(before.split(separator: "\n").compactMap { line -> Double? in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return fields.contains("finished") ? Double(fields[fields.count - 2]) : nil
        }.first)
        let place = try #require(withUnsafeBytes(of: distance) { bytes.range(of: Data($0)) })
        bytes[place.lowerBound + 2] ^= 0x20
        try bytes.write(to: URL(filePath: program.path(parts[1])))
        #expect(try program.run("merge", parts[0], parts[1], "--output", "m.h5").status == 65)
        #expect(try program.run("run", "sweep.yaml", "--shard", "1/2", "--output", parts[1]).status == 65)
        let repaired = try program.run("run", "sweep.yaml", "--shard", "1/2", "--output", parts[1], "--repair")
        #expect(repaired.status == 0, "\(repaired.messages)")
        #expect(try trials(program, parts[1]) == before)
        #expect(!program.files.contains("m.h5"))
    }

    /// More shards than a process may open files.
    @Test func manyShardsAreMergedWithFewDescriptors() throws {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep(rho: 5, trials: 96))
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let parts = try runShards(program, 12)
        let outcome = try RunningProgram(
            URL(filePath: "/bin/sh"),
            ["-c", "ulimit -n 70; exec \"$0\" \"$@\"", Program.executable.path, "merge"] + parts + ["--output", "m.h5"],
            in: program.folder, environment: [:]
        ).finish()
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(try trials(program, "m.h5") == trials(program, "whole.h5"))
    }
}
