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

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    func run() throws {
        let kernel = try KernelSelection.kernel()
        let distribution = NormalDistribution()
        var trial = 0
        while true {
            let noise = kernel.unitNoise(NoiseRequest(
                precision: precision, streamKey: seed, firstTrial: trial, steps: 0..<128, dimension: 16))
            try StandardOutput.write(noise.map { z in
                UInt32(clamping: Int64(distribution.probability(below: z) * 0x1p32))
            })
            trial += 8
        }
    }
}
