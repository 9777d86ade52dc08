import ArgumentParser
import PortableMath

/// The generator's words in an order that puts what trials, steps, streams or seeds get side by side.
struct Words: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes the generator's raw 32-bit words, without end.")

    enum Order: String, ExpressibleByArgument, CaseIterable { case draws, trials, steps, streams, seeds }

    @Argument(help: "What changes fastest from word to word.")
    var order: Order

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    func run() throws {
        let order = order, seed = seed, isTogether = order == .draws
        var buffer = [UInt32](repeating: 0, count: 4 * Self.draws)
        var first: UInt64 = 0
        while true {
            for k in 0..<Self.draws {
                let (counter, key) = Self.place(order, first &+ UInt64(k), seed)
                let words = Philox4x32.block(counter: counter, key: key)
                // In every order but the first, one word of each draw before the next word of any: neighbours in
                // the order are neighbours in the output.
                for word in 0..<4 { buffer[isTogether ? 4 * k + word : Self.draws * word + k] = words[word] }
            }
            try StandardOutput.write(buffer)
            first &+= UInt64(Self.draws)
        }
    }

    /// Draws of a piece.
    private static let draws = 512

    /// The n-th draw's counter and key. The counter's words are those of the kernels: draw, step unit, trial,
    /// stream << 24 | high bits of the trial.
    @inline(__always)
    private static func place(_ order: Order, _ n: UInt64, _ seed: UInt64) -> (SIMD4<UInt32>, SIMD2<UInt32>) {
        let fast = UInt32(truncatingIfNeeded: n), slow = UInt32(truncatingIfNeeded: n >> 32)
        var key = seed
        let counter: SIMD4<UInt32>
        switch order {
        case .draws: counter = SIMD4(fast % 512, fast / 512, slow, 0)
        case .trials: counter = SIMD4(slow, 0, fast, 0)
        case .steps: counter = SIMD4(slow, fast, 0, 0)
        case .streams: counter = SIMD4(fast / 4, slow, 0, (fast % 4) << 24)
        case .seeds: (counter, key) = (SIMD4(slow, 0, 0, 0), seed &+ UInt64(fast))
        }
        return (counter, SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    }
}
