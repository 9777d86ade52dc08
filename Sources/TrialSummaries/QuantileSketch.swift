/// How numbers are spread: counts in buckets of a fixed relative width.
///
/// A bucket is the doubles that agree in sign, exponent and the first 10 bits behind the point, so that its middle is within
/// 2^-11 of each of its numbers, in relative terms (subnormal ones apart). Counts are whole numbers: how the numbers are cut into
/// pieces, and in which order they come, changes nothing. Such buckets with a bound on the relative error are those of DDSketch
/// (Masson, Rim & Lee, VLDB 2019), with the logarithm that the format of doubles has.
struct QuantileSketch: Sendable {
    /// How far from a number of the rank asked for, relative to it, a quantile may lie.
    static let relativeError = 0x1p-11

    private static let bits = 10
    /// By sign and exponent, ascending in value: the counts of 2^10 buckets, where there are any.
    private var pages = [[UInt32]](repeating: [], count: 1 << 12)
    private(set) var count = 0

    mutating func add(_ x: Double) {
        let key = Self.key(x), page = Int(key >> Self.bits), place = Int(key) & (1 << Self.bits - 1)
        if pages[page].isEmpty { pages[page] = [UInt32](repeating: 0, count: 1 << Self.bits) }
        pages[page][place] += 1
        count += 1
    }

    /// Ascending with the number.
    private static func key(_ x: Double) -> UInt64 {
        let bits = x.bitPattern
        return (bits >> 63 == 0 ? bits | 1 << 63 : ~bits) >> (52 - Self.bits)
    }

    /// The middle of a bucket; of those that begin at 0 and at -0, and hold nothing else of size, that.
    private static func middle(_ key: Int) -> Double {
        let middle = number(UInt64(key) << (52 - bits) | 1 << (51 - bits))
        return middle.magnitude < smallestWidth ? Double(sign: middle.sign, exponent: 0, significand: 0) : middle
    }

    /// Of the buckets of subnormal numbers.
    private static let smallestWidth = 0x1p-1032

    /// The double whose place among all, ascending, is given.
    private static func number(_ ordered: UInt64) -> Double {
        Double(bitPattern: ordered >> 63 == 1 ? ordered & ~(1 << 63) : ~ordered)
    }

    /// The least and the largest number of the bucket in which a number lies; of what is not finite that itself.
    static func bucket(of x: Double) -> (least: Double, largest: Double) {
        guard x.isFinite else { return (x, x) }
        let first = key(x) << (52 - bits)
        return (number(first), number(first | (1 << (52 - bits) - 1)))
    }

    /// In the same bucket as the numbers of some ranks, ascending and in 1 ... `count`; NaN without numbers.
    func numbers(ofRanks ranks: [Int]) -> [Double] {
        guard count > 0 else { return ranks.map { _ in .nan } }
        var (found, passed) = ([Double](), 0)
        for (page, counts) in pages.enumerated() where !counts.isEmpty {
            for (place, own) in counts.enumerated() where own > 0 {
                passed += Int(own)
                while found.count < ranks.count, passed >= ranks[found.count] {
                    found.append(Self.middle(page << Self.bits | place))
                }
            }
        }
        return found
    }
}
