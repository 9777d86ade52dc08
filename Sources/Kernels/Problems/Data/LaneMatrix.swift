import TrialContract

/// A data set as lanes read it: the same row in all, or another one in each. It does not outlive the call that gives it.
struct LaneMatrix {
    let rows: Int
    private let columns: Int
    private let features: UnsafePointer<Double>
    private let targets: UnsafePointer<Double>

    /// Calls `body` with the data set's matrix.
    @inline(__always)
    static func with<Result>(_ dataset: Dataset, _ body: (LaneMatrix) -> Result) -> Result {
        dataset.features.withUnsafeBufferPointer { features in
            dataset.targets.withUnsafeBufferPointer { targets in
                // Data sets have rows and columns.
                body(LaneMatrix(
                    rows: dataset.rows, columns: dataset.columns, features: features.baseAddress!,
                    targets: targets.baseAddress!))
            }
        }
    }

    @inline(__always)
    subscript(i: Int, j: Int) -> Lanes { Lanes(repeating: features[i * columns + j]) }

    @inline(__always)
    func target(_ i: Int) -> Lanes { Lanes(repeating: targets[i]) }

    @inline(__always)
    func targets(_ numbers: Words) -> Lanes { lanes { targets[Int(numbers[$0])] } }

    /// a_i . x.
    @inline(__always)
    func score(_ i: Int, times x: UnsafePointer<Lanes>) -> Lanes {
        var score = Lanes(repeating: 0)
        for j in 0..<columns { score = score.adding(self[i, j], times: x[j]) }
        return score
    }

    /// The scores of rows i … i + 3.
    @inline(__always)
    func scores(_ i: Int, times x: UnsafePointer<Lanes>) -> (Lanes, Lanes, Lanes, Lanes) {
        var z = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
        for j in 0..<columns {
            z.0 = z.0.adding(self[i, j], times: x[j])
            z.1 = z.1.adding(self[i + 1, j], times: x[j])
            z.2 = z.2.adding(self[i + 2, j], times: x[j])
            z.3 = z.3.adding(self[i + 3, j], times: x[j])
        }
        return z
    }

    /// Copies each lane's row into `row` and returns its score.
    @inline(__always)
    func gather(
        _ numbers: Words, into row: UnsafeMutablePointer<Lanes>, times x: UnsafePointer<Lanes>
    ) -> Lanes {
        func first(_ lane: Int) -> UnsafePointer<Double> { features + Int(numbers[lane]) * columns }
        let (a, b, c, d) = (first(0), first(1), first(2), first(3))
        let (e, f, g, h) = (first(4), first(5), first(6), first(7))
        var score = Lanes(repeating: 0)
        for j in 0..<columns {
            let values = Lanes(a[j], b[j], c[j], d[j], e[j], f[j], g[j], h[j])
            row[j] = values
            score = score.adding(values, times: x[j])
        }
        return score
    }
}
