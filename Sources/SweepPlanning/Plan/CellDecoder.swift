import Synchronization
import TrialContract

/// Decodes a cell from its position, as fast as a sweep of very cheap trials needs: no names are looked up, nothing is
/// allocated, and cells of a class share what they have in common.
final class CellDecoder: Sendable {
    /// Places that are found side by side while the position is taken apart.
    private enum Lane { static let trialClass = 0, condition = 1, learningRate = 2, rho = 3, noise = 4, seed = 5 }

    private struct Axis: Sendable {
        var count: Int
        /// What a step along this axis adds to each place.
        var strides: SIMD8<Int>
        var dimension: Int
    }

    /// A number that every cell has: in a table, or computed where there are too many combinations.
    private enum Source: Sendable {
        case table([Double])
        case formula(Quantity)
    }

    private let layout: Layout
    /// Dimensions of more than one value, innermost first.
    private let axes: [Axis]
    private let learningRate: Source
    private let rho: Source
    private let noise: Source
    private let seed: Source
    /// Built for the first cell: planning alone needs no keys.
    private let keys = AtomicLazyReference<KeyTables>()
    private let makeKeys: @Sendable () -> KeyTables
    private let builder: ClassBuilder
    private let classes: ClassTable

    init(_ layout: Layout, fields: FieldCatalogue) {
        self.layout = layout
        let builder = ClassBuilder(layout)
        self.builder = builder
        let grid = layout.grid
        var strides = [SIMD8<Int>](repeating: SIMD8(repeating: 0), count: grid.dimensions.count)
        func lay(_ lane: Int, over dimensions: [Int]) {
            for (dimension, stride) in grid.strides(over: dimensions).enumerated() { strides[dimension][lane] = stride }
        }
        func source(_ name: String, _ lane: Int) -> Source {
            guard let quantity = layout[name] else { return .table([0]) }
            guard let table = quantity.table else { return .formula(quantity) }
            lay(lane, over: quantity.dimensions)
            return .table(table)
        }
        lay(Lane.trialClass, over: builder.dimensions)
        if layout.condition?.table != nil { lay(Lane.condition, over: layout.condition?.dimensions ?? []) }
        learningRate = source("learning_rate", Lane.learningRate)
        rho = source("rho", Lane.rho)
        noise = source("noise", Lane.noise)
        seed = source("seed", Lane.seed)
        axes = grid.counts.enumerated().reversed().filter { $1 > 1 }.map {
            Axis(count: $1, strides: strides[$0], dimension: $0)
        }
        makeKeys = { KeyTables(layout, fields: fields) }
        classes = ClassTable(
            count: grid.combinations(builder.dimensions) ?? .max, numbers: builder.mostNumbers)
    }

    /// The cell at a position in 0 ..< cellCount.
    /// Throws where a computed value is out of range; planning has found that out unless there are very many.
    func cell(at index: Int) throws -> PlannedCell {
        try cell(at: index) { place in
            try classes.entry(place) { try withDigits(of: index) { try builder.build(at: $0) } }
        }
    }

    /// The same with a class of at most about `ClassBuilder.mostPlanned` numbers, to try out what a trial takes, and the
    /// number of coordinates that the cell has indeed.
    func example(at index: Int) throws -> (cell: PlannedCell, dimension: Int) {
        let dimension = withDigits(of: index) { layout.value("dimension", at: $0) }
        let isSmall = dimension <= Double(ClassBuilder.mostPlanned)
        let cell = try isSmall ? self.cell(at: index) : self.cell(at: index) { _ in
            try withDigits(of: index) { try builder.build(at: $0, atMost: ClassBuilder.mostPlanned) }
        }
        return (cell, dimension >= 1 && dimension <= FieldCatalogue.largestDimension ? Int(dimension) : 1)
    }

    private func cell(at index: Int, _ entry: (Int) throws -> ClassEntry) throws -> PlannedCell {
        let places = places(of: index)
        guard isKept(index, places[Lane.condition]) else { return .excluded }
        let entry = try entry(places[Lane.trialClass])
        let parameters = CellParameters(
            learningRate: value(learningRate, places[Lane.learningRate], index),
            rho: value(rho, places[Lane.rho], index),
            noisePerCoordinate: value(noise, places[Lane.noise], index) / entry.noiseDivisor,
            streamKey: key(at: index, seedPlace: places[Lane.seed]))
        // Also false for NaN.
        guard parameters.learningRate > 0, parameters.learningRate < .infinity, parameters.rho >= 0,
            parameters.rho < .infinity, parameters.noisePerCoordinate >= 0, parameters.noisePerCoordinate < .infinity
        else { throw withDigits(of: index) { layout.outOfRange(at: $0) } }
        return .included(entry.trialClass, parameters)
    }

    @inline(__always)
    private func places(of index: Int) -> SIMD8<Int> {
        var rest = index
        var places = SIMD8<Int>(repeating: 0)
        for axis in axes {
            let (outer, digit) = rest.quotientAndRemainder(dividingBy: axis.count)
            places &+= axis.strides &* SIMD8(repeating: digit)
            rest = outer
        }
        precondition(rest == 0 && index >= 0, "a cell's position is in 0 ..< cellCount")
        return places
    }

    private func isKept(_ index: Int, _ place: Int) -> Bool {
        guard let condition = layout.condition else { return true }
        return condition.table.map { $0[place] } ?? withDigits(of: index) { layout.isIncluded($0) }
    }

    @inline(__always)
    private func value(_ source: Source, _ place: Int, _ index: Int) -> Double {
        switch source {
        case .table(let values): values[place]
        case .formula(let quantity): withDigits(of: index) { layout.value(quantity, at: $0) }
        }
    }

    private func key(at index: Int, seedPlace: Int) -> UInt64 {
        if layout.spec.usesCommonRandomNumbers { return UInt64(value(seed, seedPlace, index)) }
        let keys = keys.load() ?? keys.storeIfNil(makeKeys())
        return withDigits(of: index) { keys.key(at: $0, layout) }
    }

    /// Takes a position apart into positions along all dimensions.
    func withDigits<Value>(of index: Int, _ body: (Digits) throws -> Value) rethrows -> Value {
        try withUnsafeTemporaryAllocation(of: Int.self, capacity: layout.grid.dimensions.count) { digits in
            digits.initialize(repeating: 0)
            var rest = index
            for axis in axes {
                let (outer, digit) = rest.quotientAndRemainder(dividingBy: axis.count)
                digits[axis.dimension] = digit
                rest = outer
            }
            return try body(Digits(digits))
        }
    }
}

extension Layout {
    /// Says which computed value of a cell is out of range.
    func outOfRange(at digits: Digits) -> SweepFileError {
        let diagnostics = Diagnostics(file: spec.fileName)
        for derived in spec.derived {
            let value = value(derived.field.name, at: digits)
            guard derived.field.refuses(value), let quantity = self[derived.field.name] else { continue }
            diagnostics.report(
                derived.node.place, "derive.\(derived.field.name)",
                "must give \(derived.field.demand) at \(combination(digits, quantity.dimensions))", value: brief(value),
                remedy: "change the expression, or drop such cells with where")
        }
        if diagnostics.isEmpty {
            diagnostics.report(
                .whole, "axes", "a cell is out of range at \(combination(digits, Array(grid.dimensions.indices)))",
                remedy: "drop such cells with where")
        }
        return diagnostics.error(.invalid)
    }
}
