/// Eight trials on their way: where their iterates and noise lie and what is known of them.
struct Slot {
    var learningRate: Lanes
    var rho: Lanes
    /// The first t at which |x_t|^2 is not finite, or what the class takes for divergence; infinity: none yet.
    var divergedAt = Lanes(repeating: .infinity)
    var zeroGradients = Lanes(repeating: 0)
    /// Squared norm of the direction that the next step climbs.
    var ascentSquares = Lanes(repeating: 0)
    /// d coordinates.
    var x: UnsafeMutablePointer<Lanes>
    /// `memoryVectors` values per coordinate, coordinate by coordinate.
    var memory: UnsafeMutablePointer<Lanes>
    /// The noise of the chunk in hand, at this slot's scale: `[step][coordinate]`.
    var descentNoise: UnsafePointer<Lanes>
    var ascentNoise: UnsafePointer<Lanes>
    /// The components of a finite sum that the steps of the chunk in hand take; `nil`: not a finite sum.
    var descentComponents: UnsafePointer<Lanes>?
    var ascentComponents: UnsafePointer<Lanes>?
    /// The same of a third sample, and what the algorithm draws for itself.
    var thirdNoise: UnsafePointer<Lanes>
    var thirdComponents: UnsafePointer<Lanes>?
    var ownDraws: UnsafePointer<Lanes>?

    /// The learning rate and rho of step `s` of a chunk.
    @inline(__always)
    func learningRate(_ chunk: Chunk, _ s: Int) -> Lanes {
        chunk.learningRateFactors.map { learningRate * Lanes(repeating: $0[s]) } ?? learningRate
    }

    @inline(__always)
    func rho(_ chunk: Chunk, _ s: Int) -> Lanes { chunk.rhoFactors.map { rho * Lanes(repeating: $0[s]) } ?? rho }

    /// Whether |x|^2 is surely finite, from a bound of |x|, the sum of magnitudes: almost always that settles it.
    @inline(__always)
    static func isFinite(_ bound: Lanes) -> LaneMask { bound .< Lanes(repeating: 0x1p500) }

    /// Counts, lane by lane, an ascent gradient that is exactly 0.
    @inline(__always)
    mutating func countZeroGradients(_ isZero: LaneMask) {
        zeroGradients += Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: isZero)
    }

    /// Notes lanes whose |x|^2 is not finite at iterate `t`.
    @inline(never)
    mutating func noteDivergence(dimension: Int, at t: Double) {
        noteDivergence(normSquared: sumOfSquares(dimension) { x[$0] }, at: t)
    }

    /// The same where |x|^2 is at hand.
    @inline(__always)
    mutating func noteDivergence(normSquared: Lanes, at t: Double) {
        noteDivergence(at: t, unless: normSquared .< Lanes(repeating: .infinity))
    }

    /// Notes all lanes but these.
    @inline(__always)
    mutating func noteDivergence(at t: Double, unless isFine: LaneMask) {
        let now = Lanes(repeating: t).replaced(by: Lanes(repeating: .infinity), where: isFine)
        divergedAt = divergedAt.minimum(now)
    }
}

/// Some steps to take, the same for all slots of a batch.
struct Chunk {
    var steps: Range<Int>
    var dimension: Int
    /// Schedule factors, one per step; `nil`: constant.
    var learningRateFactors: UnsafePointer<Double>?
    var rhoFactors: UnsafePointer<Double>?
    /// Room for d directions of each slot of those that take turns.
    var directions: UnsafeMutablePointer<Lanes>
}
