/// The named random streams of a trial; none is ever read for two purposes.
enum Stream: UInt64 {
    case descentNoise = 0, ascentNoise = 1, componentChoice = 2, start = 3, reducedDescent = 4, reducedAscent = 5
    /// What definitions draw: normals, signs and uniform numbers, for the descent and for an ascent of its own.
    case normalsDescent = 6, normalsAscent = 7, signsDescent = 8, signsAscent = 9, uniformDescent = 10, uniformAscent = 11
    /// The third independent sample of an algorithm's step.
    case thirdNoise = 12, thirdComponents = 13, normalsThird = 14, signsThird = 15, uniformThird = 16
    /// What algorithms draw for themselves.
    case normalsOwn = 17, signsOwn = 18, uniformOwn = 19
}

/// Philox4x32-10 for eight lanes at once, each with its own key and trial.
///
/// Counter words: draw, step unit, low 32 bits of the trial, stream << 24 | high 24 bits of the trial. Key words: low
/// and high half of the cell's stream key. A draw is read as two 64-bit words: U has w0 in its high half and w1 in its
/// low half, V has w2 and w3. Salmon et al., SC 2011; known answers in the tests.
///
/// Words live in the low halves of 64-bit lanes. High halves may hold anything: a multiplication reads low halves only,
/// and xor keeps the halves apart.
struct PhiloxLanes {
    /// What lanes are asked for: keys and trials, eight of each.
    struct Identity {
        var keys: Words
        var trials: Words
    }

    /// Vectors of storage a generator needs.
    static let storageVectors = 2 * rounds + 2 * drawsAtOnce
    /// How many draws `forEachDraw` makes at once.
    static let drawsAtOnce = 32

    private static let rounds = 10
    private static var firstMultiplier: UInt64 { 0xD251_1F53 }
    private static var secondMultiplier: UInt64 { 0xCD9E_8D57 }
    // Computed, so that the compiler sees the constant and multiplies 32 by 32 bits.
    private static var low: Words {
        @inline(__always) get { Words(repeating: 0xFFFF_FFFF) }
    }

    /// Round keys, first and second word by turns; `2 * rounds` vectors. The last two are in the high halves.
    private let roundKeys: UnsafeMutablePointer<Words>
    private let trialLow: Words
    private let trialHigh: Words

    /// `storage` holds `storageVectors` vectors and outlives the generator.
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
        let last = 2 * (Self.rounds - 1)
        storage[last] &<<= Words(repeating: 32)
        storage[last + 1] &<<= Words(repeating: 32)
    }

    /// U and V of a lane's draw; `draw` and `unit` are below 2^32. In a loop where only one of them changes, the compiler
    /// takes most of the first three rounds out of it.
    @inline(__always)
    func draw(_ draw: UInt64, unit: UInt64, stream: Stream) -> (Words, Words) {
        var state = begin(draw, unit: unit, stream: stream)
        // Written out: the compiler does not unroll a loop of this size.
        state.advance(roundKeys, 1)
        state.advance(roundKeys, 2)
        state.advance(roundKeys, 3)
        state.advance(roundKeys, 4)
        state.advance(roundKeys, 5)
        state.advance(roundKeys, 6)
        state.advance(roundKeys, 7)
        state.advance(roundKeys, 8)
        return state.finish(roundKeys + 2 * (Self.rounds - 1))
    }

    /// Two draws round by round: each round waits for the one before, and the processor does not look far enough ahead
    /// to fill the time with the next draw by itself.
    @inline(__always)
    private func twoDraws(
        _ first: (draw: Int, unit: Int), _ second: (draw: Int, unit: Int), stream: Stream
    ) -> ((Words, Words), (Words, Words)) {
        var a = begin(UInt64(first.draw), unit: UInt64(first.unit), stream: stream)
        var b = begin(UInt64(second.draw), unit: UInt64(second.unit), stream: stream)
        State.advance(&a, &b, roundKeys, 1)
        State.advance(&a, &b, roundKeys, 2)
        State.advance(&a, &b, roundKeys, 3)
        State.advance(&a, &b, roundKeys, 4)
        State.advance(&a, &b, roundKeys, 5)
        State.advance(&a, &b, roundKeys, 6)
        State.advance(&a, &b, roundKeys, 7)
        State.advance(&a, &b, roundKeys, 8)
        return (a.finish(roundKeys + 2 * (Self.rounds - 1)), b.finish(roundKeys + 2 * (Self.rounds - 1)))
    }

    /// After the first round.
    @inline(__always)
    private func begin(_ draw: UInt64, unit: UInt64, stream: Stream) -> State {
        // The first round's first factor is the same in all lanes.
        let product = draw &* Self.firstMultiplier
        let other = trialLow &* Words(repeating: Self.secondMultiplier)
        return State(
            c0: (other &>> Words(repeating: 32)) ^ roundKeys[0] ^ Words(repeating: unit),
            c1: other,
            c2: (trialHigh | Words(repeating: stream.rawValue << 24)) ^ roundKeys[1] ^ Words(repeating: product &>> 32),
            c3: Words(repeating: product))
    }

    /// Makes `count` draws and hands them to `use` one by one, some at a time: two short loops, each of whose turns
    /// overlap in the processor, are faster than one long one.
    ///
    /// `place(k)` is the k-th draw and its unit; one of the two should be constant. `use(k, U, V)` takes it.
    @inline(__always)
    func forEachDraw(
        _ count: Int, stream: Stream, _ place: (Int) -> (draw: Int, unit: Int), use: (Int, Words, Words) -> Void
    ) {
        let staged = roundKeys + 2 * Self.rounds
        for start in stride(from: 0, to: count, by: Self.drawsAtOnce) {
            let now = min(Self.drawsAtOnce, count - start)
            var k = 0
            while k + 1 < now {
                let (first, second) = twoDraws(place(start + k), place(start + k + 1), stream: stream)
                (staged[2 * k], staged[2 * k + 1]) = first
                (staged[2 * k + 2], staged[2 * k + 3]) = second
                k += 2
            }
            if k < now {
                let (draw, unit) = place(start + k)
                (staged[2 * k], staged[2 * k + 1]) = self.draw(UInt64(draw), unit: UInt64(unit), stream: stream)
            }
            for k in 0..<now { use(start + k, staged[2 * k], staged[2 * k + 1]) }
        }
    }

    /// The four words of the counter on their way.
    private struct State {
        var c0: Words
        var c1: Words
        var c2: Words
        var c3: Words

        @inline(__always)
        private var products: (Words, Words) {
            (
                (c0 & PhiloxLanes.low) &* Words(repeating: PhiloxLanes.firstMultiplier),
                (c2 & PhiloxLanes.low) &* Words(repeating: PhiloxLanes.secondMultiplier)
            )
        }

        @inline(__always)
        mutating func advance(_ keys: UnsafeMutablePointer<Words>, _ round: Int) {
            let (first, second) = products
            c0 = (second &>> Words(repeating: 32)) ^ (c1 ^ keys[2 * round])
            c2 = (first &>> Words(repeating: 32)) ^ (c3 ^ keys[2 * round + 1])
            c1 = second
            c3 = first
        }

        @inline(__always)
        static func advance(_ a: inout State, _ b: inout State, _ keys: UnsafeMutablePointer<Words>, _ round: Int) {
            a.advance(keys, round)
            b.advance(keys, round)
        }

        /// The last round, whose words come out two by two.
        @inline(__always)
        func finish(_ keys: UnsafeMutablePointer<Words>) -> (Words, Words) {
            let (first, second) = products
            return (
                second ^ ((c1 &<< Words(repeating: 32)) ^ keys[0]), first ^ ((c3 &<< Words(repeating: 32)) ^ keys[1])
            )
        }
    }
}

/// (word / 2^12) 2^-52, in [0, 1).
@inline(__always)
func unitInterval(_ word: Words) -> Lanes {
    Lanes(bits: (word &>> Words(repeating: 12)) | Words(repeating: 0x3FF0_0000_0000_0000)) - 1
}
