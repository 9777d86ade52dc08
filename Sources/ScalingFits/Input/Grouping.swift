import PortableMath
import TrialContract

/// How the cells of a result fall into groups: by some dimensions, against one quantity.
struct Grouping: Sendable {
    /// A cell of a group.
    struct Member: Sendable {
        var cell: Int
        /// The abscissa.
        var x: Double
        /// Where it stands along the dimensions that are neither `by` nor the abscissa's: cells that share this number
        /// differ in the abscissa only.
        var sibling: Int
    }

    let dimensions: [GridDimension]
    /// Positions in `dimensions`, ascending.
    let by: [Int]
    let against: String
    /// Positions of the dimensions that the abscissa depends on, ascending.
    let axis: [Int]
    /// Row-major over `axis`.
    let abscissae: [Double]
    /// Dependent coordinates that are constant in a group.
    private let constants: [AuxiliaryCoordinate]

    /// - Parameter by: names of dimensions or of dependent coordinates (which stand for their dimensions); `nil`: every
    ///   dimension that the abscissa does not depend on.
    init(
        dimensions: [GridDimension], dependent: [AuxiliaryCoordinate], against: String, by names: [String]?
    ) throws {
        self.dimensions = dimensions
        self.against = against
        let quantity = try Self.quantity(against, dimensions, dependent)
        axis = quantity.axis
        abscissae = quantity.values
        by = try Self.positions(names, against, quantity.axis, dimensions, dependent)
        let used = Set(by.map { dimensions[$0].name })
        constants = dependent.filter { $0.name != against && used.isSuperset(of: $0.dimensions) }
    }

    var groupCount: Int { by.reduce(1) { $0 * dimensions[$1].count } }
    var cellsPerGroup: Int { dimensions.reduce(1) { $0 * $1.count } / max(1, groupCount) }

    /// Dimensions of several values that groups run over without telling them apart.
    var pooled: [String] {
        dimensions.indices.filter { !by.contains($0) && !axis.contains($0) && dimensions[$0].count > 1 }
            .map { dimensions[$0].name }
    }

    func key(ofGroup group: Int) -> GroupKey {
        let place = counts(by).places(of: group)
        var entries = zip(by, place).map { position, index in
            let own = dimensions[position]
            return GroupKey.Entry(name: own.name, value: own.values[index], isInteger: own.values.areIntegers)
        }
        for coordinate in constants {
            let positions = coordinate.dimensions.map { name in dimensions.firstIndex { $0.name == name } ?? 0 }
            let local = positions.map { position in place[by.firstIndex(of: position) ?? 0] }
            let value = coordinate.values[counts(positions).position(of: local)]
            entries.append(GroupKey.Entry(name: coordinate.name, value: value, isInteger: coordinate.values.areIntegers))
        }
        return GroupKey(entries)
    }

    /// Ascending by cell.
    func members(ofGroup group: Int) -> [Member] {
        var place = Array(repeating: 0, count: dimensions.count)
        for (position, index) in zip(by, counts(by).places(of: group)) { place[position] = index }
        let free = dimensions.indices.filter { !by.contains($0) }
        let siblings = free.filter { !axis.contains($0) }
        let grids = (all: counts(dimensions.indices), free: counts(free), axis: counts(axis), siblings: counts(siblings))
        return (0..<cellsPerGroup).map { step in
            for (position, index) in zip(free, grids.free.places(of: step)) { place[position] = index }
            return Member(
                cell: grids.all.position(of: place),
                x: abscissae[grids.axis.position(of: axis.map { place[$0] })],
                sibling: grids.siblings.position(of: siblings.map { place[$0] }))
        }
    }

    /// The grid of some dimensions, by their positions.
    private func counts(_ positions: some Sequence<Int>) -> RowMajor { RowMajor(positions.map { dimensions[$0].count }) }
}

extension Grouping {
    private static func quantity(
        _ name: String, _ dimensions: [GridDimension], _ dependent: [AuxiliaryCoordinate]
    ) throws -> (axis: [Int], values: [Double]) {
        let (axis, values): ([Int], [GroupValue])
        if let position = dimensions.firstIndex(where: { $0.name == name }) {
            (axis, values) = ([position], dimensions[position].values.groupValues)
        } else if let coordinate = dependent.first(where: { $0.name == name }) {
            (axis, values) = (positions(coordinate, dimensions), coordinate.values.groupValues)
        } else {
            throw ScalingFitsError.unknownDimension(name, option: "against", known: names(dimensions, dependent))
        }
        return (axis, try values.map { value in
            guard case .number(let number) = value else { throw ScalingFitsError.axisOfNames(name) }
            return number
        })
    }

    private static func positions(
        _ names: [String]?, _ against: String, _ axis: [Int], _ dimensions: [GridDimension],
        _ dependent: [AuxiliaryCoordinate]
    ) throws -> [Int] {
        guard let names else { return dimensions.indices.filter { !axis.contains($0) } }
        var chosen = Set<Int>()
        for name in names {
            if let position = dimensions.firstIndex(where: { $0.name == name }) {
                chosen.insert(position)
            } else if let coordinate = dependent.first(where: { $0.name == name }) {
                chosen.formUnion(positions(coordinate, dimensions))
            } else {
                throw ScalingFitsError.unknownDimension(name, option: "by", known: Self.names(dimensions, dependent))
            }
            if !chosen.isDisjoint(with: axis), axis.count == 1 || axis.allSatisfy(chosen.contains) {
                throw ScalingFitsError.groupedByAbscissa(name, against: against)
            }
        }
        return chosen.sorted()
    }

    private static func positions(_ coordinate: AuxiliaryCoordinate, _ dimensions: [GridDimension]) -> [Int] {
        coordinate.dimensions.compactMap { name in dimensions.firstIndex { $0.name == name } }
    }

    private static func names(_ dimensions: [GridDimension], _ dependent: [AuxiliaryCoordinate]) -> [String] {
        dimensions.map(\.name) + dependent.map(\.name)
    }
}
