import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

@Suite struct MergeTests {
    let plan = FakePlan.large

    /// Part I of N: trials I, of slices of eight, in turn from cell to cell.
    func part(_ index: Int, _ count: Int) -> ShardPart {
        let trials = plan.trials
        return ShardPart(Shard(index: index, count: count)!) { cell in
            let turn = (index + cell) % count
            return turn * trials / count..<(turn + 1) * trials / count
        }
    }

    func makeShard(_ path: String, _ index: Int, _ count: Int, plan: FakePlan? = nil, limit: Int = .max) throws {
        let plan = plan ?? self.plan
        let part = part(index, count)
        let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: part)
        var stored = 0
        for cell in 0..<plan.cellCount where !plan.isExcluded(cell) && stored < limit {
            let trials = part.trials(cell)
            if trials.isEmpty { continue }
            try writer.store(plan.block(cells: [cell], trials: trials))
            stored += trials.count
        }
        try writer.finish()
    }

    /// In stretches of a few tiles, as large results are merged in stretches of many.
    func merge(_ paths: [String], _ output: String) throws -> MergeSummary {
        var merger = ResultMerger(paths: paths, output: output, provenance: .test, plan: plan) { part($0.index, $0.count) }
        merger.stretchBytes = 3 * 1024 * 8
        return try merger.run()
    }

    @Test(arguments: [1, 3, 8]) func allShardsTogetherAreTheWholeBitForBit(count: Int) throws {
        try withFolder { folder in
            let paths = try (0..<count).map { index in
                let path = folder + "/shard\(index).h5"
                try makeShard(path, index, count)
                return path
            }
            let whole = try ResultWriter.open(path: folder + "/whole.h5", plan: plan, provenance: .test)
            try plan.run(whole)
            try whole.finish()
            let summary = try merge(paths.reversed(), folder + "/new/merged.h5")
            #expect(summary.counts.missing == 0 && summary.missing.isEmpty)
            let merged = try ResultReader.open(folder + "/new/merged.h5")
            #expect(merged.isMarkedComplete && merged.shard == nil)
            let expected = try ResultReader.open(folder + "/whole.h5")
            for variable in merged.header.layout.variables {
                let rows = 0..<merged.header.layout.rowCount
                #expect(try merged.bytes(variable, rows: rows) == expected.bytes(variable, rows: rows))
            }
            #expect(names(in: folder + "/new") == ["merged.h5"])
            // A run goes on with it and finds nothing to do.
            let again = try ResultWriter.open(path: folder + "/new/merged.h5", plan: plan, provenance: .test)
            #expect(again.summary.missing == 0)
            try again.finish()
        }
    }

    @Test func aPartialMergeIsValidAndSaysWhatIsMissing() throws {
        try withFolder { folder in
            try makeShard(folder + "/0.h5", 0, 4)
            try makeShard(folder + "/2.h5", 2, 4, limit: 500)
            let summary = try merge([folder + "/0.h5", folder + "/2.h5"], folder + "/m.h5")
            #expect(summary.missing.map(\.shard.description) == ["1/4", "2/4", "3/4"])
            #expect(summary.missing.map(\.isAbsent) == [true, false, true])
            #expect(summary.missing.reduce(0) { $0 + $1.trials } == summary.counts.missing)
            let reader = try ResultReader.open(folder + "/m.h5")
            #expect(!reader.isMarkedComplete)
            let (done, complaint) = try Truth(plan).compare(reader)
            #expect(complaint == nil && done.count == summary.counts.done)
            // The rest merged into it, over it.
            try makeShard(folder + "/1.h5", 1, 4)
            try makeShard(folder + "/3.h5", 3, 4)
            unlink(folder + "/2.h5")
            try makeShard(folder + "/2.h5", 2, 4)
            let all = try merge(["m", "1", "2", "3"].map { folder + "/\($0).h5" }, folder + "/m.h5")
            #expect(all.counts.missing == 0)
            #expect(try Truth(plan).compare(ResultReader.open(folder + "/m.h5")).complaint == nil)
        }
    }

    @Test func contradictingForeignAndDamagedFilesAreNamedAndNothingIsWritten() throws {
        try withFolder { folder in
            try makeShard(folder + "/0.h5", 0, 2)
            try makeShard(folder + "/1.h5", 1, 2)
            try makeShard(folder + "/whole.h5", 0, 1)
            // Overlapping and equal: fine.
            #expect(try merge([folder + "/0.h5", folder + "/whole.h5"], folder + "/m.h5").counts.missing == 0)
            unlink(folder + "/m.h5")

            var other = plan
            other.sweepFingerprint = "other"
            other.sourceText = "seed: 3\n"
            try makeShard(folder + "/foreign.h5", 1, 2, plan: other)
            try contradict(folder + "/whole.h5", to: folder + "/contradicting.h5")
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/1.h5"))
            var damaged = bytes
            damaged[try ResultHeader.read(folder + "/1.h5").offsets["distance"]! + 80_000] ^= 4
            try damaged.write(to: URL(fileURLWithPath: folder + "/damaged.h5"))
            try bytes.prefix(100_000).write(to: URL(fileURLWithPath: folder + "/short.h5"))
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/text.h5"))
            for bad in ["foreign", "contradicting", "damaged", "short", "text"] {
                let error = #expect(throws: ResultStoreError.self) {
                    try merge([folder + "/0.h5", folder + "/\(bad).h5"], folder + "/new/m.h5")
                }
                #expect(error?.kind == .damaged && error?.path == folder + "/\(bad).h5", "\(error!)")
                #expect(try Paths.entry(folder + "/new") == .nothing)
            }
            let missing = #expect(throws: ResultStoreError.self) {
                try merge([folder + "/0.h5", folder + "/none.h5"], folder + "/m.h5")
            }
            #expect(missing?.kind == .notFound)
        }
    }

    /// A copy with another value in one trial and checksums that fit it.
    private func contradict(_ path: String, to copy: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let header = try ResultHeader.read(copy)
        let rows = try StoredRows(file: RawFile(path: copy, writable: true), header: header)
        try rows.file.write([0.125], at: header.offsets["distance"]! + 8 * 3, "distance")
        let table = TileTable(rows: rows, header: header)
        try table.unseal([0])
        try table.seal([0])
    }

    @Test func anotherSweepsResultIsNotReplaced() throws {
        try withFolder { folder in
            try makeShard(folder + "/0.h5", 0, 2)
            var other = plan
            other.sweepFingerprint = "other"
            try makeShard(folder + "/other.h5", 0, 2, plan: other)
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/text.h5"))
            for output in ["other", "text"] {
                let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/\(output).h5"))
                let error = #expect(throws: ResultStoreError.self) {
                    try merge([folder + "/0.h5"], folder + "/\(output).h5")
                }
                #expect(error?.kind == .cannotCreate)
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/\(output).h5")) == before)
            }
        }
    }
}
