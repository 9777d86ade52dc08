import TrialContract

/// The stream keys of all cells: shares of values that vary along the same dimensions are added up beforehand.
final class KeyTables: Sendable {
    private struct Table: Sendable {
        /// None: one share for all cells.
        var dimensions: [Int]
        var shares: [UInt64]
    }

    private let tables: [Table]
    /// Numbers computed cell by cell, with their defaults.
    private let computed: [(quantity: Quantity, defaultValue: Double?)]

    init(_ layout: Layout, fields: FieldCatalogue) {
        var tables: [Table] = []
        var computed: [(quantity: Quantity, defaultValue: Double?)] = []
        for quantity in layout.quantities where StreamKeys.isKeyed(quantity.name) && !quantity.isInternal {
            let defaultValue = fields[quantity.name]?.defaultValue
            if let kind = ComponentKind.choices.first(where: { $0.fieldName == quantity.name }) {
                Self.add(Self.shares(kind, layout), quantity, &tables)
            } else if let table = quantity.table {
                let shares = table.map { StreamKeys.share(quantity.name, number: $0, default: defaultValue) }
                Self.add(shares, quantity, &tables)
            } else {
                computed.append((quantity, defaultValue))
            }
        }
        self.tables = tables
        self.computed = computed
    }

    private static func add(_ shares: [UInt64], _ quantity: Quantity, _ tables: inout [Table]) {
        if let place = tables.firstIndex(where: { $0.dimensions == quantity.dimensions }) {
            for index in shares.indices { tables[place].shares[index] &+= shares[index] }
        } else {
            tables.append(Table(dimensions: quantity.dimensions, shares: shares))
        }
    }

    /// The key at positions along all dimensions.
    func key(at digits: Digits, _ layout: Layout) -> UInt64 {
        var key: UInt64 = 0
        for table in tables { key &+= table.shares[layout.place(digits, over: table.dimensions)] }
        for (quantity, defaultValue) in computed {
            key &+= StreamKeys.share(quantity.name, number: layout.value(quantity, at: digits), default: defaultValue)
        }
        return key
    }

    /// One share per component. What a fixed component was given is a quantity of its own.
    private static func shares(_ kind: ComponentKind, _ layout: Layout) -> [UInt64] {
        (layout.spec.choices[kind]?.entries ?? []).map { entry in
            var bare = entry
            if layout.spec.choices[kind]?.source == .fixed {
                bare.given = [:]
                if case .uniform? = entry.spectrum { bare.spectrum = nil }
            }
            return StreamKeys.share(kind, bare)
        }
    }
}
