import Foundation
import Testing

@Suite struct ShardTests {
    @Test func shardsMergeIntoTheUnshardedResult() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        for index in 0..<3 {
            let outcome = try program.run("run", "sweep.yaml", "--shard", "\(index)/3")
            #expect(outcome.status == 0 && outcome.output == "Results/small-shard-\(index)-of-3.h5\n")
        }
        let parts = (0..<3).map { "Results/small-shard-\($0)-of-3.h5" }
        #expect(try program.run("merge", parts[2], parts[0], parts[1], "--output", "merged.h5").status == 0)
        let whole = try program.run("export", "--trials", "whole.h5").output
        #expect(try program.run("export", "--trials", "merged.h5").output == whole)

        // A partial merge says what is missing and how to get it, and the same file can be completed.
        let partial = try program.run("merge", parts[0], parts[2], "--output", "partial.h5")
        #expect(partial.status == 0)
        #expect(partial.messages.contains("samsweep run \(program.path("sweep.yaml")) --shard 1/3"))
        #expect(try program.run("run", "sweep.yaml", "--output", "partial.h5").status == 0)
        #expect(try program.run("export", "--trials", "partial.h5").output == whole)
    }

    @Test func aForeignShardIsNamedAndNothingIsWritten() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "a.h5").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--set", "seed=8", "--output", "b.h5").status == 0)
        let outcome = try program.run("merge", "a.h5", "b.h5", "--output", "merged.h5")
        #expect(outcome.status == 65)
        #expect(outcome.messages.contains("b.h5") && outcome.messages.contains("seed"))
        #expect(!program.files.contains("merged.h5"))
    }

    @Test func aFlippedBitIsFound() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        var bytes = try Data(contentsOf: URL(filePath: program.path("r.h5")))
        // Far behind the header lie the values.
        bytes[bytes.count - 3000] ^= 0x10
        try bytes.write(to: URL(filePath: program.path("r.h5")))
        for command in [["export", "r.h5"], ["audit", "r.h5"], ["merge", "r.h5", "--output", "m.h5"]] {
            let outcome = try program.finish(program.start(command))
            #expect(outcome.status == 65, "\(command): \(outcome.messages)")
            #expect(outcome.messages.contains("r.h5"))
        }
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 65)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--repair").status == 0)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let whole = try program.run("export", "--trials", "whole.h5").output
        #expect(try program.run("export", "--trials", "r.h5").output == whole)
    }
}
