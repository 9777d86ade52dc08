import Foundation
import Testing

@Suite struct CompressionTests {
    @Test func aCompressedResultHoldsTheSameTrialsAndNothingIsMissing() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "whole.h5").status == 0)
        let whole = try program.run("export", "--trials", "whole.h5").output
        let command = ["run", "sweep.yaml", "--output", "r.h5", "--compress", "6"]
        let outcome = try program.finish(program.start(command))
        #expect(outcome.status == 0 && outcome.messages.contains("samsweep: compressed from "), "\(outcome.messages)")
        let again = try program.finish(program.start(command))
        #expect(again.status == 0 && again.messages.contains("nothing is missing") && !again.messages.contains("compressed"))
        #expect(try program.run("export", "--trials", "r.h5").output == whole)

        // More trials start from what is there.
        let grown = try program.finish(program.start(command + ["--set", "trials=30"]))
        #expect(grown.status == 0 && grown.messages.contains("reused"), "\(grown.messages)")
        #expect(grown.messages.contains("compressed from "))
    }

    @Test func aMergedResultIsCompressedWhereItIsComplete() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        for index in 0..<2 { #expect(try program.run("run", "sweep.yaml", "--shard", "\(index)/2").status == 0) }
        let parts = (0..<2).map { "Results/small-shard-\($0)-of-2.h5" }
        let merged = try program.run("merge", parts[0], parts[1], "--output", "merged.h5", "--compress", "1")
        #expect(merged.status == 0 && merged.messages.contains("compressed from "), "\(merged.messages)")
        let partial = try program.run("merge", parts[0], "--output", "partial.h5", "--compress", "1")
        #expect(partial.status == 0 && !partial.messages.contains("compressed"))
    }

    /// Other programs choose other chunks: the 20,000 of this result are looked up one by one before it is read.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/h5repack")))
    func aResultThatWasPackedInChunksOfOneTrialIsRead() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: many
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: sgd
            steps: 2
            trials: 20000
            axes: {learning_rate: [0.1], noise: [1]}
            """)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        let packed = try RunningProgram(
            URL(filePath: "/usr/bin/h5repack"),
            ["-f", "distance:GZIP=1", "-l", "distance:CHUNK=1x1x1x1x1x1", "r.h5", "packed.h5"], in: program.folder, environment: [:]
        ).finish()
        #expect(packed.status == 0, "\(packed.messages)")
        let export = try program.run("export", "packed.h5")
        #expect(export.status == 0, "\(export.messages)")
        #expect(try program.run("export", "r.h5").output == export.output)
    }

    @Test func levelsAndShardsAreChecked() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--compress", "10").status == 64)
        #expect(try program.run("run", "sweep.yaml", "--compress", "1", "--shard", "0/2").status == 64)
    }
}
