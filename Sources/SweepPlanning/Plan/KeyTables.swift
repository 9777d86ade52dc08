import TrialContract

/// The stream keys of all cells: shares of values that vary along the same dimensions are added up beforehand.
struct KeyTables: Sendable {
    private struct Table: Sendable {
        var dimensions: [Int]
        /// Distances for the positions along all dimensions of the grid.
        var strides: [Int]
        var shares: [UInt64]
    }

    private var tables: [Table] = []
    private var fixed: UInt64 = 0

    init(_ layout: Layout, fields: FieldCatalogue) {
        for quantity in layout.quantities where StreamKeys.isKeyed(quantity.name) {
            add(quantity, Self.shares(quantity, layout, fields), layout.grid)
        }
    }

    /// The key at positions along all dimensions.
    func key(at digits: UnsafeMutableBufferPointer<Int>) -> UInt64 {
        var key = fixed
        for table in tables {
            var place = 0
            for dimension in table.dimensions { place += digits[dimension] * table.strides[dimension] }
            key &+= table.shares[place]
        }
        return key
    }

    private static func shares(_ quantity: Quantity, _ layout: Layout, _ fields: FieldCatalogue) -> [UInt64] {
        guard case .table(let values) = quantity.values else { return [] }
        if quantity.labels != nil, let kind = ComponentKind.choices.first(where: { $0.fieldName == quantity.name }),
            let entries = layout.spec.choices[kind]?.entries {
            // What a fixed component was given is a quantity of its own.
            return entries.map { entry in
                var bare = entry
                if quantity.dimensions.isEmpty { bare.given = [:] }
                if quantity.dimensions.isEmpty, case .uniform = entry.spectrum { bare.spectrum = nil }
                return StreamKeys.share(kind, bare)
            }
        }
        let defaultValue = fields[quantity.name]?.defaultValue
        return values.map { StreamKeys.share(quantity.name, number: $0, default: defaultValue) }
    }

    private mutating func add(_ quantity: Quantity, _ shares: [UInt64], _ grid: Grid) {
        if quantity.dimensions.isEmpty {
            fixed &+= shares[0]
        } else if let place = tables.firstIndex(where: { $0.dimensions == quantity.dimensions }) {
            for index in shares.indices { tables[place].shares[index] &+= shares[index] }
        } else {
            tables.append(Table(
                dimensions: quantity.dimensions, strides: grid.strides(over: quantity.dimensions), shares: shares))
        }
    }
}
