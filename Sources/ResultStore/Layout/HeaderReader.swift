import TrialContract

/// Reads a header; to be used inside `HDF5Library.exclusively`.
struct HeaderReader {
    let file: HDF5File
    let group = ResultLayout.groupName

    func read() throws -> ResultHeader {
        let statusShape = try requireShape(TrialVariable.statusName)
        let names = try file.dimensionNames(of: TrialVariable.statusName, rank: statusShape.lengths.count)
        guard names.last == ResultLayout.trialName, let trials = statusShape.lengths.last, trials > 0 else {
            throw contradiction(TrialVariable.statusName, "its last dimension is not \(ResultLayout.trialName)")
        }
        let dimensions = try names.dropLast().enumerated().map { index, name in
            try readDimension(name, length: statusShape.lengths[index])
        }
        let statistics = try list("statistics").map { try readStatistic($0, lengths: statusShape.lengths) }
        let parameters = try list("fixed_parameters").map {
            FixedParameter(name: $0, value: try readValues($0).values, longName: try longName($0))
        }
        let coordinates = statistics.first { $0.isPerCoordinate }?.width ?? parameters.first(where: \.isVector)?.value.count
        let layout = ResultLayout(
            dimensions: dimensions,
            auxiliaryCoordinates: try list("auxiliary_coordinates").map { try readAuxiliary($0, dimensions) },
            fixedParameters: parameters, trials: trials, coordinates: coordinates, statistics: statistics,
            curve: try readCurve())
        return try header(layout)
    }

    private func header(_ layout: ResultLayout) throws -> ResultHeader {
        var offsets: [String: Int] = [:]
        for variable in layout.variables {
            let shape = try requireShape(variable.name)
            guard shape.element == variable.element, shape.lengths == layout.lengths(of: variable) else {
                throw contradiction(variable.name, "its type or shape is not that of a result")
            }
            offsets[variable.name] = shape.offset
        }
        return ResultHeader(
            path: file.path, layout: layout, offsets: offsets, curveOffsets: try readCurveOffsets(layout),
            trialOffset: try requireShape(ResultLayout.trialName).offset,
            checksumOffsets: try readChecksumOffsets(layout), isComplete: try integer("complete", "/") == 1,
            sweepFingerprint: try text("sweep_fingerprint"), planFingerprint: try text("plan_fingerprint"),
            sweepText: try file.readTexts(ResultLayout.sweepName, count: 1)[0], title: try text("title"),
            source: try text("source"), history: try text("history"), gitCommit: try text("git_commit"),
            references: try text("references"), kernelRevision: try integer("kernel_revision", group),
            usesCommonRandomNumbers: try integer("common_random_numbers", group) == 1, shard: try readShard(),
            sweepSource: try readSweepSource())
    }

    private func readSweepSource() throws -> SweepSource? {
        guard let path = try file.readText(ResultLayout.sweepFileName, of: group) else { return nil }
        return SweepSource(
            path: path, overrideText: try file.readText(ResultLayout.overridesName, of: group) ?? "")
    }

    private func readChecksumOffsets(_ layout: ResultLayout) throws -> ChecksumOffsets {
        func offset(_ path: String, _ lengths: [Int]) throws -> Int {
            let shape = try requireShape(path)
            guard shape.element == .uint64, shape.lengths == lengths, let offset = shape.offset else {
                throw contradiction(path, "its type or shape is not that of a checksum")
            }
            return offset
        }
        return ChecksumOffsets(
            tiles: try offset(ResultLayout.tileChecksumPath, [layout.variables.count, layout.tileCount]),
            fixedBytes: try offset(ResultLayout.fixedChecksumPath, []),
            content: try offset(ResultLayout.contentChecksumPath, []),
            curves: try layout.curve.map { _ in try offset(CurveLayout.checksumPath, [layout.cellCount]) })
    }

    private func readShard() throws -> ShardIdentity? {
        guard let index = try file.readInteger("shard_index", of: group),
            let count = try file.readInteger("shard_count", of: group) else { return nil }
        return ShardIdentity(index: index, count: count)
    }

    private func readDimension(_ name: String?, length: Int) throws -> GridDimension {
        guard let name else { throw contradiction(TrialVariable.statusName, "a dimension has no scale") }
        let (values, shape) = try readValues(name)
        guard shape.lengths == [length] else { throw contradiction(name, "its length is not that of the dimension") }
        let longName = try longName(name)
        return GridDimension(name: name, values: values, longName: longName, kind: try kind(name, longName))
    }

    /// Files from before dimensions had a kind say it in a zip's own words only.
    private func kind(_ name: String, _ longName: String) throws -> DimensionKind {
        guard let text = try file.readText(ResultLayout.kindName, of: name) else {
            return longName == "position in the zip \(name)" ? .positions : .values
        }
        guard let kind = DimensionKind(rawValue: text) else {
            throw contradiction(name, "'\(text)' is not a kind of dimension")
        }
        return kind
    }

    private func readAuxiliary(_ name: String, _ dimensions: [GridDimension]) throws -> AuxiliaryCoordinate {
        let (values, shape) = try readValues(name)
        let names = try file.dimensionNames(of: name, rank: shape.lengths.count).compactMap { $0 }
        let lengths = names.compactMap { name in dimensions.first { $0.name == name }?.count }
        guard lengths == shape.lengths else { throw contradiction(name, "its dimensions are not those of the result") }
        return AuxiliaryCoordinate(name: name, dimensions: names, values: values, longName: try longName(name))
    }

    private func readStatistic(_ name: String, lengths: [Int]) throws -> TrialVariable {
        let shape = try requireShape(name)
        let isPerCoordinate = shape.lengths.count == lengths.count + 1
        return TrialVariable(
            name: name, element: shape.element, width: isPerCoordinate ? shape.lengths.last! : 1,
            isPerCoordinate: isPerCoordinate, longName: try longName(name))
    }

    func readValues(_ name: String) throws -> (values: AxisValues, shape: DatasetShape) {
        let shape = try requireShape(name)
        switch shape.element {
        case .text: return (.names(try file.readTexts(name, count: shape.count)), shape)
        case .float64: return (.numbers(try file.readAll(name, .float64, count: shape.count, zero: 0.0)), shape)
        case .int64:
            let integers = try file.readAll(name, .int64, count: shape.count, zero: Int64(0))
            return (.integers(integers.map { Int($0) }), shape)
        default: throw contradiction(name, "its type is not that of a coordinate")
        }
    }

    func requireShape(_ name: String) throws -> DatasetShape {
        guard file.exists(name), let shape = try file.shape(of: name) else {
            throw contradiction(name, "it is missing or of a type that results do not have")
        }
        return shape
    }

    private func list(_ name: String) throws -> [String] {
        try text(name, group).split(separator: " ").map(String.init)
    }

    private func longName(_ name: String) throws -> String { try file.readText("long_name", of: name) ?? "" }

    private func text(_ name: String, _ object: String = "/") throws -> String {
        guard let text = try file.readText(name, of: object) else { throw contradiction(name, "it is missing") }
        return text
    }

    private func integer(_ name: String, _ object: String) throws -> Int {
        guard let value = try file.readInteger(name, of: object) else { throw contradiction(name, "it is missing") }
        return value
    }

    func contradiction(_ object: String, _ reason: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", object: object, path: file.path, reason: reason)
    }
}
