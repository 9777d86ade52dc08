/// Eight trials on their way: where their iterates and noise lie and what is known of them.
struct Slot {
    var learningRate: Lanes
    var rho: Lanes
    /// Standard deviation per coordinate.
    var noiseScale: Lanes
    /// The first t at which |x_t|^2 is not finite; infinity: none yet.
    var divergedAt = Lanes(repeating: .infinity)
    var zeroGradients = Lanes(repeating: 0)
    /// d coordinates.
    var x: UnsafeMutablePointer<Lanes>
    /// `memoryVectors` values per coordinate, coordinate by coordinate.
    var memory: UnsafeMutablePointer<Lanes>
    /// The unit noise of the chunk in hand: `[step][coordinate]`.
    var descentNoise: UnsafePointer<Lanes>
    var ascentNoise: UnsafePointer<Lanes>
    /// The components of a finite sum that the steps of the chunk in hand take; `nil`: not a finite sum.
    var descentComponents: UnsafePointer<Lanes>?
    var ascentComponents: UnsafePointer<Lanes>?

    /// Notes lanes that are no longer finite at iterate `t`.
    @inline(__always)
    mutating func note(normSquared: Lanes, at t: Double) {
        let now = Lanes(repeating: t).replaced(
            by: Lanes(repeating: .infinity), where: normSquared .< Lanes(repeating: .infinity))
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
    /// Room for d directions.
    var direction: UnsafeMutablePointer<Lanes>
}
