/// Slots that take turns within a step.
enum Interleaving {
    /// How many do. With few coordinates the ends of steps weigh most; with many, an iterate fills the nearest cache alone.
    static func slots(dimension: Int) -> Int { dimension < 16 ? 8 : dimension <= 128 ? 2 : 1 }
}
