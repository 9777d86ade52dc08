import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

/// Results whose cells are asked for different numbers of trials, in rounds.
@Suite struct UnequalCellTests {
    /// Dropped cells have their neighbour's number.
    static func asked(_ plan: FakePlan, round: Int) -> [Int] {
        var last = 4
        return (0..<plan.cellCount).map { cell in
            if !plan.isExcluded(cell) { last = 4 + round * (cell * 7 % 5) }
            return last
        }
    }

    /// What a round asks for, in a plan of as many trials as its largest cell has.
    static func open(
        _ path: String, _ plan: FakePlan, _ asked: [Int], _ rounds: [String] = []
    ) throws -> ResultWriter {
        var plan = plan
        plan.trials = asked.max()!
        return try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: ShardPart(asked: asked), rounds: rounds)
    }

    /// Computes what a writer says is missing, at most `limit` trials of it.
    @discardableResult
    static func compute(_ writer: ResultWriter, _ plan: FakePlan, limit: Int = .max) throws -> Int {
        var done = 0
        for cell in 0..<plan.cellCount {
            for run in try writer.missingTrials(cells: cell..<cell + 1)[0] where done < limit {
                let own = run.prefix(limit - done)
                try writer.store(plan.block(cells: [cell], trials: own.lowerBound..<own.upperBound))
                done += own.count
            }
        }
        return done
    }

    static func expectExactly(_ asked: [Int], _ path: String, _ plan: FakePlan, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let reader = try ResultReader.open(path)
        let trials = asked.max()!
        #expect(reader.trials == trials && reader.askedTrials == asked, sourceLocation: sourceLocation)
        for cell in 0..<plan.cellCount {
            let states = try reader.status(cells: cell..<cell + 1), distances = try reader.values(of: "distance", cells: cell..<cell + 1)
            for trial in 0..<trials {
                let isThere = trial < asked[cell] && !plan.isExcluded(cell)
                let state: UInt8 = trial >= asked[cell] ? 4 : plan.isExcluded(cell) ? 3 : plan.diverges(cell, trial) ? 2 : 1
                #expect(states[trial] == state, sourceLocation: sourceLocation)
                let value = isThere ? plan.value("distance", cell, trial) : .nan
                #expect(distances[trial].bitPattern == value.bitPattern || distances[trial].isNaN && value.isNaN, sourceLocation: sourceLocation)
            }
        }
    }

    @Test func aResultGrowsInRoundsAndHoldsNoMoreThanIsAskedFor() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            var before = 0
            for round in 0..<4 {
                let asked = Self.asked(plan, round: round)
                let writer = try Self.open(path, plan, asked, (0...round).map { "round \($0)" })
                let all = (0..<plan.cellCount).reduce(0) { $0 + (plan.isExcluded($1) ? 0 : asked[$1]) }
                #expect(writer.summary.done == before && writer.summary.missing == all - before)
                #expect(try Self.compute(writer, plan) == all - before)
                let counts = try writer.finish(isLast: round == 3)
                #expect(counts.missing == 0 && counts.done == all)
                try Self.expectExactly(asked, path, plan)
                let reader = try ResultReader.open(path)
                #expect(reader.isMarkedComplete == (round == 3) && reader.rounds == (0...round).map { "round \($0)" })
                #expect(try reader.counts() == counts && reader.hasUnequalCells == (round > 0))
                before = all
            }
            #expect(names(in: folder) == ["a.h5"])
            // What is not asked for takes no room: sixteen times the trials in one cell are not sixteen files.
            var far = Self.asked(plan, round: 3)
            let small = try Data(contentsOf: URL(filePath: path)).count
            far[0] = 4096
            let writer = try Self.open(path, plan, far)
            try Self.compute(writer, plan)
            try writer.finish()
            let bytes = 4096 * (8 + 4 + 24 + 1 + 8 + 8)
            #expect(try Data(contentsOf: URL(filePath: path)).count < small + bytes + 20_000)
        }
    }

    /// The log of rounds is carried from file to file, written again in the end, and lost alone where its bytes are damaged.
    @Test func theLogOfRoundsMayBeWrittenAgain() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            func open(_ round: Int, _ text: String) throws -> ResultWriter {
                var own = plan
                let asked = Self.asked(plan, round: round)
                own.trials = asked.max()!
                return try ResultWriter.open(
                    path: path, plan: own, provenance: .test, shard: ShardPart(asked: asked), rounds: ["r"], log: RoundLog(text: text, room: 40))
            }
            for (round, text) in ["", "one · 1\n"].enumerated() {
                let writer = try open(round, text)
                try Self.compute(writer, plan)
                try writer.finish(isLast: false)
                let reader = try ResultReader.open(path)
                #expect(try reader.roundLog() == text && reader.mostRoundLog == text.utf8.count + 40)
            }
            let last = try open(1, "of a new file")
            try last.keep(roundLog: String(repeating: "x", count: 50))
            try last.keep(roundLog: "one · 1\ntwo")
            try last.finish()
            let reader = try ResultReader.open(path)
            #expect(try reader.roundLog() == "one · 1\ntwo" && reader.isMarkedComplete && !reader.hasEditedTexts)
            try Self.expectExactly(Self.asked(plan, round: 1), path, plan)
            var bytes = try Data(contentsOf: URL(filePath: path))
            let place = try #require(bytes.range(of: Data("one · 1\ntwo".utf8)))
            bytes[place.lowerBound] ^= 1
            try bytes.write(to: URL(filePath: path))
            #expect(try ResultReader.open(path).roundLog() == nil)
            try Self.expectExactly(Self.asked(plan, round: 1), path, plan)
        }
    }

    /// A run that is killed in a round leaves the round before whole, and what it computed beside it.
    @Test func aKilledRoundGoesOn() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            let first = Self.asked(plan, round: 1), second = Self.asked(plan, round: 3)
            let one = try Self.open(path, plan, first)
            try Self.compute(one, plan)
            try one.finish(isLast: false)
            do {
                let writer = try Self.open(path, plan, second)
                try Self.compute(writer, plan, limit: 30)
                try writer.synchronise()
            }
            try Self.expectExactly(first, path, plan)
            let writer = try Self.open(path, plan, second)
            let there = (0..<plan.cellCount).reduce(0) { $0 + (plan.isExcluded($1) ? 0 : first[$1]) }
            #expect(writer.summary.done == there + 30)
            try Self.compute(writer, plan)
            try writer.finish()
            try Self.expectExactly(second, path, plan)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func anOrdinaryResultAndAGoalsGoOverIntoEachOther() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var plan = FakePlan()
            // All cells have six; a goal then asks some for more and none for less.
            plan.trials = 6
            let number = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(number)
            try number.finish()
            let asked = Self.asked(plan, round: 2).map { max(6, $0) }
            let goal = try Self.open(path, plan, asked)
            try Self.compute(goal, plan)
            try goal.finish()
            try Self.expectExactly(asked, path, plan)
            // And back: a number fills all cells up.
            plan.trials = asked.max()!
            let full = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(full.summary.missing > 0)
            try plan.run(full)
            try full.finish()
            let reader = try ResultReader.open(path)
            #expect(!reader.hasUnequalCells && reader.isMarkedComplete)
            #expect(try Truth(plan).compare(reader).complaint == nil)
        }
    }

    @Test func whatCannotBeDoneToItIsSaid() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            let writer = try Self.open(path, plan, Self.asked(plan, round: 2))
            try Self.compute(writer, plan)
            try writer.finish()
            let packing = #expect(throws: ResultStoreError.self) { try ResultCompression.run(path: path, threads: 1) }
            #expect(packing?.reason.contains("different numbers of trials") == true)
            let merging = #expect(throws: ResultStoreError.self) {
                try ResultMerger(paths: [path, path], output: folder + "/b.h5", provenance: .test).run()
            }
            #expect(merging?.reason.contains("different numbers of trials") == true && names(in: folder) == ["a.h5"])
        }
    }

    @Test(.enabled(if: Tool.python != nil), arguments: ["h5netcdf", "netcdf4"])
    func xarrayReadsWhatWasAskedFor(engine: String) throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            let asked = Self.asked(plan, round: 2)
            let writer = try Self.open(path, plan, asked, ["round 1"])
            try Self.compute(writer, plan)
            try writer.finish()
            let script = """
                import sys, numpy as np, xarray as xr
                with xr.open_dataset(sys.argv[1], engine=sys.argv[2]) as r:
                    s = r.status.values.reshape(-1, r.sizes["trial"])
                    d = r.distance.values.reshape(s.shape)
                    assert list(r.status.attrs["flag_values"]) == [0, 1, 2, 3, 4], r.status.attrs
                    assert r.status.attrs["flag_meanings"].split()[4] == "not_asked"
                    assert r.status.dtype == np.uint8 and np.isnan(d[s != 1]).all() and np.isfinite(d[s == 1]).all()
                    print(*(s != 4).sum(1))
                """
            let read = try Tool.run(try #require(Tool.python), ["-c", script, path, engine])
            #expect(read.status == 0, "\(read.errors)")
            #expect(read.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } == asked)
        }
    }
}
