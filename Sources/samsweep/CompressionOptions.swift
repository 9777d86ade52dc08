import ArgumentParser
import ResultStore
import SweepExecution

/// Whether a finished result is made smaller.
struct CompressionOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Compress the result when it is complete, with gzip at level 1 (fast) to 9 (small).", valueName: "level"))
    var compress: Int?

    func validate() throws {
        if let compress, !(1...9).contains(compress) {
            throw ValidationError("--compress \(compress) is out of range: give a level from 1 to 9")
        }
    }

    /// Compresses the complete result at `path` where that is asked for.
    ///
    /// - Returns: what it gained and how long it took, for people; `nil` where nothing was done.
    func run(_ path: String, threads: Int) throws -> String? {
        guard let compress else { return nil }
        let clock = ContinuousClock()
        var summary: ResultCompression.Summary?
        let time = try clock.measure { summary = try ResultCompression.run(path: path, level: compress, threads: threads) }
        guard let summary else { return nil }
        let sizes = "\(NumberText.bytes(Double(summary.bytesBefore))) to \(NumberText.bytes(Double(summary.bytesAfter)))"
        return "compressed from \(sizes) in \(NumberText.duration(time / .seconds(1)))"
    }
}
