import TrialContract

/// Labelled arrays as xarray, netCDF and HDF5 readers see them: a plain file beside results, without trials or state.
public struct ArrayFile: Sendable {
    public struct Variable: Sendable {
        public var name: String
        public var longName: String
        /// Names of dimensions; none for a scalar.
        public var dimensions: [String]
        /// Row-major over the dimensions.
        public var values: AxisValues

        public init(name: String, longName: String, dimensions: [String], values: AxisValues) {
            (self.name, self.longName, self.dimensions, self.values) = (name, longName, dimensions, values)
        }
    }

    public var dimensions: [GridDimension]
    /// Coordinates over some of the dimensions.
    public var coordinates: [AuxiliaryCoordinate]
    public var variables: [Variable]
    /// Of the root, in their order; `kind` is added.
    public var attributes: [(name: String, value: String)]
    /// What the file holds, as "fits". A file of another kind is never replaced.
    public var kind: String
    /// Called once the new file is whole, and before it takes its place.
    var isMade: @Sendable () -> Void = {}

    public init(
        kind: String, dimensions: [GridDimension], coordinates: [AuxiliaryCoordinate], variables: [Variable],
        attributes: [(name: String, value: String)]
    ) {
        self.kind = kind
        self.dimensions = dimensions
        self.coordinates = coordinates
        self.variables = variables
        self.attributes = attributes
    }

    /// Writes the file in one step: there is the old one or the new one, never a part of it.
    ///
    /// Throws `ResultStoreError`: `cannotCreate` where something else lies there, `inputOutput` where writing fails.
    public func write(to path: String) throws {
        let place = try Paths.resolved(path)
        try OutputPlace.take(place) { output in
            try requireOwnKind(place)
            let temporary = BesideFile.new(of: place)
            try NewFile.prepare(temporary, for: path)
            do {
                try HDF5Library.exclusively { try create(temporary) }
                let file = try RawFile(path: temporary, writable: true)
                try file.synchronise()
                isMade()
                try output.fill(with: temporary)
            } catch {
                Paths.discard(temporary)
                throw error.ofOwnMaking.placed(at: path, insteadOf: temporary)
            }
            // As every writer does: where its file cannot be removed now, the end of the lock tries again.
            output.lock.release()
        }
    }

    private static let kindName = "samsweep_kind"

    private func requireOwnKind(_ path: String) throws {
        guard try Paths.entry(path) != .nothing else { return }
        guard try storedKind(path) == kind else {
            throw ResultStoreError(
                .cannotCreate, "replace", path: path, reason: "it is no file of \(kind)",
                remedy: "give another --output, or remove it first")
        }
    }

    /// `nil` where the file is not one of these.
    private func storedKind(_ path: String) throws -> String? {
        let raw = try RawFile(path: path, writable: false)
        let head = try raw.read(count: min(8, raw.size()), zero: UInt8(0), at: 0, "its beginning")
        guard head == BesideFile.hdf5 else { return nil }
        do {
            return try ConfinedFile(path, .thorough("it is to be replaced")).readText(Self.kindName)
        } catch let error as ResultStoreError where error.kind == .damaged { return nil }
    }

    private func create(_ path: String) throws {
        let file = try HDF5File.create(path: path)
        for (name, value) in attributes { try file.writeAttribute(name, .text(value)) }
        try file.writeAttribute(Self.kindName, .text(kind))
        for dimension in dimensions {
            try write(file, dimension.name, dimension.values, [dimension.name], dimension.longName)
            try file.makeScale(dimension.name)
        }
        let listed = coordinates.map(\.name).joined(separator: " ")
        for coordinate in coordinates {
            try write(file, coordinate.name, coordinate.values, coordinate.dimensions, coordinate.longName)
            try attachScales(file, coordinate.name, coordinate.dimensions)
        }
        for variable in variables {
            try write(file, variable.name, variable.values, variable.dimensions, variable.longName)
            if !listed.isEmpty { try file.writeAttribute("coordinates", .text(listed), of: variable.name) }
            try attachScales(file, variable.name, variable.dimensions)
        }
        try file.close()
        try file.intended.requireWritten(to: path)
    }

    private func write(
        _ file: HDF5File, _ name: String, _ values: AxisValues, _ names: [String], _ longName: String
    ) throws {
        let lengths = names.map { name in dimensions.first { $0.name == name }?.count ?? 0 }
        switch values {
        case .names(let texts):
            try file.createDataset(name, .text, lengths)
            try file.write(texts, to: name)
        case .integers(let integers):
            try file.createDataset(name, .int64, lengths)
            try file.write(integers.map(Int64.init), .int64, to: name)
            try file.writeAttribute("units", .text("1"), of: name)
        case .numbers(let numbers):
            try file.createDataset(name, .float64, lengths, fill: .nan)
            try file.write(numbers, .float64, to: name)
            try file.writeAttribute("_FillValue", .float64(.nan), of: name)
            try file.writeAttribute("units", .text("1"), of: name)
        }
        try file.writeAttribute("long_name", .text(longName), of: name)
    }

    private func attachScales(_ file: HDF5File, _ name: String, _ names: [String]) throws {
        for (index, scale) in names.enumerated() {
            try file.attach(scale: scale, to: name, rank: names.count, dimension: index)
        }
    }
}
