import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

/// Vectors of trials and of trajectories in result files.
@Suite struct VectorTests {
    let plan = FakePlan.largeWithVectors
    private static let truth = Truth(.largeWithVectors)
    private var truth: Truth { Self.truth }

    private func run(_ path: String, _ plan: FakePlan, cells: [Int]? = nil, shard: ShardPart? = nil) throws {
        let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: shard)
        for cell in cells ?? Array(0..<plan.cellCount) where !plan.isExcluded(cell) {
            try writer.store(plan.block(cells: [cell], trials: 0..<plan.trials))
        }
        try writer.finish()
    }

    @Test func everyNumberIsWhereItBelongsAlsoAfterAnInterruption() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            for block in try WorkList.blocks(plan, first, seed: 3, longest: 120).dropLast(60) {
                try first.store(plan.block(cells: block.cells, trials: block.trials))
            }
            let before = try first.finish()
            #expect(before.missing > 0)
            let second = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(second.summary.done >= before.done)
            try plan.run(second, length: 77)
            #expect(try second.finish().missing == 0)
            let reader = try ResultReader.open(path)
            let (done, complaint) = try truth.compare(reader)
            #expect(complaint == nil && done.count == 11_916 && reader.isMarkedComplete)
            #expect(reader.statistics.map(\.storage) == [.float64, .float64Vector(2), .int32, .float64PerCoordinate])
            #expect(reader.curveQuantities.map { reader.curveWidth(of: $0) } == [1, 3, 2])
        }
    }

    @Test func shardsMergeIntoTheSame() throws {
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
            let merged = folder + "/m.h5"
            let summary = try ResultMerger(paths: paths, output: merged, provenance: .test, plan: plan) { part($0.index) }.run()
            #expect(summary.counts.missing == 0)
            #expect(try truth.compare(ResultReader.open(merged)).complaint == nil)
        }
    }

    @Test func aGrownSweepKeepsVectorsAndAnotherTextDoesNot() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan)
            var grown = plan
            grown.rhos = [0.05, 0, 0.1, 0.25, 0.5, 1, 2]
            let writer = try ResultWriter.open(path: path, plan: grown, provenance: .test)
            #expect(writer.isExtension && writer.summary.done == 11_916)
            try grown.run(writer, length: 100)
            try writer.finish()
            #expect(try Truth(grown).compare(ResultReader.open(path)).complaint == nil)
            // The same names and other texts, of the statistic and of the trajectory.
            var other = grown, otherCurve = grown
            other.statistics[1] = FakePlan.weights("u + v")
            otherCurve.curveVectors["weights"]?.formula = "u + v"
            for (changed, word) in [(other, "statistic weights"), (otherCurve, "curves of weights")] {
                let error = #expect(throws: ResultStoreError.self) {
                    try ResultWriter.open(path: path, plan: changed, provenance: .test)
                }
                #expect(error?.reason.contains(word) == true, "\(String(describing: error))")
            }
            var spaced = grown
            spaced.curveVectors["weights"]?.formula = "u*v"
            #expect(try ResultWriter.open(path: path, plan: spaced, provenance: .test).summary.missing == 0)
        }
    }

    @Test(.enabled(if: Tool.python != nil), arguments: ["h5netcdf", "netcdf4"])
    func xarrayHasThemAlongTheirDimensions(engine: String) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try run(path, plan, cells: [0, 1, 5, 12])
            let script = try #require(Bundle.module.path(forResource: "read_vectors", ofType: "py", inDirectory: "Clients"))
            let read = try Tool.run(try #require(Tool.python), [script, path, engine])
            #expect(read.status == 0, "\(read.errors)")
            var lines = read.output.split(separator: "\n").makeIterator()
            func text(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }
            for cell in 0..<plan.cellCount {
                let isThere = [0, 1, 5, 12].contains(cell)
                let weights = (0..<2).map { isThere ? plan.value("weights", cell, 7, $0) : .nan }
                #expect(lines.next().map(String.init) == (["weights"] + weights.map(text)).joined(separator: " "))
                for (quantity, width) in [(1, 3), (2, 2)] {
                    let own = plan.curveWidth(quantity, cell: cell).own, key = plan.key(cell)
                    let means = (0..<width).map { number in
                        CurveSummary(isThere && number < own
                            ? (0..<plan.trials).map { plan.curveValue(quantity, key: key, $0, 3, number) } : []).quantiles[1]
                    }
                    #expect(lines.next().map(String.init) == ([plan.curveQuantities[quantity]] + means.map(text)).joined(separator: " "))
                }
            }
        }
    }
}
