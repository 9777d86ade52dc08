extension SIMD4<Double> {
    /// Lane by lane in ascending order: `sum()` leaves the order, and so the last bit, to the compiler.
    @inline(__always)
    var orderedSum: Double { ((self[0] + self[1]) + self[2]) + self[3] }
}
