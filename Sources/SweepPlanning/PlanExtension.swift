import TrialContract

/// Finds the cells of an earlier plan among those of a later one: what a result already has when its sweep is extended
/// by more values, trials or recorded quantities.
///
/// A cell is the same if all its values are, whatever their positions: dimensions may have grown, shrunk or been
/// reordered, and rows of a zip are told by their values, not by their position.
public struct PlanExtension: Sendable {
    private let earlier: PlannedSweep
    private let later: PlannedSweep
    /// For each dimension of the later plan: where its positions are in the earlier one.
    private let positions: [[Int?]]
    /// The dimension of the earlier plan that each of the later one's is.
    private let counterparts: [Int]
    private let strides: [Int]
    /// Derived quantities of both plans, whose values must agree.
    private let derived: [(Quantity, Quantity)]

    /// `nil` where the plans are of different sweeps or do not have the same dimensions and derived quantities: then
    /// no cell of one is a cell of the other.
    public init?(from earlier: PlannedSweep, to later: PlannedSweep) {
        let old = earlier.layout, new = later.layout
        let counterparts = new.grid.dimensions.compactMap { dimension in
            old.grid.dimensions.firstIndex { $0.name == dimension.name }
        }
        let names = [old, new].map { Set($0.spec.derived.map(\.field.name)) }
        guard earlier.sweepFingerprint == later.sweepFingerprint, names[0] == names[1],
            counterparts.count == new.grid.dimensions.count, counterparts.count == old.grid.dimensions.count
        else { return nil }
        var positions: [[Int?]] = []
        for (place, counterpart) in counterparts.enumerated() {
            let known = old.rows(along: counterpart)
            let wanted = new.rows(along: place)
            guard known.names == wanted.names else { return nil }
            let places = Dictionary(known.rows.enumerated().map { ($1, $0) }) { first, _ in first }
            positions.append(wanted.rows.map { places[$0] })
        }
        self.earlier = earlier
        self.later = later
        self.positions = positions
        self.counterparts = counterparts
        strides = old.grid.strides(over: Array(old.grid.dimensions.indices))
        derived = names[0].sorted().compactMap { name in
            guard let first = old[name], let second = new[name] else { return nil }
            return (first, second)
        }
    }

    /// The position in the earlier plan of a cell of the later one; `nil` where it was not there or was dropped.
    public func earlierCell(of cell: Int) -> Int? {
        later.decoder.withDigits(of: cell) { digits in
            var place = 0
            for (dimension, digit) in digits.enumerated() {
                guard let position = positions[dimension][digit] else { return nil }
                place += position * strides[counterparts[dimension]]
            }
            return earlier.decoder.withDigits(of: place) { old in
                let agree = derived.allSatisfy { first, second in
                    earlier.layout.value(first, at: old) == later.layout.value(second, at: digits)
                }
                return agree && earlier.layout.isIncluded(old) ? place : nil
            }
        }
    }
}

extension Layout {
    /// What tells the positions along a dimension apart: the names of the quantities that run along it and, for each
    /// position, their values; components by their labels.
    fileprivate func rows(along dimension: Int) -> (names: [String], rows: [[Identity]]) {
        let derived = Set(spec.derived.map(\.field.name))
        let columns = quantities.filter {
            $0.dimensions == [dimension] && !$0.isInternal && !$0.isDefaultOfRho && !derived.contains($0.name)
        }.sorted { $0.name < $1.name }
        let rows = (0..<grid.dimensions[dimension].count).map { place in
            columns.map { column -> Identity in
                let value = column.table?[place] ?? .nan
                return column.labels.map { .label($0[Int(value)]) } ?? .number(value)
            }
        }
        return (columns.map(\.name), rows)
    }
}

/// A value that can be looked up.
private enum Identity: Hashable {
    case label(String)
    case number(Double)
}

extension Quantity {
    /// A length scale that is the cell's rho: it follows from rho.
    fileprivate var isDefaultOfRho: Bool { isDefault && !isAxis }
}
