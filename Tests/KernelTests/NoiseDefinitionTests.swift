import Foundation
import KernelSelection
import PortableMath
import Testing
import TrialContract

/// Random123's published vectors, read from its own file.
@Test func philoxMatchesRandom123() throws {
    let url = try #require(Bundle.module.url(
        forResource: "random123-kat", withExtension: "txt", subdirectory: "Vectors"))
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    var count = 0
    for line in lines where line.hasPrefix("philox4x32 ") {
        let fields = line.split(separator: " ")
        let words = fields.dropFirst(2).compactMap { UInt32($0, radix: 16) }
        let counter = SIMD4(words[0], words[1], words[2], words[3])
        let result = Philox4x32.block(counter: counter, key: SIMD2(words[4], words[5]), rounds: Int(fields[1]) ?? 0)
        #expect(result == SIMD4(words[6], words[7], words[8], words[9]), "\(line)")
        count += 1
    }
    #expect(count == 6)
}

/// Words of a trial's draw, by the scalar generator.
private func draw(_ j: Int, unit: Int, trial: Int, stream: UInt32, key: UInt64) -> (UInt64, UInt64) {
    let words = Philox4x32.block(
        counter: SIMD4(
            UInt32(j), UInt32(unit), UInt32(truncatingIfNeeded: trial), UInt32(trial >> 32) | stream << 24),
        key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
    return (UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
}

private let key: UInt64 = 0x1234_5678_9ABC_DEF0
private let firstTrial = (5 << 32) + 11

/// The definition as it stands in the documentation, in plain scalar arithmetic.
private func plainNormals(_ radius: Double, _ t: Double, negated: Bool, swapped: Bool) -> (Double, Double) {
    let c = (negated ? -1 : 1) * radius * cos(Double.pi / 2 * t)
    let s = radius * sin(Double.pi / 2 * t)
    return swapped ? (s, c) : (c, s)
}

@Test(arguments: [true, false])
func doublePrecisionNormalsFollowTheirDefinition(isDescent: Bool) throws {
    for kernel in try allKernels() {
        let noise = kernel.unitNoise(NoiseRequest(
            streamKey: key, firstTrial: firstTrial, steps: 3..<9, dimension: 5, isDescent: isDescent))
        for (row, step) in (3..<9).enumerated() {
            for j in 0..<5 {
                for lane in 0..<8 {
                    let (u, v) = draw(j, unit: step / 2, trial: firstTrial + lane, stream: isDescent ? 0 : 1, key: key)
                    let uniform = 1 - Double(u & (1 << 52 - 1)) * 0x1p-52
                    let t = Double(v & (1 << 52 - 1)) * 0x1p-52 - 0.5
                    let pair = plainNormals(
                        (-2 * log(uniform)).squareRoot(), t, negated: v >> 63 == 1, swapped: v >> 62 & 1 == 1)
                    let expected = step % 2 == 0 ? pair.0 : pair.1
                    let value = noise[(row * 5 + j) * 8 + lane]
                    #expect(abs(value - expected) <= 4e-13 * abs(expected))
                }
            }
        }
    }
}

@Test func singlePrecisionNormalsFollowTheirDefinition() throws {
    for kernel in try allKernels() {
        let noise = kernel.unitNoise(NoiseRequest(
            precision: .single, streamKey: key, firstTrial: firstTrial, steps: 2..<13, dimension: 3))
        for (row, step) in (2..<13).enumerated() {
            for j in 0..<3 {
                for lane in 0..<8 {
                    let words = draw(j, unit: step / 4, trial: firstTrial + lane, stream: 0, key: key)
                    let shift: UInt64 = step % 4 < 2 ? 0 : 32
                    let uniform = (Double(words.0 >> shift & 0xFFFF_FFFF) + 0.5) * 0x1p-32
                    let angle = words.1 >> shift & 0xFFFF_FFFF
                    let t = Double(angle & (1 << 23 - 1)) * 0x1p-23 - 0.5
                    let pair = plainNormals(
                        (-2 * log(uniform)).squareRoot(), t, negated: angle >> 31 == 1, swapped: angle >> 30 & 1 == 1)
                    let expected = step % 2 == 0 ? pair.0 : pair.1
                    let value = noise[(row * 3 + j) * 8 + lane]
                    #expect(value == Double(Float(value)))
                    #expect(abs(value - expected) <= 2e-7 * max(1, abs(expected)))
                }
            }
        }
    }
}

@Test func signsAreTheBitsOfTheirWords() throws {
    let kernel = try KernelSelection.kernel()
    let noise = kernel.unitNoise(NoiseRequest(
        model: ComponentChoice("rademacher"), streamKey: key, firstTrial: firstTrial, steps: 4..<6, dimension: 200))
    for (row, step) in (4..<6).enumerated() {
        for j in 0..<200 {
            for lane in 0..<8 {
                let words = draw(j / 128, unit: step, trial: firstTrial + lane, stream: 0, key: key)
                let word = j % 128 < 64 ? words.0 : words.1
                #expect(noise[(row * 200 + j) * 8 + lane] == (word >> UInt64(j % 64) & 1 == 1 ? -1 : 1))
            }
        }
    }
}

@Test func skewedPointsHaveTheirProbability() throws {
    let kernel = try KernelSelection.kernel()
    let q = 0.25
    let noise = kernel.unitNoise(NoiseRequest(
        model: ComponentChoice("skewed-two-point", ["q": q]), streamKey: key, firstTrial: firstTrial, steps: 5..<9,
        dimension: 1))
    for (row, step) in (5..<9).enumerated() {
        for lane in 0..<8 {
            let words = draw(0, unit: step / 2, trial: firstTrial + lane, stream: 0, key: key)
            let word = step % 2 == 0 ? words.0 : words.1
            let isLow = Double(word >> 12) * 0x1p-52 < q
            #expect(noise[row * 8 + lane] == (isLow ? -3.0.squareRoot() : (1.0 / 3).squareRoot()))
        }
    }
}

@Test func sphericalNoiseHasItsLength() throws {
    for kernel in try allKernels() {
        let noise = kernel.unitNoise(NoiseRequest(
            model: ComponentChoice("sphere"), streamKey: key, steps: 0..<4, dimension: 7))
        for step in 0..<4 {
            for lane in 0..<8 {
                let square = (0..<7).reduce(0.0) { sum, j in
                    let value = noise[(step * 7 + j) * 8 + lane]
                    return sum + value * value
                }
                #expect(abs(square - 7) < 1e-14)
            }
        }
    }
}
