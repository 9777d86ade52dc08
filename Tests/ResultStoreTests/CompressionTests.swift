import Foundation
import PortableMath
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

@Suite struct CompressionTests {
    @Test(arguments: [FakePlan.large, .largeWithCurves])
    func aCompressedResultReadsTheSameAndIsGoneOnWith(plan: FakePlan) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            var plan = plan
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(writer)
            try writer.finish()
            let summary = try #require(try ResultCompression.run(path: path, threads: 3))
            #expect(summary.bytesAfter < summary.bytesBefore)
            #expect(names(in: folder) == ["a.h5"])
            let reader = try ResultReader.open(path)
            #expect(reader.isMarkedComplete && reader.header.offsets["distance"] == nil)
            #expect(try Truth(plan).compare(reader).complaint == nil)
            if Tool.exists("h5dump") {
                let dump = try Tool.run("h5dump", ["-p", "-H", "-d", "/distance", path])
                #expect(dump.output.contains("SHUFFLE") && dump.output.contains("DEFLATE"))
                #expect(try Tool.run("h5dump", ["-d", "/iterate", path]).status == 0)
            }
            // Nothing is missing, and a grown sweep starts from it.
            let same = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            #expect(same.summary.missing == 0 && same.summary.done == 11_916)
            #expect(try same.missingTrials(cells: 0..<2) == [[], []])
            try same.finish()
            plan.trials = 340
            let grown = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            // Trajectories over more trials need all of them.
            #expect(grown.summary.done == (plan.curve == nil ? 11_916 : 0))
            try plan.run(grown)
            try grown.finish()
            #expect(try Truth(plan).compare(ResultReader.open(path)).complaint == nil)
        }
    }

    /// The process that tries the file is a copy of this one, which has it open already.
    @Test func anOpenCompressedResultIsOpenedAgain() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: FakePlan(), provenance: .test)
            try FakePlan().run(writer)
            try writer.finish()
            _ = try ResultCompression.run(path: path, threads: 1)
            let first = try ResultReader.open(path)
            #expect(try ResultReader.open(path).counts() == first.counts())
        }
    }

    @Test(.enabled(if: Tool.python != nil)) func pythonReadsItAndFindsTheSameTrials() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: FakePlan.large, provenance: .test)
            try FakePlan.large.run(writer)
            try writer.finish()
            _ = try ResultCompression.run(path: path, level: 1, threads: 1)
            let script = try #require(Bundle.module.path(forResource: "count_finished", ofType: "py", inDirectory: "Clients"))
            let count = try Tool.run(#require(Tool.python), [script, path])
            #expect(count.output == "11916 11916\n", "\(count.errors)")
        }
    }

    @Test func aFlippedByteOfACompressedResultIsFound() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let plan = FakePlan()
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(writer)
            try writer.finish()
            _ = try ResultCompression.run(path: path, threads: 2)
            let good = try Data(contentsOf: URL(fileURLWithPath: path))
            for turn in 0..<25 {
                var generator = SplitMix64(seed: UInt64(turn))
                var bad = good
                bad[Int(generator.next() % UInt64(bad.count))] ^= UInt8(generator.next() % 255 + 1)
                try bad.write(to: URL(fileURLWithPath: path))
                do {
                    #expect(try plan.complaints(ResultReader.open(path)).isEmpty)
                } catch {
                    #expect((error as? ResultStoreError)?.kind == .damaged)
                }
            }
        }
    }

    @Test func whatIsNotCompleteIsNotCompressed() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: FakePlan(), provenance: .test)
            try writer.finish()
            let error = #expect(throws: ResultStoreError.self) { try ResultCompression.run(path: path, threads: 1) }
            #expect(error?.kind == .cannotCreate)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func chunksCoverEveryElementOnce() {
        for lengths in [[7], [3, 5], [2, 3, 4], [1, 1, 6, 1], [4, 1, 3, 2]] {
            for elements in [1, 2, 5, 6, 12, 100] {
                let grid = ChunkGrid(lengths: lengths, elements: elements)
                var next = 0
                for index in 0..<grid.count {
                    let (origin, range) = grid[index]
                    #expect(range.lowerBound == next && range.count <= grid.elementsPerChunk)
                    #expect(zip(origin, lengths).reduce(0) { $0 * $1.1 + $1.0 } == range.lowerBound)
                    next = range.upperBound
                }
                #expect(next == lengths.reduce(1, *))
                #expect(grid.elementsPerChunk <= max(elements, 1))
            }
        }
    }
}
