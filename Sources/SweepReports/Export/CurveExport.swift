import ScalingFits
import TrialContract

/// A result with trajectories, as exports read it.
package protocol CurveColumns: TrialColumns {
    /// Recorded steps, ascending; empty where there are no trajectories.
    var curveSteps: [Int] { get }
    var curveQuantities: [String] { get }
    /// How many gradients a step takes; `nil` in results from before that was stored.
    var gradientsPerStep: AuxiliaryCoordinate? { get }

    /// The trajectory of a quantity in a cell; `nil` where trials of the cell are missing, or it is excluded.
    func curve(of quantity: String, cell: Int) throws -> CellCurve?
}

extension SweepExport {
    /// A row per cell, quantity and step. `quantities`: those to write, `nil` for all recorded ones.
    ///
    /// Cells with missing trials have no trajectory and no row. `output` gets the header, then whole lines.
    package static func curves(
        of columns: some CurveColumns, quantities: [String]? = nil, output: (String) throws -> Void
    ) throws {
        let quantities = try checked(quantities, columns.curveQuantities)
        let (names, integers) = (names(columns), integers(columns))
        let probabilities = CurveSummary.probabilities.map { probability in
            "q" + (probability < 0.095 ? "0" : "") + "\(Int((100 * probability).rounded()))"
        }
        let gradients = columns.gradientsPerStep
        let places = ["quantity", "step"] + (gradients == nil ? [] : [GradientCount.soFarName])
        try output(CSVRow.line(names + places + ["count", "mean", "standard_error", "median"] + probabilities))
        for cell in 0..<columns.cellCount {
            let perStep = gradients.flatMap { gradients -> Double? in
                let value = gradients.value(at: columns.coordinates(ofCell: cell), of: columns.dimensions)
                return if case .number(let count) = value { count } else { nil }
            }
            let key = zip(coordinates(ofCell: cell, columns), names).map {
                CSVRow.coordinate($0, isInteger: integers.contains($1))
            }
            for quantity in quantities {
                guard let curve = try columns.curve(of: quantity, cell: cell) else { continue }
                for (place, step) in columns.curveSteps.enumerated() {
                    let numbers = [curve.means[place], curve.standardErrors[place], curve.medians[place]]
                        + curve.quantiles[place]
                    let taken = perStep.map { [CSVRow.number($0 * Double(step))] } ?? []
                    try output(CSVRow.line(
                        key + [quantity, "\(step)"] + taken + ["\(curve.counts[place])"] + numbers.map(CSVRow.number)))
                }
            }
        }
    }
}
