/// Memory of a task, in whole MiB.
package struct MemorySize: Sendable, Hashable, Comparable {
    /// At least 1, at most 1 EiB.
    package let mebibytes: Int

    private static let mostMebibytes = 1 << 40

    static let forMerging = MemorySize(unchecked: 2048)

    private init(unchecked mebibytes: Int) { self.mebibytes = mebibytes }

    package static func < (a: MemorySize, b: MemorySize) -> Bool { a.mebibytes < b.mebibytes }

    /// `nil` outside 1 MiB … 1 EiB.
    package init?(mebibytes: Int) {
        guard (1...Self.mostMebibytes).contains(mebibytes) else { return nil }
        self.mebibytes = mebibytes
    }

    /// As Slurm writes it: a whole number of MiB, or with one of the suffixes K, M, G, T (powers of 1024, rounded up).
    /// `nil` for anything else.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...12).contains(digits.count), let count = Int(digits) else { return nil }
        let mebibytes: Int
        switch text[digits.endIndex...].uppercased() {
        case "K": mebibytes = (count + 1023) / 1024
        case "", "M": mebibytes = count
        case "G": mebibytes = count << 10
        case "T": mebibytes = count << 20
        default: return nil
        }
        self.init(mebibytes: mebibytes)
    }
}
