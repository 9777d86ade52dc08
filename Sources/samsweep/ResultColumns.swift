import ResultStore
import ScalingFits
import SweepReports
import TrialContract

/// A result file as fits and exports read it.
struct ResultColumns: TrialColumns {
    let reader: ResultReader
    let dimensions: [GridDimension]
    /// Without what follows from the optimizer's name, and would stand beside it everywhere.
    let dependentCoordinates: [AuxiliaryCoordinate]
    let gradientsPerStep: AuxiliaryCoordinate?
    let statistics: [String]

    /// Throws `ResultStoreError`.
    init(path: String) throws {
        self.init(try ResultReader.open(path))
    }

    init(_ reader: ResultReader) {
        self.reader = reader
        dimensions = reader.dimensions
        let dependent = reader.auxiliaryCoordinates
        dependentCoordinates = dependent.filter { $0.name != GradientCount.name }
        gradientsPerStep = dependent.first { $0.name == GradientCount.name }
        statistics = reader.statistics.filter { $0.storage != .float64PerCoordinate }.map(\.name)
    }

    var trials: Int { reader.trials }
    var sharesRandomNumbers: Bool { reader.usesCommonRandomNumbers }

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        try reader.values(of: statistic, cells: cells)
    }

    func status(cells: Range<Int>) throws -> [UInt8] { try reader.status(cells: cells) }

    func stepsTaken(cells: Range<Int>) throws -> [Int64] { try reader.stepsTaken(cells: cells) }
}

extension ResultColumns: CurveColumns {
    var curveSteps: [Int] { reader.curveSteps }
    var curveQuantities: [String] { reader.curveQuantities }

    func curve(of quantity: String, cell: Int) throws -> CellCurve? { try reader.curve(of: quantity, cell: cell) }
}
