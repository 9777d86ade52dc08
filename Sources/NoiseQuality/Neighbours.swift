import ArgumentParser
import Dispatch
import Glibc
import KernelSelection
import Synchronization
import TrialContract

/// Whether normals of neighbouring trials, steps, coordinates, streams and seeds know of each other.
struct Neighbours: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tests pairs of neighbouring normals for independence.")

    @Argument(help: "double or single")
    var precision: NoisePrecision

    @Option(help: "How many pairs of each kind, about.")
    var pairs: Int = 100_000_000

    @Option(help: "Root seed.")
    var seed: UInt64 = 20_231_030

    private static let steps = 256
    private static let dimension = 32

    func run() throws {
        let kernel = try KernelSelection.kernel()
        let row = 8 * Self.dimension
        // Layout [step][coordinate][trial].
        let shifts = [("trials", 1), ("trials, 2 apart", 2), ("coordinates", 8), ("steps", row)]
            + (2...8).map { ("steps, \($0) apart", $0 * row) }
        let kinds = shifts.map(\.0) + ["streams", "seeds"]
        let total = Mutex([PairTable](repeating: PairTable(), count: kinds.count))
        DispatchQueue.concurrentPerform(iterations: max(1, pairs / (Self.steps * row))) { piece in
            let noise = draw(kernel, piece, seed, isDescent: true)
            var tables = shifts.map { PairTable(noise, noise, shift: $0.1) }
            tables.append(PairTable(noise, draw(kernel, piece, seed, isDescent: false), shift: 0))
            tables.append(PairTable(noise, draw(kernel, piece, seed + 1, isDescent: true), shift: 0))
            total.withLock { all in for k in tables.indices { all[k].merge(tables[k]) } }
        }
        print("\(precision.rawValue) precision, seed \(seed): standard errors of the mean of x y and of (x^2 - 1)(y^2 - 1); "
            + "chi-squared of independence of a 16 x 16 table (225 degrees of freedom) and its p")
        for (kind, table) in zip(kinds, total.withLock { $0 }) { print("  \(kind): \(table.text)") }
    }

    private func draw(_ kernel: any TrialKernel, _ piece: Int, _ key: UInt64, isDescent: Bool) -> [Double] {
        kernel.unitNoise(NoiseRequest(
            precision: precision, streamKey: key, firstTrial: 8 * piece, steps: 0..<Self.steps,
            dimension: Self.dimension, isDescent: isDescent))
    }
}

/// Sums over pairs and a table of their joint quantiles.
private struct PairTable {
    private var n = 0.0
    private var products = 0.0
    private var squares = 0.0
    private var fields = [Int](repeating: 0, count: 256)

    init() {}

    init(_ a: [Double], _ b: [Double], shift: Int) {
        for i in 0..<a.count - shift {
            let x = a[i], y = b[i + shift]
            products += x * y
            squares += (x * x - 1) * (y * y - 1)
            fields[16 * Self.field(x) + Self.field(y)] += 1
        }
        n = Double(a.count - shift)
    }

    mutating func merge(_ other: PairTable) {
        n += other.n
        products += other.products
        squares += other.squares
        for k in fields.indices { fields[k] += other.fields[k] }
    }

    var text: String {
        let chi = chiSquared, freedom = 225.0
        // Wilson & Hilferty's cube root.
        let z = (cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / (2 / (9 * freedom)).squareRoot()
        return "\(Int(n)) pairs, \(format(products / n.squareRoot())), \(format(squares / (4 * n).squareRoot())); "
            + "\(format(chi)), p = \(format(0.5 * erfc(z / 2.0.squareRoot())))"
    }

    /// Against the table's own margins: kinds of pairs share their normals, and would share a margin's chance deviation.
    private var chiSquared: Double {
        var rows = [Double](repeating: 0, count: 16), columns = rows
        for k in fields.indices {
            rows[k / 16] += Double(fields[k])
            columns[k % 16] += Double(fields[k])
        }
        return fields.indices.reduce(0.0) { (sum: Double, k: Int) -> Double in
            let expected = rows[k / 16] * columns[k % 16] / n
            let difference = Double(fields[k]) - expected
            return sum + difference * difference / expected
        }
    }

    /// Normal quantiles of 1/16 … 15/16.
    private static let quantiles = [
        -1.534120544352546, -1.150349380376008, -0.887146559018876, -0.674489750196082, -0.488776411114669,
        -0.318639363964375, -0.157310684610171, 0, 0.157310684610171, 0.318639363964375, 0.488776411114669,
        0.674489750196082, 0.887146559018876, 1.150349380376008, 1.534120544352546,
    ]

    private static func field(_ x: Double) -> Int {
        var low = 0
        for width in [8, 4, 2, 1] where x >= quantiles[low + width - 1] { low += width }
        return low
    }
}
