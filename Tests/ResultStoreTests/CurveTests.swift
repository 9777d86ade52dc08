import Dispatch
import Foundation
import StoreFixtures
import Synchronization
import Testing
import TrialContract

@testable import ResultStore

/// Trajectories in result files.
@Suite struct CurveTests {
    let plan = FakePlan.largeWithCurves
    private static let truth = Truth(.largeWithCurves)
    private var truth: Truth { Self.truth }

    func run(_ path: String, _ plan: FakePlan, cells: [Int]? = nil, shard: ShardPart? = nil) throws {
        let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: shard)
        for cell in cells ?? Array(0..<plan.cellCount) where !plan.isExcluded(cell) {
            try writer.store(plan.block(cells: [cell], trials: 0..<plan.trials))
        }
        try writer.finish()
    }

    @Test(arguments: [1, 2, 3]) func theOrderOfBlocksDoesNotMatter(seed: UInt64) throws {
        try withFolder { folder in
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            let blocks = Mutex(try WorkList.blocks(plan, writer, seed: seed, longest: 50))
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                while let block = blocks.withLock({ $0.popLast() }) {
                    do { try writer.store(plan.block(cells: block.cells, trials: block.trials)) } catch { Issue.record(error) }
                }
            }
            #expect(try writer.finish().missing == 0)
            let reader = try ResultReader.open(folder + "/a.h5")
            #expect(reader.curveSteps == plan.curveSteps && reader.curveQuantities == plan.curveQuantities)
            let (done, complaint) = try truth.compare(reader)
            #expect(complaint == nil && done.count == 11_916 && reader.isMarkedComplete)
            #expect(try reader.curve(of: "suboptimality", cell: 2)?.counts == [331, 331, 301, 301, 0])
            // A step that no trial reaches, and an excluded cell.
            #expect(try reader.curve(of: "suboptimality", cell: 0)?.means[4].isNaN == true)
            let excluded = try #require((0..<plan.cellCount).first(where: plan.isExcluded))
            #expect(try reader.curve(of: "suboptimality", cell: excluded) == nil)
            #expect(throws: ResultStoreError.self) { try reader.curve(of: "distance", cell: 0) }
        }
    }

    @Test func trialsThatWaitForTheirCellAreKeptBetweenRuns() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try first.store(plan.block(cells: [0, 1], trials: 0..<200))
            try first.store(plan.block(cells: [0], trials: 250..<331))
            #expect(try first.missingTrials(cells: 0..<2) == [[200..<250], [200..<331]])
            #expect(try first.finish().done == 0)
            #expect(names(in: folder) == ["a.h5", "a.h5.samsweep-states"])
            let reader = try ResultReader.open(path)
            #expect(try reader.curve(of: "distance_squared", cell: 0) == nil)
            #expect(try truth.compare(reader).complaint == nil)

            let second = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(second.summary.done == 481 && second.summary.missing == 11_916 - 481)
            #expect(try second.missingTrials(cells: 0..<3) == [[200..<250], [200..<331], [0..<331]])
            try second.store(plan.block(cells: [0], trials: 200..<250))
            #expect(try second.missingTrials(cells: 0..<2) == [[], [200..<331]])
            // Killed: the states of the first run stay.
            try second.synchronise()
        }
    }

    /// What lies under the name that earlier versions gave it, and nothing that only has the name.
    @Test func statesOfAnEarlierVersionAreGoneOnWith() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try first.store(plan.block(cells: [0, 1], trials: 0..<200))
            try first.finish()
            let mine = Data("my own states".utf8)
            let kept = try Data(contentsOf: URL(fileURLWithPath: path + ".samsweep-states"))
            for (content, done) in [(mine, 0), (kept.dropLast(1) + [0x55], 0), (kept, 400)] {
                try FileManager.default.removeItem(atPath: path + ".samsweep-states")
                try Data(content).write(to: URL(fileURLWithPath: path + ".states"))
                let next = try ResultWriter.open(path: path, plan: plan, provenance: .test)
                #expect(next.summary.done == done)
                #expect(FileManager.default.fileExists(atPath: path + ".states") == (done == 0))
                try kept.write(to: URL(fileURLWithPath: path + ".samsweep-states"))
            }
        }
    }

    /// Of counts there are whole numbers only, whatever a file of states says.
    @Test func keptOutcomesWhoseCountsAreNoneArePassedOver() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let column = try #require(plan.statistics.firstIndex { $0.storage == .int32 })
            for (value, steps, isTaken) in [(0, 1, true), (1e300, 1, false), (.nan, 1, false), (0.5, 1, false), (0, -1, false), (0, 1 << 40, false)]
                as [(Double, Int64, Bool)]
            {
                let writer = try ResultWriter.open(path: path, plan: plan, mode: .fresh, provenance: .test)
                let block = plan.block(cells: [0], trials: 0..<1)
                var columns = block.columns
                columns.values[column][0] = value
                columns.stepsTaken[0] = steps
                try writer.store(OutcomeBlock(cellIndices: [0], trials: 0..<1, statistics: block.statistics, columns: columns))
                try writer.finish()
                let next = try ResultWriter.open(path: path, plan: plan, provenance: .test)
                #expect((next.summary.done == 1) == isTaken, "\(value), \(steps)")
            }
        }
    }

    @Test func whatWasKeptOfACellThatIsWholeByNowIsPassedOver() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try first.store(plan.block(cells: [0, 1], trials: 0..<200))
            try first.finish()
            let kept = try Data(contentsOf: URL(fileURLWithPath: path + ".samsweep-states"))
            let second = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try second.store(plan.block(cells: [0], trials: 200..<331))
            try second.finish()
            // As if the second run had been killed before it wrote its states.
            try kept.write(to: URL(fileURLWithPath: path + ".samsweep-states"))
            let third = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(third.summary.done == 331 + 200)
            try plan.run(third, length: 100)
            #expect(try third.finish().missing == 0)
            #expect(names(in: folder) == ["a.h5"])
            #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test func aCellThatWasPublishedInPartIsComputedAgainAsAWhole() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan, cells: [0, 1, 2])
            // What a kill in the middle of a write, or a power loss, leaves of the states.
            let header = try ResultHeader.read(path)
            try RawFile(path: path, writable: true).write(
                [UInt8](repeating: 0, count: 100), at: header.offsets["status"]! + 331 + 50, "status")
            let table = TileTable(
                rows: try StoredRows(file: RawFile(path: path, writable: true), header: header), header: header)
            try table.unseal([0, 1])
            #expect(try ResultReader.open(path).curve(of: "suboptimality", cell: 1) == nil)
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(writer.summary.done == 662)
            #expect(try writer.missingTrials(cells: 0..<3) == [[], [0..<331], []])
            try plan.run(writer, length: 77)
            #expect(try writer.finish().missing == 0)
            #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test func flippedBitsAreFoundAndTheirCellsComputedAgain() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan)
            let header = try ResultHeader.read(path)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for (variable, cell) in [("suboptimality_curve_quantiles", 3), ("distance_squared_curve_count", 8)] {
                let size = variable.hasSuffix("count") ? 40 : 200
                var damaged = bytes
                damaged[header.curveOffsets[variable]! + cell * size + 9] ^= 4
                try damaged.write(to: URL(fileURLWithPath: path))
                let reading = #expect(throws: ResultStoreError.self) {
                    try ResultReader.open(path).curve(of: "suboptimality", cell: cell)
                }
                let opening = #expect(throws: ResultStoreError.self) {
                    try ResultWriter.open(path: path, plan: plan, provenance: .test)
                }
                #expect(reading?.kind == .damaged && opening?.kind == .damaged)
                #expect(reading?.reason.contains(DamageReport.coordinates(cell, plan.dimensions)) == true)
                #expect(try ResultReader.open(path).curve(of: "suboptimality", cell: 0) != nil)
                let writer = try ResultWriter.open(path: path, plan: plan, mode: .repair, provenance: .test)
                #expect(writer.summary.missing == 331 && writer.warnings.count == 1)
                try plan.run(writer)
                #expect(try writer.finish().missing == 0)
                #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
            }
            // A damaged trial costs the cells of its tile, and nothing else.
            var damaged = bytes
            damaged[header.offsets["distance"]! + 8 * 1024] ^= 4
            try damaged.write(to: URL(fileURLWithPath: path))
            let writer = try ResultWriter.open(path: path, plan: plan, mode: .repair, provenance: .test)
            // Rows 1024 to 2047 lie in cells 3 to 6, of which one is excluded or not.
            let cells = (3...6).count { !plan.isExcluded($0) }
            #expect(writer.summary.missing == cells * 331)
            try plan.run(writer, length: 100)
            #expect(try writer.finish().missing == 0)
            #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test func shardsOfWholeCellsMergeAndContradictionsAreNamed() throws {
        try withFolder { folder in
            func part(_ index: Int) -> ShardPart {
                let trials = plan.trials
                return ShardPart(Shard(index: index, count: 3)!) { $0 % 3 == index ? 0..<trials : 0..<0 }
            }
            let paths = try (0..<3).map { index in
                let path = folder + "/\(index).h5"
                try run(path, plan, cells: (0..<plan.cellCount).filter { $0 % 3 == index }, shard: part(index))
                return path
            }
            func merge(_ paths: [String]) throws -> MergeSummary {
                try ResultMerger(paths: paths, output: folder + "/m.h5", provenance: .test, plan: plan) { part($0.index) }.run()
            }
            #expect(try merge([paths[2], paths[0]]).missing.map(\.shard.index) == [1])
            #expect(try truth.compare(ResultReader.open(folder + "/m.h5")).complaint == nil)
            #expect(try merge(paths).counts.missing == 0)
            #expect(try truth.compare(ResultReader.open(folder + "/m.h5")).complaint == nil)
            // Overlapping and equal is fine; other trajectories with checksums that fit are not.
            #expect(try merge(paths + [paths[1]]).counts.missing == 0)
            try FileManager.default.copyItem(atPath: paths[1], toPath: folder + "/other.h5")
            let header = try ResultHeader.read(folder + "/other.h5")
            let curves = try #require(StoredCurves(
                file: RawFile(path: folder + "/other.h5", writable: true), header: header))
            var bytes = try curves.readChecked(cell: 4)
            bytes[1][3] ^= 1
            try curves.write(bytes, cell: 4)
            let error = #expect(throws: ResultStoreError.self) { try merge(paths + [folder + "/other.h5"]) }
            #expect(error?.path == folder + "/other.h5" && error?.reason.contains("trajectories") == true)
        }
    }

    @Test func aGrownSweepKeepsTheTrajectoriesOfItsCells() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan)
            var grown = plan
            grown.rhos = [0.05, 0, 0.1, 0.25, 0.5, 1, 2]
            grown.statistics = [FakePlan.distance, FakePlan.iterate]
            #expect(throws: ResultStoreError.self) { try ResultWriter.open(path: path, plan: grown, provenance: .test) }
            grown.statistics = plan.statistics
            let writer = try ResultWriter.open(path: path, plan: grown, provenance: .test)
            #expect(writer.isExtension && writer.summary.done == 11_916)
            try grown.run(writer, length: 100)
            try writer.finish()
            #expect(try Truth(grown).compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test func otherTrialsOrStepsNeedAllTrialsAgainAndLessIsSaid() throws {
        try withFolder { folder in
            var bare = plan, finer = plan, coarser = plan, fewer = plan, more = plan
            bare.curveSteps = []
            finer.curveSteps = [0, 1, 3, 4, 10, 11]
            coarser.curveSteps = [0, 3]
            fewer.curveQuantities = ["suboptimality"]
            more.trials = 340
            for (new, losing) in [(bare, "curves of distance_squared, suboptimality"), (coarser, "curves at step 4 and 2 more"),
                (fewer, "curves of distance_squared"), (finer, nil), (more, nil)] {
                let path = folder + "/a.h5"
                try run(path, plan)
                if let losing {
                    let error = #expect(throws: ResultStoreError.self) {
                        try ResultWriter.open(path: path, plan: new, provenance: .test)
                    }
                    #expect(error?.reason.contains(losing) == true)
                }
                let writer = try ResultWriter.open(path: path, plan: new, allowDrop: losing != nil, provenance: .test)
                // Without trajectories, trials are as good as they were.
                #expect(writer.isExtension && writer.summary.done == (new.curve == nil ? 11_916 : 0))
                try new.run(writer, length: 100)
                try writer.finish()
                let reader = try ResultReader.open(path)
                #expect(try Truth(new).compare(reader).complaint == nil)
                #expect(reader.curveSteps == new.curveSteps)
                unlink(path)
            }
            // Trajectories added to a result without.
            let path = folder + "/a.h5"
            try run(path, bare)
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(writer.summary.done == 0)
            try plan.run(writer)
            try writer.finish()
            #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test(.enabled(if: Tool.exists("ncdump"))) func ncdumpSeesTheirDimensions() throws {
        try withFolder { folder in
            try run(folder + "/a.h5", plan, cells: [0])
            let dump = try Tool.run("ncdump", ["-h", folder + "/a.h5"]).output
            for line in [
                "step = 5 ;", "quantile = 5 ;", "int64 step(step) ;", "double quantile(quantile) ;",
                "int64 suboptimality_curve_count(optimizer, dimension, noise, learning_rate, rho, step) ;",
                "double distance_squared_curve_mean(optimizer, dimension, noise, learning_rate, rho, step) ;",
                "double distance_squared_curve_standard_error(optimizer, dimension, noise, learning_rate, rho, step) ;",
                "double distance_squared_curve_median(optimizer, dimension, noise, learning_rate, rho, step) ;",
                "double distance_squared_curve_quantiles(optimizer, dimension, noise, learning_rate, rho, step, quantile) ;",
                "suboptimality_curve_mean:coordinates = \"product label batch\" ;",
            ] { #expect(dump.contains(line), "\(line)") }
        }
    }

    @Test(.enabled(if: Tool.python != nil), arguments: ["h5netcdf", "netcdf4"])
    func xarrayReadsEveryTrajectory(engine: String) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan, cells: [0, 1, 5])
            let script = try #require(Bundle.module.path(forResource: "read_curves", ofType: "py", inDirectory: "Clients"))
            let read = try Tool.run(try #require(Tool.python), [script, path, engine])
            #expect(read.status == 0, "\(read.errors)")
            var lines = read.output.split(separator: "\n").makeIterator()
            func text(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }
            for (index, quantity) in plan.curveQuantities.enumerated() {
                for cell in 0..<plan.cellCount {
                    for step in plan.curveSteps {
                        let key = plan.key(cell)
                        let values = (0..<plan.trials).map { plan.curveValue(index, key: key, $0, step) }
                        let summary = CurveSummary([0, 1, 5].contains(cell) ? values : [])
                        let numbers = [summary.mean, summary.standardError, summary.median] + summary.quantiles
                        let expected = "\(quantity) \(summary.count) " + numbers.map(text).joined(separator: " ")
                        #expect(lines.next().map(String.init) == expected)
                    }
                }
            }
        }
    }
}
