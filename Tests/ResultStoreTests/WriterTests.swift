import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

@Suite struct WriterTests {
    @Test func everythingWrittenIsReadBack() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            #expect(writer.summary == CompletionCounts(missing: 200, excluded: 40))
            try plan.run(writer, length: 3)
            #expect(try writer.finish().missing == 0)
            let reader = try ResultReader.open(folder + "/a.h5")
            #expect(try plan.complaints(reader).isEmpty)
            #expect(reader.isMarkedComplete)
            #expect(reader.dimensions == plan.dimensions)
            #expect(reader.auxiliaryCoordinates == plan.auxiliaryCoordinates)
            #expect(reader.fixedParameters == plan.fixedParameters)
            #expect(reader.sweepText == plan.sourceText && reader.title == plan.title)
            #expect(reader.sweepFingerprint == plan.sweepFingerprint && reader.planFingerprint == plan.planFingerprint)
            #expect(reader.statistics.map(\.storage) == [.float64, .int32, .float64PerCoordinate])
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func aNewFileIsEmptyAndNothingReadsZero() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let path = folder + "/new/er/a.h5"
            _ = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            let reader = try ResultReader.open(path)
            #expect(try plan.complaints(reader) { _, _ in false }.isEmpty)
            #expect(!reader.isMarkedComplete)
            // Also for those who do not look at the status.
            let raw = try RawFile(path: path, writable: false)
            let header = try ResultHeader.read(path)
            for variable in header.layout.statistics where variable.element == .float64 {
                let values = try raw.read(
                    count: header.layout.rowCount * variable.width, zero: 0.0, at: header.offsets[variable.name]!, "")
                #expect(values.allSatisfy { $0.isNaN })
            }
        }
    }

    @Test func resumingRunsOnlyWhatIsMissing() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            let stored = try plan.run(first, length: 3, limit: 50)
            #expect(try plan.run(first, limit: 20) == 20)
            let counts = try first.finish()
            #expect(counts.done == stored + 20 && counts.missing == 200 - counts.done)
            #expect(try !ResultReader.open(path).isMarkedComplete)
            let second = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(second.summary == counts)
            #expect(try plan.run(second) == counts.missing)
            try second.finish()
            #expect(try plan.complaints(ResultReader.open(path)).isEmpty)
            let third = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(try plan.run(third) == 0)
            try third.finish()
        }
    }

    @Test func whatIsOnItsWayIsNotMissing() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            for turn in 0..<50 {
                try writer.store(plan.block(cells: [turn % 2 == 0 ? 0 : 1], trials: turn / 10..<turn / 10 + 1))
                let missing = try writer.missingTrials(cells: 0..<2)
                #expect(missing[0].first?.lowerBound == turn / 10 + 1)
            }
            try writer.finish()
        }
    }

    @Test func blocksOfSeveralCellsFindTheirRows() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            // Cells 0-5 have one coordinate, 6-11 three.
            try writer.store(plan.block(cells: [0, 1, 3], trials: 0..<10))
            try writer.store(plan.block(cells: [6, 8, 10], trials: 2..<7))
            try writer.finish()
            let complaints = try plan.complaints(ResultReader.open(folder + "/a.h5")) { cell, trial in
                [0, 1, 3].contains(cell) || ([6, 8, 10].contains(cell) && (2..<7).contains(trial))
            }
            #expect(complaints.isEmpty)
        }
    }

    @Test func freshStartsOver() throws {
        try withFolder { folder in
            var plan = FakePlan()
            let path = folder + "/a.h5"
            let first = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(first)
            try first.finish()
            plan.sweepFingerprint = "another"
            let second = try ResultWriter.open(path: path, plan: plan, mode: .fresh, provenance: .test)
            #expect(second.summary.done == 0)
            try second.finish()
            #expect(try plan.complaints(ResultReader.open(path)) { _, _ in false }.isEmpty)
        }
    }

    @Test func aShardCountsItsOwnTrials() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let shard = ShardPart(Shard(index: 1, count: 3)!) { _ in 4..<7 }
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test, shard: shard)
            #expect(writer.summary == CompletionCounts(missing: 60, excluded: 12))
            try writer.finish()
            #expect(try ResultReader.open(folder + "/a.h5").shard == Shard(index: 1, count: 3))
        }
    }
}
