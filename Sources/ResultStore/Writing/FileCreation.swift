import TrialContract

/// Writes a new, empty result file: all metadata, all coordinates, everything else NaN or 0.
///
/// What a trial may not be taken for finished by is there before the first trial: float64 datasets are allocated and
/// filled with NaN at once; `status` and `steps_taken` read 0.
struct FileCreation {
    let description: FileDescription
    /// For a file that will not change any more: how a variable is packed.
    let packing: ((TrialVariable) -> Packing)?
    var layout: ResultLayout { description.layout }

    init(_ description: FileDescription, packing: ((TrialVariable) -> Packing)? = nil) {
        self.description = description
        self.packing = packing
    }

    /// To be called inside `HDF5Library.exclusively`; the file must not exist.
    func write(to path: String) throws {
        let file = try HDF5File.create(path: path)
        try writeRootAttributes(file)
        try createScales(file)
        try createAuxiliaryCoordinates(file)
        try createFixedParameters(file)
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
        // The values of `trial` may be many: they are written in pieces, past the library.
        try file.createDataset(ResultLayout.trialName, .int64, [layout.trials])
        try describe(file, ResultLayout.trialName, "trial number")
        try file.makeScale(ResultLayout.trialName)
        guard let coordinates = layout.coordinates else { return }
        let name = ResultLayout.coordinateName
        try create(file, name, .integers(Array(0..<coordinates)), [coordinates], "coordinate of the iterate")
        try file.makeScale(name)
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
            try file.createDataset(
                variable.name, variable.element, layout.lengths(of: variable), fill: fill, packing: packing?(variable))
            if fill != nil { try file.writeAttribute("_FillValue", .float64(.nan), of: variable.name) }
            if variable.name == TrialVariable.statusName {
                try describe(file, variable.name, variable.longName, units: nil)
                let states = TrialStatus.allCases
                try file.writeAttribute("flag_values", .bytes(states.map(\.rawValue)), of: variable.name)
                let meanings = states.map(\.meaning).joined(separator: " ")
                try file.writeAttribute("flag_meanings", .text(meanings), of: variable.name)
            } else {
                try describe(file, variable.name, variable.longName)
            }
            if !auxiliary.isEmpty { try file.writeAttribute("coordinates", .text(auxiliary), of: variable.name) }
            try attachScales(file, variable.name, layout.dimensionNames(of: variable))
        }
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
