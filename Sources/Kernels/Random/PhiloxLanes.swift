/// The named random streams of a trial; none is ever read for two purposes.
enum Stream: UInt64 {
    case descentNoise = 0, ascentNoise = 1, componentChoice = 2, start = 3, reducedDescent = 4, reducedAscent = 5
}

/// Philox4x32-10 for eight lanes at once, each with its own key and trial.
///
/// Counter words: draw, step unit, low 32 bits of the trial, stream << 24 | high 24 bits of the trial. Key words: low
/// and high half of the cell's stream key. Salmon et al., SC 2011; known answers in the tests.
///
/// Words live in the low halves of 64-bit lanes. High halves may hold rubbish: a multiplication reads low halves only,
/// and xor keeps the halves apart.
struct PhiloxLanes {
    /// What lanes are asked for: keys and trials, eight of each.
    struct Identity {
        var keys: Words
        var trials: Words
    }

    static let rounds = 10
    private static var firstMultiplier: UInt64 { 0xD251_1F53 }
    private static var secondMultiplier: UInt64 { 0xCD9E_8D57 }
    // Computed, so that the compiler sees the constant and multiplies 32 by 32 bits.
    private static var low: Words {
        @inline(__always) get { Words(repeating: 0xFFFF_FFFF) }
    }

    /// Round keys, first and second word by turns; `2 * rounds` vectors.
    private let roundKeys: UnsafeMutablePointer<Words>
    private let trialLow: Words
    private let trialHigh: Words

    /// `storage` holds `2 * rounds` vectors and outlives the generator.
    init(_ identity: Identity, storage: UnsafeMutablePointer<Words>) {
        roundKeys = storage
        trialLow = identity.trials & Self.low
        trialHigh = identity.trials &>> Words(repeating: 32)
        var first = identity.keys & Self.low
        var second = identity.keys &>> Words(repeating: 32)
        for round in 0..<Self.rounds {
            storage[2 * round] = first
            storage[2 * round + 1] = second
            first = (first &+ Words(repeating: 0x9E37_79B9)) & Self.low
            second = (second &+ Words(repeating: 0xBB67_AE85)) & Self.low
        }
    }

    /// Two 64-bit words a lane: (w1:w0, w3:w2), the second of each pair in the high half.
    @inline(__always)
    func draw(_ draw: UInt64, unit: UInt64, stream: Stream) -> (Words, Words) {
        var c0 = Words(repeating: draw)
        var c1 = Words(repeating: unit)
        var c2 = trialLow
        var c3 = trialHigh | Words(repeating: stream.rawValue << 24)
        for round in 0..<Self.rounds {
            let first = (c0 & Self.low) &* Words(repeating: Self.firstMultiplier)
            let second = (c2 & Self.low) &* Words(repeating: Self.secondMultiplier)
            c0 = (second &>> Words(repeating: 32)) ^ c1 ^ roundKeys[2 * round]
            c2 = (first &>> Words(repeating: 32)) ^ c3 ^ roundKeys[2 * round + 1]
            c1 = second
            c3 = first
        }
        return ((c1 &<< Words(repeating: 32)) | (c0 & Self.low), (c3 &<< Words(repeating: 32)) | (c2 & Self.low))
    }
}
