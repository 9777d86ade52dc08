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
        if layout.part != nil { try file.createBareScale("\(ResultLayout.partName)/cell", layout.storedCellCount) }
        let auxiliary = (layout.auxiliaryCoordinates.map(\.name) + (try createGradientCounts(file, curve)))
            .joined(separator: " ")
        for variable in curve.variables {
            let fill: Double? = variable.element == .float64 ? .nan : nil
            let path = layout.storedPath(variable.name), lengths = grid.map(\.count) + variable.ownLengths
            try file.createDataset(path, variable.element, layout.storedLengths(of: variable), fill: fill)
            if let part = layout.part {
                try attachScales(file, path, ["\(ResultLayout.partName)/cell"] + variable.ownDimensions)
                try file.createMappedDataset(
                    variable.name, variable.element, lengths, fill: fill, source: path,
                    sourceLengths: layout.storedLengths(of: variable), boxes: mapped(part, variable))
            }
            if fill != nil { try file.writeAttribute("_FillValue", .float64(.nan), of: variable.name) }
            try describe(file, variable.name, variable.longName)
            if !auxiliary.isEmpty { try file.writeAttribute("coordinates", .text(auxiliary), of: variable.name) }
            try attachScales(file, variable.name, grid.map(\.name) + variable.ownDimensions)
        }
    }

    /// How many gradients were taken before each recorded iterate, where the file knows how many a step takes; returns the
    /// variable's name.
    private func createGradientCounts(_ file: HDF5File, _ curve: CurveLayout) throws -> [String] {
        guard let (dimensions, counts) = layout.gradientsPerStep else { return [] }
        let name = GradientCount.soFarName
        let lengths = dimensions.map { name in layout.dimensions.first { $0.name == name }!.count } + [curve.steps.count]
        let values = counts.flatMap { count in curve.steps.map { count * Double($0) } }
        try create(file, name, .numbers(values), lengths, GradientCount.soFarSummary)
        try attachScales(file, name, dimensions + [CurveLayout.stepName])
        return [name]
    }

    /// The boxes of the grid whose cells are stored, with the places of these.
    private func mapped(_ part: StoredPart, _ variable: CurveVariable) -> [(box: GridBox, first: Int, count: Int)] {
        part.boxes.flatMap { box in
            var first = box.position / part.trials
            return GridBox.boxes(covering: box.cells, of: layout.dimensions.map(\.count)).map { cells in
                let whole = GridBox(
                    starts: cells.starts + variable.ownLengths.map { _ in 0 }, counts: cells.counts + variable.ownLengths)
                defer { first += cells.elementCount }
                return (box: whole, first: first, count: cells.elementCount)
            }
        }
    }

    /// What is recorded, and a checksum for each cell.
    func createCurveGroup(_ file: HDF5File, _ curve: CurveLayout) throws {
        let group = ResultLayout.groupName, scale = "\(group)/cell"
        try file.writeAttribute("curves", .text(curve.quantities.map(\.name).joined(separator: " ")), of: group)
        let summaries = curve.quantities.map(\.summary).joined(separator: "\n")
        try file.writeAttribute("curve_summaries", .text(summaries), of: group)
        let cells = layout.part.map { $0.boxes.flatMap(\.cells) } ?? Array(0..<layout.cellCount)
        try create(file, scale, .integers(cells), [cells.count], "cell, row-major")
        try file.makeScale(scale)
        try file.createDataset(CurveLayout.checksumPath, .uint64, [layout.storedCellCount])
        try describe(file, CurveLayout.checksumPath, "XXH64 of the cell's trajectories; 0: none yet")
        try attachScales(file, CurveLayout.checksumPath, [scale])
    }
}
