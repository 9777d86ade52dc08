import ArgumentParser
import Dispatch
import Glibc
import KernelSelection
import Synchronization
import TrialContract

/// The tail of the law that the radius function makes of its words, without sampling error.
///
/// Single precision: all 2^32 words. Double precision: u = n 2^-52 in strata 2^-(k + 1) < u <= 2^-k, each of up to 2^20
/// points evenly over the stratum (all of its points where it has no more). With the exact angle,
/// P(|z| > x) is the mean of (2/pi) arccos(x/r) over r > x.
struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Compares the normals' exact tail with the normal one.")

    @Argument(help: "double or single")
    var precision: NoisePrecision

    static let thresholds = [1.0, 2, 3, 4, 5, 5.5, 6, 6.25, 6.5, 7, 7.5, 8, 8.25]

    func run() throws {
        guard let kernel = try KernelSelection.kernel() as? any NoiseInspection else { throw ExitCode.failure }
        let total = precision == .single ? enumerate(kernel) : stratify(kernel)
        print("\(precision.rawValue) precision: \(total.points) radii, the largest \(format(total.largest)), "
            + "largest error \(format(total.error)), of radii over 1 \(format(total.relativeError)) of the radius")
        for (index, x) in Self.thresholds.enumerated() where x < total.largest {
            let expected = erfc(x / 2.0.squareRoot())
            print("  P(|z| > \(x)): \(format(total.beyond[index])), normal \(format(expected)), "
                + "ratio less 1: \(format(total.beyond[index] / expected - 1))")
        }
    }

    /// All 2^32 words, two to a draw.
    private func enumerate(_ kernel: any NoiseInspection) -> TailSum {
        let perPiece = 1 << 16, total = Mutex(TailSum())
        // t = 0: the cosine is 1 and the sine 0.
        let angles = [UInt64](repeating: 1 << 54 | 1 << 22, count: perPiece / 2)
        DispatchQueue.concurrentPerform(iterations: 1 << 16) { piece in
            let first = UInt64(piece) << 16
            let words = (0..<UInt64(perPiece / 2)).map { (first + 2 * $0 + 1) << 32 | (first + 2 * $0) }
            let normals = kernel.normals(u: words, v: angles, precision: .single)
            var sum = TailSum()
            for k in 0..<perPiece / 2 {
                sum.add(normals[k], u: (Double(first) + Double(2 * k) + 0.5) * 0x1p-32, weight: 0x1p-32)
                sum.add(
                    normals[perPiece + k], u: (Double(first) + Double(2 * k + 1) + 0.5) * 0x1p-32, weight: 0x1p-32)
            }
            total.withLock { $0.merge(sum) }
        }
        return total.withLock { $0 }
    }

    private func stratify(_ kernel: any NoiseInspection) -> TailSum {
        let total = Mutex(TailSum())
        DispatchQueue.concurrentPerform(iterations: 52) { k in
            // n in 2^(51 - k) + 1 ... 2^(52 - k)
            let size = 1 << (51 - k), points = min(size, 1 << 20)
            let offset = size / points / 2
            let ns = (0..<points).map { UInt64(size + 1 + $0 * (size / points) + offset) }
            // Whole vectors: the last strata have fewer points than lanes.
            let words = ns.map { (1 << 52 &- $0) & (1 << 52 - 1) } + [UInt64](repeating: 0, count: (8 - points % 8) % 8)
            let normals = kernel.normals(
                u: words, v: [UInt64](repeating: 1 << 51, count: words.count), precision: .double)
            var sum = TailSum()
            for (n, r) in zip(ns, normals) {
                sum.add(r, u: Double(n) * 0x1p-52, weight: exp2(Double(-1 - k)) / Double(points))
            }
            total.withLock { $0.merge(sum) }
        }
        return total.withLock { $0 }
    }
}

private struct TailSum {
    var points = 0
    var largest = 0.0
    /// The largest error of a radius, and the largest one in parts of the radius where that is over 1.
    var error = 0.0, relativeError = 0.0
    var beyond = [Double](repeating: 0, count: Tail.thresholds.count)

    mutating func add(_ r: Double, u: Double, weight: Double) {
        points += 1
        largest = max(largest, r)
        let exact = (-2 * log(u)).squareRoot()
        error = max(error, abs(r - exact))
        if exact > 1 { relativeError = max(relativeError, abs(r / exact - 1)) }
        for (index, x) in Tail.thresholds.enumerated() {
            if r <= x { break }
            beyond[index] += weight * (2 / Double.pi) * acos(x / r)
        }
    }

    mutating func merge(_ other: TailSum) {
        points += other.points
        largest = max(largest, other.largest)
        error = max(error, other.error)
        relativeError = max(relativeError, other.relativeError)
        for k in beyond.indices { beyond[k] += other.beyond[k] }
    }
}
