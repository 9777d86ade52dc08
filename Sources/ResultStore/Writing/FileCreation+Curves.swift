import TrialContract

/// Trajectories: contiguous also in a compressed file, NaN or 0 until a cell's are written.
extension FileCreation {
    /// The dimensions `step` and `quantile` and the variables over them.
    func createCurves(_ file: HDF5File, _ curve: CurveLayout) throws {
        let scales: [(String, AxisValues, String)] = [
            (CurveLayout.stepName, .integers(curve.steps), "step t of the recorded iterate x_t"),
            (CurveLayout.quantileName, .numbers(CurveSummary.probabilities), "probability of the quantile"),
        ]
        for (name, values, longName) in scales {
            try create(file, name, values, [values.count], longName)
            try file.makeScale(name)
        }
        let grid = layout.dimensions
        let auxiliary = layout.auxiliaryCoordinates.map(\.name).joined(separator: " ")
        for variable in curve.variables {
            let fill: Double? = variable.element == .float64 ? .nan : nil
            try file.createDataset(
                variable.name, variable.element, grid.map(\.count) + variable.ownLengths, fill: fill)
            if fill != nil { try file.writeAttribute("_FillValue", .float64(.nan), of: variable.name) }
            try describe(file, variable.name, variable.longName)
            if !auxiliary.isEmpty { try file.writeAttribute("coordinates", .text(auxiliary), of: variable.name) }
            try attachScales(file, variable.name, grid.map(\.name) + variable.ownDimensions)
        }
    }

    /// What is recorded, and a checksum for each cell.
    func createCurveGroup(_ file: HDF5File, _ curve: CurveLayout) throws {
        let group = ResultLayout.groupName, scale = "\(group)/cell"
        try file.writeAttribute("curves", .text(curve.quantities.map(\.name).joined(separator: " ")), of: group)
        let summaries = curve.quantities.map(\.summary).joined(separator: "\n")
        try file.writeAttribute("curve_summaries", .text(summaries), of: group)
        try create(file, scale, .integers(Array(0..<layout.cellCount)), [layout.cellCount], "cell, row-major")
        try file.makeScale(scale)
        try file.createDataset(CurveLayout.checksumPath, .uint64, [layout.cellCount])
        try describe(file, CurveLayout.checksumPath, "XXH64 of the cell's trajectories; 0: none yet")
        try attachScales(file, CurveLayout.checksumPath, [scale])
    }
}
