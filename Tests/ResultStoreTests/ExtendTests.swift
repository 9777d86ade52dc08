import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

@Suite struct ExtendTests {
    func makeResult(_ path: String, _ plan: FakePlan, limit: Int = .max) throws {
        let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
        try plan.run(writer, limit: limit)
        try writer.finish()
    }

    /// Extends a finished result of `old` to `new`; returns how many trials were reused and how many computed.
    func extend(_ path: String, to new: FakePlan, drop: Bool = false) throws -> (reused: Int, computed: Int) {
        let writer = try ResultWriter.open(path: path, plan: new, allowDrop: drop, provenance: .test)
        #expect(writer.isExtension)
        let reused = writer.summary.done
        let computed = try new.run(writer)
        #expect(try writer.finish().missing == 0)
        let reader = try ResultReader.open(path)
        #expect(try Truth(new).compare(reader).complaint == nil)
        #expect(reader.isMarkedComplete && reader.dimensions == new.dimensions)
        #expect(reader.history.split(separator: "\n").count == 2)
        return (reused, computed)
    }

    @Test func moreTrialsValuesAndOptimizersReuseWhatIsThere() throws {
        let old = FakePlan()
        var trials = old, values = old, optimizers = old, everything = old
        trials.trials = 25
        values.rhos = [0, 0.05, 0.1, 0.2, 0.25, 1]
        optimizers.optimizers = ["n-sam", "sgd", "m-sam"]
        everything.trials = 11
        everything.rhos = [0.25, 0.1, 0, 3]
        everything.learningRates = [0.05, 0.01, 0.1]
        everything.optimizers = ["m-sam", "sgd", "usam"]
        for new in [trials, values, optimizers, everything] {
            try withFolder { folder in
                try makeResult(folder + "/a.h5", old)
                let (reused, computed) = try extend(folder + "/a.h5", to: new)
                #expect(reused == 200)
                let all = (0..<new.cellCount).count { !new.isExcluded($0) } * new.trials
                #expect(computed == all - 200)
                #expect(names(in: folder) == ["a.h5"])
            }
        }
    }

    @Test func theOldFileStaysUntilTheRunEnds() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var new = FakePlan()
            try makeResult(path, new)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            new.trials = 30
            // A run that is killed: nothing ends it.
            do {
                let writer = try ResultWriter.open(path: path, plan: new, provenance: .test)
                try new.run(writer, limit: 100)
                try writer.synchronise()
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            let second = try ResultWriter.open(path: path, plan: new, provenance: .test)
            #expect(second.summary.done == 300)
            // One that is interrupted: what is there takes the place, and is continued.
            let stored = try new.run(second, limit: 50)
            try second.finish()
            #expect(names(in: folder) == ["a.h5"])
            let third = try ResultWriter.open(path: path, plan: new, provenance: .test)
            #expect(!third.isExtension && third.summary.done == 300 + stored)
            try new.run(third)
            try third.finish()
            #expect(try Truth(new).compare(ResultReader.open(path)).complaint == nil)
        }
    }

    @Test func anotherStatisticIsComputedForAllAndNothingIsLostMeanwhile() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var new = FakePlan()
            try makeResult(path, new)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            new.statistics.insert(FakePlan.suboptimality, at: 0)
            let writer = try ResultWriter.open(path: path, plan: new, provenance: .test)
            #expect(writer.summary.done == 0 && writer.summary.missing == 200)
            try new.run(writer, limit: 60)
            // Interrupted: the result keeps its finished trials.
            try writer.finish()
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            let (reused, computed) = try extend(path, to: new)
            #expect(reused == 60 && computed == 140)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func aSmallerSweepDeletesNothingUnlessTold() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let old = FakePlan()
            try makeResult(path, old)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            var fewerTrials = old, fewerValues = old, fewerStatistics = old, dropped = old
            fewerTrials.trials = 7
            fewerValues.rhos = [0, 0.25, 0.3]
            fewerStatistics.statistics = [FakePlan.distance]
            dropped.excluded = [[0.25, 0.05], [0.1, 0.01]]
            dropped.sourceText += "where: more\n"
            for (new, lost, kept) in [
                (fewerTrials, "60 finished trials (trials 7 to 9)", 140),
                (fewerValues, "80 finished trials (rho=0.1)", 120),
                (fewerStatistics, "200 finished trials (statistic zero_gradients; statistic iterate)", 200),
                (dropped, "40 finished trials", 160),
            ] {
                let error = #expect(throws: ResultStoreError.self) {
                    try ResultWriter.open(path: path, plan: new, provenance: .test)
                }
                #expect(error?.kind == .cannotCreate && error?.reason.contains(lost) == true, "\(error!)")
                #expect(error?.remedy.contains("--drop") == true)
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
                #expect(names(in: folder) == ["a.h5"])
                let (reused, _) = try extend(path, to: new, drop: true)
                #expect(reused == kept)
                try before.write(to: URL(fileURLWithPath: path))
            }
        }
    }

    @Test func whatIsMissingCostsNothingToLeave() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var plan = FakePlan()
            // Only cells of the first optimizer.
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(writer, cells: 0..<12)
            try writer.finish()
            plan.optimizers = ["sgd"]
            let smaller = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(smaller.summary.missing == 0 && smaller.summary.done == 100)
            try smaller.finish()
            #expect(try ResultReader.open(path).isMarkedComplete)
        }
    }

    @Test func changingTheSweepInTheMiddleOfAnExtensionLosesNothing() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var first = FakePlan()
            try makeResult(path, first, limit: 120)
            first.statistics.append(FakePlan.suboptimality)
            do {
                let writer = try ResultWriter.open(path: path, plan: first, provenance: .test)
                try first.run(writer, limit: 70)
                try writer.finish()
            }
            #expect(names(in: folder) == ["a.h5", "a.h5.samsweep-extended"])
            var second = first
            second.trials = 12
            let (reused, _) = try extend(path, to: second)
            #expect(reused == 70)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func zipsAreMatchedByTheirQuantities() throws {
        func layout(_ names: [String], _ pairs: [(Double, Double)], rates: [Double]) -> ResultLayout {
            ResultLayout(
                dimensions: [
                    GridDimension(name: "optimizer", values: .names(names), longName: ""),
                    GridDimension(
                        name: "paired", values: .numbers((0..<pairs.count).map(Double.init)),
                        longName: "position in the zip paired", kind: .positions),
                ],
                auxiliaryCoordinates: [
                    AuxiliaryCoordinate(
                        name: "rho", dimensions: ["paired"], values: .numbers(pairs.map(\.0)), longName: ""),
                    AuxiliaryCoordinate(
                        name: "noise", dimensions: ["paired"], values: .numbers(pairs.map(\.1)), longName: ""),
                    AuxiliaryCoordinate(
                        name: "learning_rate", dimensions: ["optimizer", "paired"], values: .numbers(rates), longName: ""),
                ],
                fixedParameters: [], trials: 4, coordinates: nil, statistics: [])
        }
        let old = layout(["a", "b"], [(1, 2), (3, 4)], rates: [10, 20, 30, 40])
        let new = layout(["b", "c", "a"], [(3, 4), (1, 9), (1, 2)], rates: [40, 1, 31, 1, 1, 1, 20, 1, 10])
        let map = try #require(CellMap(from: old, to: new))
        // (b, (1, 2)) has another learning rate.
        #expect((0..<9).map(map.oldCell) == [3, nil, nil, nil, nil, nil, 1, nil, 0])
        #expect(CellMap(from: old, to: ResultLayout(FakePlan())) == nil)
    }

    @Test func anotherShardsFileIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let plan = FakePlan()
            let first = ShardPart(Shard(index: 0, count: 2)!) { _ in 0..<5 }, second = ShardPart(Shard(index: 1, count: 2)!) { _ in 5..<10 }
            try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: first).finish()
            let error = #expect(throws: ResultStoreError.self) {
                try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: second)
            }
            #expect(error?.kind == .cannotCreate && error?.reason.contains("shard 0/2") == true)
        }
    }
}
