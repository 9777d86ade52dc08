import TrialContract

/// A slot's state as it is kept between runs, lane by lane: one lane is one trial.
///
/// The bytes are 64-bit words, low byte first: format version and kernel revision, t, the number of values, the values
/// (bit patterns of doubles) and a checksum. Values: first t that was not finite, zero gradients, iterate, the
/// optimizer's memory, momentum and averages, accumulators of the statistics, points of the trajectories.
struct SlotArchive {
    private static let formatVersion: UInt64 = 1
    private static let headerWords = 3
    /// Values beside the regions.
    static let fixedValues = 2

    let slot: UnsafeMutablePointer<Slot>
    /// Everything a step changes.
    let regions: [UnsafeMutableBufferPointer<Lanes>]

    private var valueCount: Int { regions.reduce(Self.fixedValues) { $0 + $1.count } }
    private static var version: UInt64 { formatVersion << 32 | UInt64(Catalogue.kernelRevision) }

    func state(lane: Int, step: Int) -> TrialState {
        var words = [Self.version, UInt64(step), UInt64(valueCount)]
        words.reserveCapacity(valueCount + Self.headerWords + 1)
        words.append(slot.pointee.divergedAt[lane].bitPattern)
        words.append(slot.pointee.zeroGradients[lane].bitPattern)
        for region in regions {
            for vector in region { words.append(vector[lane].bitPattern) }
        }
        words.append(Self.checksum(words[...]))
        return TrialState(step: step, bytes: Self.bytes(words))
    }

    /// Puts a checked state into a lane.
    func restore(_ state: TrialState, lane: Int) {
        let words = Self.words(state.bytes)
        var place = Self.headerWords
        func next() -> Double {
            place += 1
            return Double(bitPattern: words[place - 1])
        }
        slot.pointee.divergedAt[lane] = next()
        slot.pointee.zeroGradients[lane] = next()
        for region in regions {
            for index in region.indices { region[index][lane] = next() }
        }
    }

    /// Throws where a state was written by others, is damaged or has not `valueCount` values, or where a trial of so many
    /// steps cannot stand: kernels index by what a state says.
    static func check(_ state: TrialState, valueCount: Int, steps: Int, unit: Int) throws {
        guard state.bytes.count % 8 == 0, state.bytes.count >= 8 * (headerWords + 1) else {
            throw TrialStateError.damaged("\(state.bytes.count) bytes are no whole number of values")
        }
        let words = words(state.bytes)
        guard words[0] == version else {
            throw TrialStateError.foreign(found: text(words[0]), expected: text(version))
        }
        guard checksum(words.dropLast()) == words[words.count - 1] else {
            throw TrialStateError.damaged("its checksum is wrong")
        }
        guard words[1] == UInt64(state.step), words[2] == UInt64(valueCount),
            words.count == valueCount + headerWords + 1
        else {
            throw TrialStateError.damaged(
                "it holds \(words[2]) values at step \(words[1]) and should hold \(valueCount) at step \(state.step)")
        }
        guard (0..<steps).contains(state.step), state.step % unit == 0 else {
            throw TrialStateError.damaged("no trial of \(steps) steps is left at step \(state.step)")
        }
        let divergedAt = Double(bitPattern: words[headerWords]), zeroGradients = Double(bitPattern: words[headerWords + 1])
        guard divergedAt == .infinity || isCount(divergedAt, most: steps), isCount(zeroGradients, most: Int(Int32.max)) else {
            throw TrialStateError.damaged("it says that a trial diverged at step \(divergedAt) after \(zeroGradients) zero gradients")
        }
    }

    private static func isCount(_ number: Double, most: Int) -> Bool {
        number >= 0 && number <= Double(most) && number == number.rounded(.towardZero)
    }

    private static func text(_ version: UInt64) -> String {
        "format \(version >> 32) of kernel revision \(version & 0xFFFF_FFFF)"
    }

    /// Fowler, Noll & Vo's hash 1a, a word at a time.
    private static func checksum(_ words: ArraySlice<UInt64>) -> UInt64 {
        words.reduce(0xCBF2_9CE4_8422_2325) { hash, word in
            let mixed = (hash ^ word) &* 0x0000_0100_0000_01B3
            return mixed ^ (mixed >> 29)
        }
    }

    private static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }

    private static func words(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: 8).map { start in
            var word: UInt64 = 0
            for place in (start..<start + 8).reversed() { word = word << 8 | UInt64(bytes[place]) }
            return word
        }
    }
}

/// Where the trials of a block begin: all at the same step.
struct BlockOrigin {
    var step = 0
    /// One per row; empty at step 0.
    var states: [TrialState?] = []
}
