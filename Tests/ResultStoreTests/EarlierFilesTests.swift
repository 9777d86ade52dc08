import Foundation
import StoreFixtures
import Testing

@testable import ResultStore

/// Files of earlier versions, as these wrote them.
@Suite struct EarlierFilesTests {
    private func path(_ name: String) throws -> String {
        try #require(Bundle.module.path(forResource: "EarlierFiles/\(name)", ofType: nil))
    }

    /// Shards were as large as the whole result once.
    @Test func shardsOfFullSizeAreMerged() throws {
        let shards = try (0..<2).map { try path("full-size-\($0).h5") }
        let readers = try shards.map { try ResultReader.open($0) }
        #expect(readers.allSatisfy { $0.header.layout.part == nil && $0.shard?.count == 2 })
        try withFolder { folder in
            let summary = try ResultMerger(paths: shards, output: folder + "/m.h5", provenance: .test).run()
            #expect(summary.counts == CompletionCounts(finished: 120))
            let merged = try ResultReader.open(folder + "/m.h5")
            let lines = try String(contentsOfFile: path("trials.csv"), encoding: .utf8).split(separator: "\n").dropFirst()
            let distances = lines.map { Double($0.split(separator: ",").last!) }
            #expect(try merged.values(of: "distance", cells: 0..<merged.cellCount).map(Optional.some) == distances)
            #expect(merged.isMarkedComplete)
        }
    }
}
