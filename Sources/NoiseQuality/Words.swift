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

    /// The counter's words as `PhiloxLanes` lays them out: draw, step unit, trial, stream << 24 | high bits of the trial.
    func run() throws {
        var writer = WordWriter()
        var n: UInt64 = 0
        while true {
            let fast = UInt32(truncatingIfNeeded: n), slow = UInt32(truncatingIfNeeded: n >> 32)
            var counter = SIMD4<UInt32>(0, 0, 0, 0)
            var key = seed
            switch order {
            case .draws: counter = [fast % 512, fast / 512, slow, 0]
            case .trials: counter = [slow, 0, fast, 0]
            case .steps: counter = [slow, fast, 0, 0]
            case .streams: counter = [fast / 4, slow, 0, (fast % 4) << 24]
            case .seeds: (counter, key) = ([slow, 0, 0, 0], seed &+ UInt64(fast))
            }
            let words = Philox4x32.block(
                counter: counter, key: [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)])
            // In every order but the first a draw gives one word, so that neighbours are neighbours.
            if order == .draws {
                for k in 0..<4 { try writer.write(words[k]) }
            } else {
                try writer.write(words[Int(slow % 4)])
            }
            n += 1
        }
    }
}
