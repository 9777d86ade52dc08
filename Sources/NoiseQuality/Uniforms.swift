import ArgumentParser
import Glibc
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
        var writer = WordWriter()
        var trial = 0
        while true {
            let noise = kernel.unitNoise(NoiseRequest(
                precision: precision, streamKey: seed, firstTrial: trial, steps: 0..<512, dimension: 16))
            for z in noise {
                let probability = 0.5 * erfc(-z / 2.0.squareRoot())
                try writer.write(UInt32(min(probability * 0x1p32, 0xFFFF_FFFF)))
            }
            trial += 8
        }
    }
}
