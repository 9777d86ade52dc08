import ArgumentParser
import KernelSelection
import TrialContract

extension NoisePrecision: ExpressibleByArgument {}

/// Normals mapped back to uniforms by their distribution function.
struct Uniforms: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the normals' probabilities as 32-bit words, without end: trials fastest, then coordinates, then steps.")

    @Argument(help: "double or single")
    var precision: NoisePrecision

    @Option(help: "Leading bits of each probability: 32, or 16, two to a word. Normals in single precision resolve 24.")
    var bits: Int = 32

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    func validate() throws {
        guard bits == 32 || bits == 16 else { throw ValidationError("--bits is 16 or 32, not \(bits).") }
    }

    func run() throws {
        let isWhole = bits == 32
        let kernel = try KernelSelection.kernel()
        let distribution = NormalDistribution()
        var trial = 0
        while true {
            let noise = kernel.unitNoise(NoiseRequest(
                precision: precision, streamKey: seed, firstTrial: trial, steps: 0..<128, dimension: 16))
            let words = noise.map { UInt32(clamping: Int64(distribution.probability(below: $0) * 0x1p32)) }
            try StandardOutput.write(isWhole ? words : stride(from: 0, to: words.count, by: 2).map {
                words[$0] & 0xFFFF_0000 | words[$0 + 1] >> 16
            })
            trial += 8
        }
    }
}
