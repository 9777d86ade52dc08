import TrialContract

/// Decodes a cell from its position, as fast as a sweep of very cheap trials needs: no names are looked up, nothing is
/// allocated, and cells of a class share what they have in common.
final class CellDecoder: Sendable {
    /// Lookups that are made side by side while the position is taken apart.
    private enum Lane { static let trialClass = 0, learningRate = 1, rho = 2, noise = 3, seed = 4 }

    private struct Axis: Sendable {
        var count: Int
        /// What a step along this axis adds to the place in each lookup.
        var strides: SIMD8<Int>
        var dimension: Int
    }

    private let layout: Layout
    /// Dimensions of more than one value, innermost first.
    private let axes: [Axis]
    private let learningRates: [Double]
    private let rhos: [Double]
    private let noises: [Double]
    private let seeds: [Double]
    private let keys: KeyTables?
    private let builder: ClassBuilder
    private let classDimensions: [Int]
    private let classes: ClassTable

    init(_ layout: Layout, fields: FieldCatalogue) {
        self.layout = layout
        builder = ClassBuilder(layout)
        classDimensions = builder.dimensions
        let grid = layout.grid
        var strides = [SIMD8<Int>](repeating: SIMD8(repeating: 0), count: grid.dimensions.count)
        func lay(_ lane: Int, over dimensions: [Int]) {
            for (dimension, stride) in grid.strides(over: dimensions).enumerated() { strides[dimension][lane] = stride }
        }
        func table(_ name: String, _ lane: Int) -> [Double] {
            guard let quantity = layout[name], case .table(let values) = quantity.values else { return [0] }
            lay(lane, over: quantity.dimensions)
            return values
        }
        lay(Lane.trialClass, over: classDimensions)
        learningRates = table("learning_rate", Lane.learningRate)
        rhos = table("rho", Lane.rho)
        noises = table("noise", Lane.noise)
        seeds = table("seed", Lane.seed)
        axes = grid.counts.enumerated().reversed().filter { $1 > 1 }.map {
            Axis(count: $1, strides: strides[$0], dimension: $0)
        }
        keys = layout.spec.usesCommonRandomNumbers ? nil : KeyTables(layout, fields: fields)
        classes = ClassTable(
            count: grid.combinations(classDimensions) ?? .max, coordinates: Self.coordinates(layout))
    }

    /// The coordinates of all spectra together, at most.
    private static func coordinates(_ layout: Layout) -> Double {
        guard case .table(let dimensions)? = layout["dimension"]?.values else { return .infinity }
        let shapes = layout.quantities.filter { $0.name.hasPrefix("problem") }.map(\.dimensions).union()
        return dimensions.reduce(0, +) * Double(layout.grid.combinations(shapes) ?? .max)
    }

    /// The cell at a position in 0 ..< cellCount.
    func cell(at index: Int) throws -> PlannedCell {
        var rest = index
        var places = SIMD8<Int>(repeating: 0)
        for axis in axes {
            let (outer, digit) = rest.quotientAndRemainder(dividingBy: axis.count)
            places &+= axis.strides &* SIMD8(repeating: digit)
            rest = outer
        }
        precondition(rest == 0 && index >= 0, "a cell's position is in 0 ..< cellCount")
        let entry = classes.entry(places[Lane.trialClass]) { builder.build(at: digits(of: index)) }
        return .included(entry.trialClass, CellParameters(
            learningRate: learningRates[places[Lane.learningRate]], rho: rhos[places[Lane.rho]],
            noisePerCoordinate: noises[places[Lane.noise]] / entry.noiseDivisor,
            streamKey: key(at: index, seed: seeds[places[Lane.seed]])))
    }

    private func key(at index: Int, seed: Double) -> UInt64 {
        guard let keys else { return UInt64(seed) }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: layout.grid.dimensions.count) { digits in
            fill(digits, index)
            return keys.key(at: digits)
        }
    }

    private func fill(_ digits: UnsafeMutableBufferPointer<Int>, _ index: Int) {
        digits.initialize(repeating: 0)
        var rest = index
        for axis in axes {
            let (outer, digit) = rest.quotientAndRemainder(dividingBy: axis.count)
            digits[axis.dimension] = digit
            rest = outer
        }
    }

    /// A cell's positions along all dimensions.
    func digits(of index: Int) -> [Int] {
        [Int](unsafeUninitializedCapacity: layout.grid.dimensions.count) { buffer, count in
            fill(buffer, index)
            count = layout.grid.dimensions.count
        }
    }
}
