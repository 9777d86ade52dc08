import PortableMath
import TrialContract

/// Which cell of an older result has the coordinates of a cell of a newer sweep, and the other way round.
///
/// Along each dimension, positions are matched by their value. A zip's positions say nothing by themselves: they are
/// matched by the quantities that are zipped. Quantities over several dimensions must agree in the end.
struct CellMap {
    private let oldCells: RowMajor
    private let newCells: RowMajor
    /// Per dimension of the newer sweep: the dimension of the older one, and its position for each of ours.
    private let dimensions: [(old: Int, positions: [Int?])]
    /// Quantities over several dimensions.
    private let shared: [Shared]

    private struct Shared {
        let old, new: AuxiliaryCoordinate
        let oldPlace, newPlace: QuantityPlace
    }

    /// `nil` where the two have different dimensions or dependent quantities: nothing can be matched then.
    init?(from old: ResultLayout, to new: ResultLayout) {
        let names = Set(old.dimensions.map(\.name))
        guard names == Set(new.dimensions.map(\.name)), names.count == new.dimensions.count else { return nil }
        let auxiliary = Dictionary(uniqueKeysWithValues: old.auxiliaryCoordinates.map { ($0.name, $0) })
        guard Set(auxiliary.keys) == Set(new.auxiliaryCoordinates.map(\.name)) else { return nil }
        var shared: [(old: AuxiliaryCoordinate, new: AuxiliaryCoordinate)] = []
        for variable in new.auxiliaryCoordinates {
            guard let other = auxiliary[variable.name], other.dimensions.count == variable.dimensions.count,
                Set(other.dimensions) == Set(variable.dimensions) else { return nil }
            shared.append((other, variable))
        }
        oldCells = RowMajor(old.dimensions.map(\.count))
        newCells = RowMajor(new.dimensions.map(\.count))
        dimensions = new.dimensions.map { dimension in
            let index = old.dimensions.firstIndex { $0.name == dimension.name }!
            let along = shared.filter { $0.new.dimensions == [dimension.name] }
            return (index, Self.match(old.dimensions[index], dimension, along))
        }
        self.shared = shared.filter { $0.new.dimensions.count > 1 }.map {
            Shared(old: $0.old, new: $0.new, oldPlace: QuantityPlace($0.old, old), newPlace: QuantityPlace($0.new, new))
        }
    }

    private static func match(
        _ old: GridDimension, _ new: GridDimension, _ along: [(old: AuxiliaryCoordinate, new: AuxiliaryCoordinate)]
    ) -> [Int?] {
        let byValue = !(old.kind == .positions && new.kind == .positions) || along.isEmpty
        func key(_ dimension: GridDimension, _ variables: [AuxiliaryCoordinate], _ index: Int) -> [String] {
            (byValue ? [dimension.values.identity(at: index)] : []) + variables.map { $0.values.identity(at: index) }
        }
        var places: [[String]: Int] = [:]
        for index in 0..<old.count { places[key(old, along.map(\.old), index)] = index }
        return (0..<new.count).map { places[key(new, along.map(\.new), $0)] }
    }

    /// The older result's cell with the coordinates of `cell`, if there is one.
    func oldCell(of cell: Int) -> Int? {
        let digits = newCells.places(of: cell)
        var places = [Int](repeating: 0, count: digits.count)
        for index in digits.indices {
            guard let place = dimensions[index].positions[digits[index]] else { return nil }
            places[dimensions[index].old] = place
        }
        for pair in shared {
            let here = pair.newPlace.position(in: digits), there = pair.oldPlace.position(in: places)
            if pair.new.values.identity(at: here) != pair.old.values.identity(at: there) { return nil }
        }
        return oldCells.position(of: places)
    }
}

/// Where a dependent quantity's value stands.
private struct QuantityPlace {
    /// The dimensions that it depends on.
    private let dimensions: [Int]
    private let grid: RowMajor

    init(_ variable: AuxiliaryCoordinate, _ layout: ResultLayout) {
        let indices = variable.dimensions.map { name in layout.dimensions.firstIndex { $0.name == name }! }
        dimensions = indices
        grid = RowMajor(indices.map { layout.dimensions[$0].count })
    }

    /// - Parameter places: of a cell, along all dimensions.
    func position(in places: [Int]) -> Int { grid.position(of: dimensions.lazy.map { places[$0] }) }
}

extension AxisValues {
    /// A text that is the same for the same value only, bit for bit.
    func identity(at index: Int) -> String {
        switch self {
        case .names(let values): values[index]
        case .integers(let values): "\(values[index])"
        case .numbers(let values): "\(values[index].bitPattern)"
        }
    }
}
