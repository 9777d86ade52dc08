import Glibc
import TrialContract
import Wording

/// Reads a header.
///
/// Trusts nothing that it reads: numbers are in their ranges, names are different, and what is said to lie in one piece
/// lies within the file.
struct HeaderReader {
    let file: ConfinedFile
    let group = ResultLayout.groupName
    private let size: Int
    private let identity: Paths.Identity

    init(file: ConfinedFile) throws {
        self.file = file
        guard let identity = try Paths.identity(file.path) else {
            throw ResultStoreError(.notFound, "open", path: file.path, reason: SystemMessage.text(ENOENT))
        }
        self.identity = identity
        size = try Paths.size(file.path)
    }

    func read() throws -> ResultHeader {
        let statusShape = try requireShape(TrialVariable.statusName)
        let names = try file.dimensionNames(of: TrialVariable.statusName, rank: statusShape.lengths.count)
        guard let rowName = names.last ?? nil, let trials = statusShape.lengths.last else {
            throw contradiction(TrialVariable.statusName, "it has no dimensions")
        }
        guard (1...ResultLayout.mostRows).contains(statusShape.count) else {
            throw contradiction(TrialVariable.statusName, "it has \(counted(statusShape.count, "trial"))")
        }
        let dimensions = try names.dropLast().enumerated().map { index, name in
            try readDimension(name, length: statusShape.lengths[index])
        }
        let statistics = try list("statistics").map { try readStatistic($0, lengths: statusShape.lengths) }
        let parameters = try list("fixed_parameters").map {
            FixedParameter(name: $0, value: try readValues($0).values, longName: try longName($0))
        }
        let curve = try readCurve(rank: dimensions.count)
        let coordinates = statistics.first { $0.isPerCoordinate }?.width ?? parameters.first(where: \.isVector)?.value.count
            ?? curve?.quantities.first { $0.inner?.name == ResultLayout.coordinateName }?.width
        var layout = ResultLayout(
            dimensions: dimensions,
            auxiliaryCoordinates: try list("auxiliary_coordinates").map { try readAuxiliary($0, dimensions) },
            fixedParameters: parameters, trials: trials, coordinates: coordinates, statistics: statistics,
            curve: curve)
        guard rowName == layout.rowName, layout.trialsPerBlock ?? 1 > 0 else {
            throw contradiction(TrialVariable.statusName, "its last dimension is not \(layout.rowName)")
        }
        layout.part = try readPart(layout)
        try requireDifferentNames(layout)
        return try header(layout)
    }

    private func requireDifferentNames(_ layout: ResultLayout) throws {
        var seen: Set<String> = []
        let names = layout.dimensions.map(\.name) + layout.auxiliaryCoordinates.map(\.name)
            + layout.fixedParameters.map(\.name) + layout.variables.map(\.name) + layout.vectorDimensions.map(\.name)
        for name in names where !seen.insert(name).inserted { throw contradiction(name, "two variables have this name") }
        for variable in layout.auxiliaryCoordinates where Set(variable.dimensions).count < variable.dimensions.count {
            throw contradiction(variable.name, "it has a dimension twice")
        }
    }

    private func header(_ layout: ResultLayout) throws -> ResultHeader {
        var offsets: [String: Int] = [:]
        for variable in layout.variables {
            let shape = try requireShape(variable.name)
            guard shape.element == variable.element, shape.lengths == layout.lengths(of: variable) else {
                throw contradiction(variable.name, "its type or shape is not that of a result")
            }
            let path = layout.storedPath(variable.name)
            let stored = path == variable.name ? shape : try requireShape(path)
            guard stored.element == variable.element, stored.lengths == layout.storedLengths(of: variable) else {
                throw contradiction(path, "its type or shape is not that of a part of a result")
            }
            offsets[variable.name] = try placed(stored, path)
        }
        return ResultHeader(
            path: file.path, identity: identity, description: try description(layout), offsets: offsets,
            curveOffsets: try readCurveOffsets(layout), trialOffset: try requireShape(layout.rowName).offset,
            checksumOffsets: try readChecksumOffsets(layout), roundLog: try readRoundLogPlace(), isComplete: try integer("complete", "/", in: 0...1) == 1)
    }

    private func description(_ layout: ResultLayout) throws -> FileDescription {
        FileDescription(
            layout: layout, title: try text("title"), sweepText: try file.readTexts(ResultLayout.sweepName, count: 1)[0],
            sweepFingerprint: try text("sweep_fingerprint"), planFingerprint: try text("plan_fingerprint"),
            usesCommonRandomNumbers: try integer("common_random_numbers", group, in: 0...1) == 1,
            source: try text("source"), gitCommit: try text("git_commit"), references: try text("references"),
            kernelRevision: try integer("kernel_revision", group, in: 0...Int(Int32.max)), history: try text("history"),
            shard: try readShard(), sweepSource: try readSweepSource(), rounds: try readRounds())
    }

    /// The rows that the file holds; `nil` for all of them.
    private func readPart(_ layout: ResultLayout) throws -> StoredPart? {
        let path = ResultLayout.partBoxesPath
        guard try file.exists(path) else { return nil }
        let shape = try requireShape(path)
        guard shape.element == .int64, shape.lengths.count == 2, shape.lengths[1] == 4,
            shape.lengths[0] <= StoredPart.mostBoxes, shape.lengths[0] > 0
        else { throw contradiction(path, "its type or shape is not that of the boxes of a part") }
        let numbers = try file.readAll(path, .int64, count: shape.count, zero: Int64(0)).map { Int($0) }
        guard var part = StoredPart(numbers: numbers, cellCount: layout.cellCount, trials: layout.trials),
            layout.curve == nil || part.hasWholeCells
        else { throw contradiction(path, "its numbers are not boxes of the sweep") }
        if try file.readInteger(ResultLayout.partIsAllName, of: group) == 1 { part.rest = .notAsked }
        return part
    }

    private func readRounds() throws -> [String] {
        let path = ResultLayout.roundsPath
        guard try file.exists(path) else { return [] }
        let shape = try requireShape(path)
        guard shape.element == .text, shape.lengths.count == 1, shape.count <= ResultLayout.mostRounds else {
            throw contradiction(path, "its type or shape is not that of the decisions of rounds")
        }
        return try file.readTexts(path, count: shape.count)
    }

    private func readRoundLogPlace() throws -> Range<Int>? {
        let path = ResultLayout.roundLogPath
        guard try file.exists(path) else { return nil }
        let shape = try requireShape(path)
        guard shape.element == .uint8, shape.lengths.count == 1, shape.count <= RoundLog.mostBytes else {
            throw contradiction(path, "its type or shape is not that of the log of rounds")
        }
        return try placed(shape, path).map { $0..<$0 + shape.count }
    }

    private func readSweepSource() throws -> SweepSource? {
        guard let path = try file.readText(ResultLayout.sweepFileName, of: group) else { return nil }
        return SweepSource(
            path: path, overrideText: try file.readText(ResultLayout.overridesName, of: group) ?? "")
    }

    /// Where a dataset begins; `nil` where it does not lie in one piece.
    func placed(_ shape: DatasetShape, _ name: String) throws -> Int? {
        guard let offset = shape.offset else { return nil }
        guard offset > 0, shape.byteCount <= size, offset <= size - shape.byteCount else {
            throw contradiction(name, "it lies outside the file, which was cut short or is damaged")
        }
        return offset
    }

    private func readChecksumOffsets(_ layout: ResultLayout) throws -> ChecksumOffsets {
        func optional(_ path: String, _ lengths: [Int]) throws -> Int? {
            let shape = try requireShape(path)
            guard shape.element == .uint64, shape.lengths == lengths else {
                throw contradiction(path, "its type or shape is not that of a checksum")
            }
            return try placed(shape, path)
        }
        func offset(_ path: String, _ lengths: [Int]) throws -> Int {
            guard let offset = try optional(path, lengths) else {
                throw contradiction(path, "another program has packed it")
            }
            return offset
        }
        let tilePath = ResultLayout.tileChecksumPath, lengths = [layout.variables.count, layout.tileCount]
        let tiles = try optional(tilePath, lengths)
        let packed = try tiles == nil
            ? file.readAll(tilePath, .uint64, count: lengths[0] * lengths[1], zero: UInt64(0)) : []
        let hasCore = try file.exists(ResultLayout.coreChecksumPath)
        return ChecksumOffsets(
            tiles: tiles, packedTiles: packed, fixedBytes: try offset(ResultLayout.fixedChecksumPath, []),
            content: try offset(ResultLayout.contentChecksumPath, []),
            core: try hasCore ? offset(ResultLayout.coreChecksumPath, []) : nil,
            curves: try layout.curve.map { _ in try offset(CurveLayout.checksumPath, [layout.storedCellCount]) })
    }

    private func readShard() throws -> Shard? {
        guard let index = try file.readInteger("shard_index", of: group),
            let count = try file.readInteger("shard_count", of: group) else { return nil }
        guard let shard = Shard(index: index, count: count) else {
            throw contradiction("shard_index", "there is no part \(index) of \(count)")
        }
        return shard
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
        let isVector = shape.lengths.count == lengths.count + 1
        let width = isVector ? shape.lengths.last ?? 1 : 1
        guard shape.element == .float64 || shape.element == .int32 && !isVector,
            (1...ResultLayout.mostElements).contains(width)
        else { throw contradiction(name, "its type or shape is not that of a statistic") }
        return TrialVariable(
            name: name, element: shape.element, width: width,
            innerDimension: isVector ? try innerDimension(of: name, variable: name, rank: shape.lengths.count, at: lengths.count) : nil,
            longName: try longName(name), formula: try file.readText(TrialVariable.formulaName, of: name))
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
        guard try file.exists(name) else { throw contradiction(name, "it is missing") }
        guard let shape = try file.shape(of: name) else {
            throw contradiction(name, "it is of a type that results do not have")
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

    private func integer(_ name: String, _ object: String, in range: ClosedRange<Int>) throws -> Int {
        guard let value = try file.readInteger(name, of: object) else { throw contradiction(name, "it is missing") }
        guard range.contains(value) else { throw contradiction(name, "\(value) is not in \(range)") }
        return value
    }

    func contradiction(_ object: String, _ reason: String) -> ResultStoreError { file.contradiction(object, reason) }
}

extension HeaderReader {
    /// The dimension of the numbers of a statistic or a trajectory: `coordinate`, or the vector's own.
    private func innerDimension(of recorded: String, variable: String, rank: Int, at place: Int) throws -> String {
        let name = try file.dimensionNames(of: variable, rank: rank)[place]
        let known = [ResultLayout.coordinateName, StatisticStorage.vectorDimension(of: recorded)]
        guard let name, known.contains(name) else {
            throw contradiction(variable, "its dimension \(name ?? "without a name") is not that of a vector")
        }
        return name
    }

    /// What a trajectory of a result of so many dimensions is of: its numbers, if they are several, and its formula.
    private func readQuantity(_ name: String, summary: String, rank: Int) throws -> CurveLayout.Quantity {
        let variable = CurveVariable(
            quantity: CurveLayout.Quantity(name: name, summary: summary), kind: .mean, steps: 1).name
        let shape = try requireShape(variable)
        var inner: (name: String, length: Int)?
        if shape.lengths.count == rank + 2 {
            let length = shape.lengths[rank + 1]
            guard (1...ResultLayout.mostElements).contains(length) else {
                throw contradiction(variable, "its shape is not that of a trajectory")
            }
            inner = (try innerDimension(of: name, variable: variable, rank: rank + 2, at: rank + 1), length)
        }
        return CurveLayout.Quantity(
            name: name, summary: summary, inner: inner, formula: try file.readText(TrialVariable.formulaName, of: variable))
    }

    /// The trajectories that the file has; `nil` for none.
    ///
    /// - Parameter rank: the grid's dimensions.
    func readCurve(rank: Int) throws -> CurveLayout? {
        guard let names = try file.readText("curves", of: group), !names.isEmpty else { return nil }
        let summaries = try file.readText("curve_summaries", of: group) ?? ""
        let texts = summaries.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let quantities = names.split(separator: " ").map(String.init)
        guard texts.count == quantities.count, case .integers(let steps) = try readValues(CurveLayout.stepName).values,
            !steps.isEmpty, steps.allSatisfy({ (0...1 << 53).contains($0) }), zip(steps, steps.dropFirst()).allSatisfy(<)
        else { throw contradiction(CurveLayout.stepName, "it is not the steps of trajectories") }
        return CurveLayout(
            steps: steps, quantities: try zip(quantities, texts).map { try readQuantity($0, summary: $1, rank: rank) })
    }

    /// Where their variables begin.
    func readCurveOffsets(_ layout: ResultLayout) throws -> [String: Int] {
        var offsets: [String: Int] = [:]
        for variable in layout.curve?.variables ?? [] {
            let name = layout.storedPath(variable.name)
            let shape = try requireShape(name)
            guard shape.element == variable.element, let offset = try placed(shape, name),
                shape.lengths == layout.storedLengths(of: variable)
            else { throw contradiction(variable.name, "its type or shape is not that of a trajectory, or another program has packed it") }
            offsets[variable.name] = offset
        }
        return offsets
    }
}
