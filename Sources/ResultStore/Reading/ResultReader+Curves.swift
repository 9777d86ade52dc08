import TrialContract

extension ResultReader {
    /// The recorded steps; empty where there are no trajectories.
    public var curveSteps: [Int] { header.layout.curve?.steps ?? [] }

    /// What trajectories were recorded of.
    public var curveQuantities: [String] { header.layout.curve?.quantities.map(\.name) ?? [] }

    /// The trajectory of a quantity in a cell; `nil` where trials of the cell are missing or it is excluded.
    ///
    /// - Throws: `damaged` where the quantity was not recorded, or the checksum is wrong.
    public func curve(of quantity: String, cell: Int) throws -> CellCurve? {
        guard let curves, let place = curveQuantities.firstIndex(of: quantity) else {
            let known = curveQuantities.isEmpty ? "nothing" : curveQuantities.joined(separator: ", ")
            throw ResultStoreError(
                .damaged, "read", object: quantity, path: path, reason: "no trajectory of it was recorded",
                remedy: "recorded are trajectories of: \(known)")
        }
        guard try hasCurves(cell: cell) else { return nil }
        let kinds = CurveVariable.Kind.allCases
        let bytes = try curves.readChecked(cell: cell)[place * kinds.count..<(place + 1) * kinds.count]
        func numbers<Number: BitwiseCopyable>(_ kind: CurveVariable.Kind, _ type: Number.Type) -> [Number] {
            bytes[bytes.startIndex + kinds.firstIndex(of: kind)!].withUnsafeBytes { raw in
                (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Number.self) }
            }
        }
        let flat = numbers(.quantiles, Double.self), width = CurveSummary.probabilities.count
        return CellCurve(
            counts: numbers(.count, Int64.self).map { Int($0) }, means: numbers(.mean, Double.self),
            standardErrors: numbers(.standardError, Double.self), medians: numbers(.median, Double.self),
            quantiles: stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<$0 + width]) })
    }

    /// Whether all trials of a cell are done, and its trajectories therefore there.
    func hasCurves(cell: Int) throws -> Bool {
        try status(cells: cell..<cell + 1).allSatisfy {
            $0 == TrialStatus.finished.rawValue || $0 == TrialStatus.diverged.rawValue
        }
    }
}
