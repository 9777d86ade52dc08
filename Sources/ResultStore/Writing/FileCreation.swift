import CHDF5Shims
import TrialContract

/// Writes a new, empty result file: all metadata, all coordinates, everything else NaN or 0.
///
/// What a trial may not be taken for finished by is there before the first trial: float64 datasets are allocated and
/// filled with NaN at once; `status` and `steps_taken` read 0.
struct FileCreation {
    let description: FileDescription
    /// Whether trials' rows are filled; otherwise they are written whole by whoever creates the file.
    let isFilled: Bool
    /// For a file that will not change any more: how a variable is packed.
    let packing: ((TrialVariable) -> Packing)?
    var layout: ResultLayout { description.layout }

    init(_ description: FileDescription, isFilled: Bool = true, packing: ((TrialVariable) -> Packing)? = nil) {
        self.description = description
        self.isFilled = isFilled
        self.packing = packing
    }

    /// To be called inside `HDF5Library.exclusively`; the file must not exist.
    func write(to path: String) throws {
        let file = try HDF5File.create(path: path)
        try writeRootAttributes(file)
        try createScales(file)
        try createAuxiliaryCoordinates(file)
        try createFixedParameters(file)
        try createPart(file)
        try createTrialVariables(file)
        if let curve = layout.curve { try createCurves(file, curve) }
        try file.createDataset(ResultLayout.sweepName, .text, [])
        try file.write([description.sweepText], to: ResultLayout.sweepName)
        try file.writeAttribute("long_name", .text("the sweep file as run"), of: ResultLayout.sweepName)
        try createOwnGroup(file)
        try file.close()
        try file.intended.requireWritten(to: path)
    }

    private func writeRootAttributes(_ file: HDF5File) throws {
        // First, and then something else, so that the header's first part ends here: `complete` and the checksum over
        // it lie in the file's first sector, which no power loss tears.
        try file.writeAttribute("complete", .int32(0))
        try file.createGroup(ResultLayout.groupName)
        let texts = [
            ("Conventions", "CF-1.11"), ("title", description.title), ("source", description.source),
            ("history", description.history), ("references", description.references),
            ("sweep_fingerprint", description.sweepFingerprint), ("plan_fingerprint", description.planFingerprint),
            ("git_commit", description.gitCommit),
        ]
        for (name, text) in texts { try file.writeAttribute(name, .text(text)) }
        try file.writeAttribute("samsweep_format", .int32(Int32(ResultLayout.format)))
    }

    private func createScales(_ file: HDF5File) throws {
        for dimension in layout.dimensions {
            try create(file, dimension.name, dimension.values, [dimension.count], dimension.longName)
            try file.writeAttribute(ResultLayout.kindName, .text(dimension.kind.rawValue), of: dimension.name)
            try file.makeScale(dimension.name)
        }
        try createTrialNumbers(file)
        try describe(file, layout.rowName, layout.trialsPerBlock == nil ? "trial number" : "block of trials")
        try file.makeScale(layout.rowName)
        let coordinates = layout.coordinates.map {
            [(name: ResultLayout.coordinateName, length: $0, longName: "coordinate of the iterate")]
        }
        let vectors = layout.vectorDimensions.map { (name: $0.name, length: $0.length, longName: "place in the vector") }
        for scale in (coordinates ?? []) + vectors {
            try create(file, scale.name, .integers(Array(0..<scale.length)), [scale.length], scale.longName)
            try file.makeScale(scale.name)
        }
    }

    /// The values of `trial` may be many. Where the whole sweep's rows are in the file they are few beside them, and are
    /// written in pieces, past the library; in the file of a part they are packed to a hundredth.
    private func createTrialNumbers(_ file: HDF5File) throws {
        let name = layout.rowName, chunk = min(layout.trials, 1 << 16)
        guard layout.part != nil, layout.trials > ResultLayout.mostPlainTrialNumbers else {
            return try file.createDataset(name, .int64, [layout.trials])
        }
        try file.createDataset(name, .int64, [layout.trials], packing: Packing(chunk: [chunk], level: 4))
        let dataset = try file.openDataset(name)
        for first in stride(from: 0, to: layout.trials, by: chunk) {
            let numbers = (first..<first + chunk).map { Int64($0) }
            try numbers.withUnsafeBytes { bytes in
                var packed = [UInt8](repeating: 0, count: chdf5_packed_bound(bytes.count))
                let length = chdf5_pack(bytes.baseAddress, bytes.count, 8, 4, &packed)
                guard length > 0 else { throw file.failure("pack", name) }
                try packed.withUnsafeBytes {
                    try file.writeChunk(UnsafeRawBufferPointer(rebasing: $0[..<length]), at: [first], of: dataset.id, name)
                }
            }
        }
    }

    private func createAuxiliaryCoordinates(_ file: HDF5File) throws {
        for variable in layout.auxiliaryCoordinates {
            let lengths = variable.dimensions.map { name in layout.dimensions.first { $0.name == name }!.count }
            try create(file, variable.name, variable.values, lengths, variable.longName)
            try attachScales(file, variable.name, variable.dimensions)
        }
    }

    private func createFixedParameters(_ file: HDF5File) throws {
        for parameter in layout.fixedParameters {
            let dimensions = parameter.isVector ? [ResultLayout.coordinateName] : []
            try create(file, parameter.name, parameter.value, dimensions.map { _ in parameter.value.count }, parameter.longName)
            try attachScales(file, parameter.name, dimensions)
        }
    }

    private func createTrialVariables(_ file: HDF5File) throws {
        let auxiliary = layout.auxiliaryCoordinates.map(\.name).joined(separator: " ")
        for variable in layout.variables {
            let fill: Double? = variable.element == .float64 ? .nan : nil
            if let part = layout.part {
                try createTrialRows(file, variable, part, fill)
            } else {
                try file.createDataset(
                    variable.name, variable.element, layout.lengths(of: variable), fill: fill, isFilled: isFilled,
                    packing: packing?(variable))
            }
            if fill != nil { try file.writeAttribute("_FillValue", .float64(.nan), of: variable.name) }
            if variable.name == TrialVariable.statusName {
                try describe(file, variable.name, layout.longName(of: variable), units: nil)
                let states = layout.part?.rest == .notAsked ? TrialStatus.allCases : TrialStatus.ofEqualCells
                try file.writeAttribute("flag_values", .bytes(states.map(\.rawValue)), of: variable.name)
                let meanings = states.map(\.meaning).joined(separator: " ")
                try file.writeAttribute("flag_meanings", .text(meanings), of: variable.name)
            } else {
                try describe(file, variable.name, layout.longName(of: variable))
                if let formula = variable.formula {
                    try file.writeAttribute(TrialVariable.formulaName, .text(formula), of: variable.name)
                }
            }
            if !auxiliary.isEmpty { try file.writeAttribute("coordinates", .text(auxiliary), of: variable.name) }
            try attachScales(file, variable.name, layout.dimensionNames(of: variable))
        }
    }

    /// What the datasets of a file that holds a part of the sweep need: which part, and its rows as a dimension.
    private func createPart(_ file: HDF5File) throws {
        guard let part = layout.part else { return }
        let boxes = ResultLayout.partBoxesPath, name = ResultLayout.partName
        try file.createDataset(boxes, .int64, [part.boxes.count, 4])
        try file.write(part.numbers.map(Int64.init), .int64, to: boxes)
        try describe(file, boxes, "boxes of the part: first cell, cells, first trial, trials", units: nil)
        for (scale, length) in [("box", part.boxes.count), ("bound", 4)] {
            try file.createBareScale("\(ResultLayout.groupName)/\(scale)", length)
        }
        try attachScales(file, boxes, ["box", "bound"].map { "\(ResultLayout.groupName)/\($0)" })
        try file.createGroup(name)
        try file.createBareScale("\(name)/row", part.rowCount)
    }

    /// The rows that are stored, one after the other, and over them the variable with the whole sweep's dimensions.
    private func createTrialRows(_ file: HDF5File, _ variable: TrialVariable, _ part: StoredPart, _ fill: Double?) throws {
        let path = layout.storedPath(variable.name), lengths = layout.storedLengths(of: variable)
        try file.createDataset(path, variable.element, lengths, fill: fill)
        let inner = variable.innerDimension.map { [$0] } ?? []
        try attachScales(file, path, ["\(ResultLayout.partName)/row"] + inner)
        let grid = layout.dimensions.map(\.count)
        let boxes = part.boxes.flatMap { box in
            var first = box.position
            return GridBox.boxes(covering: box.cells, of: grid).map { cells in
                let whole = GridBox(
                    starts: cells.starts + [box.trials.lowerBound] + inner.map { _ in 0 },
                    counts: cells.counts + [box.trials.count] + inner.map { _ in variable.width })
                let count = cells.elementCount * box.trials.count
                defer { first += count }
                return (box: whole, first: first, count: count)
            }
        }
        try file.createMappedDataset(
            variable.name, variable.element, layout.lengths(of: variable),
            fill: fill ?? (variable == .status && part.rest == .notAsked ? Double(part.rest.status) : nil), source: path,
            sourceLengths: lengths, boxes: boxes)
    }

    private func createOwnGroup(_ file: HDF5File) throws {
        let group = ResultLayout.groupName
        try file.writeAttribute("kernel_revision", .int32(Int32(description.kernelRevision)), of: group)
        let isCommon: Int32 = description.usesCommonRandomNumbers ? 1 : 0
        try file.writeAttribute("common_random_numbers", .int32(isCommon), of: group)
        // Which variables are ours: others may be appended.
        let lists = [
            ("statistics", layout.statistics.map(\.name)),
            ("auxiliary_coordinates", layout.auxiliaryCoordinates.map(\.name)),
            ("fixed_parameters", layout.fixedParameters.map(\.name)),
        ]
        for (name, names) in lists { try file.writeAttribute(name, .text(names.joined(separator: " ")), of: group) }
        if let source = description.sweepSource {
            try file.writeAttribute(ResultLayout.sweepFileName, .text(source.path), of: group)
            try file.writeAttribute(ResultLayout.overridesName, .text(source.overrideText), of: group)
        }
        if layout.part?.rest == .notAsked { try file.writeAttribute(ResultLayout.partIsAllName, .int32(1), of: group) }
        if !description.rounds.isEmpty {
            let path = ResultLayout.roundsPath, scale = "\(group)/round"
            try file.createBareScale(scale, description.rounds.count)
            try file.createDataset(path, .text, [description.rounds.count])
            try file.write(description.rounds, to: path)
            try describe(file, path, "what each round of trials decided and why", units: nil)
            try attachScales(file, path, [scale])
        }
        if let log = description.log, let bytes = RoundLog.bytes(log.text, count: log.byteCount) {
            let path = ResultLayout.roundLogPath, scale = "\(group)/log_byte"
            try file.createBareScale(scale, bytes.count)
            try file.createDataset(path, .uint8, [bytes.count])
            try file.write(bytes, .uint8, to: path)
            try describe(file, path, "what each round decided, for samsweep: a checksum, a length, a text", units: nil)
            try attachScales(file, path, [scale])
        }
        try createChecksums(file, group)
        if let curve = layout.curve { try createCurveGroup(file, curve) }
        guard let shard = description.shard else { return }
        try file.writeAttribute("shard_index", .int32(Int32(shard.index)), of: group)
        try file.writeAttribute("shard_count", .int32(Int32(shard.count)), of: group)
    }

    private func createChecksums(_ file: HDF5File, _ group: String) throws {
        let variables = layout.variables.map(\.name), scales = ["\(group)/variable", "\(group)/tile"]
        try create(file, scales[0], .names(variables), [variables.count], "variable that is checked")
        let firstRows = (0..<layout.tileCount).map { $0 * ResultLayout.rowsPerTile }
        try create(file, scales[1], .integers(firstRows), [firstRows.count], "first row of the tile")
        try file.writeAttribute("rows_per_tile", .int32(Int32(ResultLayout.rowsPerTile)), of: scales[1])
        for scale in scales { try file.makeScale(scale) }
        let tiles = ResultLayout.tileChecksumPath
        try file.createDataset(tiles, .uint64, [variables.count, layout.tileCount])
        try describe(file, tiles, "XXH64 of the tile's bytes; 0: none yet")
        try attachScales(file, tiles, scales)
        for path in [ResultLayout.fixedChecksumPath, ResultLayout.contentChecksumPath, ResultLayout.coreChecksumPath] {
            try file.createDataset(path, .uint64, [])
        }
    }

    /// A variable with its values: a coordinate or a parameter.
    func create(
        _ file: HDF5File, _ name: String, _ values: AxisValues, _ lengths: [Int], _ longName: String
    ) throws {
        switch values {
        case .names(let names):
            try file.createDataset(name, .text, lengths)
            try file.write(names, to: name)
            try describe(file, name, longName, units: nil)
        case .integers(let integers):
            try file.createDataset(name, .int64, lengths)
            try file.write(integers.map(Int64.init), .int64, to: name)
            try describe(file, name, longName)
        case .numbers(let numbers):
            try file.createDataset(name, .float64, lengths, fill: .nan)
            try file.write(numbers, .float64, to: name)
            try file.writeAttribute("_FillValue", .float64(.nan), of: name)
            try describe(file, name, longName)
        }
    }

    func describe(_ file: HDF5File, _ name: String, _ longName: String, units: String? = "1") throws {
        if let units { try file.writeAttribute("units", .text(units), of: name) }
        try file.writeAttribute("long_name", .text(longName), of: name)
    }

    func attachScales(_ file: HDF5File, _ name: String, _ dimensions: [String]) throws {
        for (index, scale) in dimensions.enumerated() {
            try file.attach(scale: scale, to: name, rank: dimensions.count, dimension: index)
        }
    }
}

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
            if let formula = variable.formula {
                try file.writeAttribute(TrialVariable.formulaName, .text(formula), of: variable.name)
            }
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
