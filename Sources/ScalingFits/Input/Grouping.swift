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

    let dimensions: [SweepDimension]
    /// Positions in `dimensions`, ascending.
    let by: [Int]
    let against: String
    /// Positions of the dimensions that the abscissa depends on, ascending.
    let axis: [Int]
    /// Row-major over `axis`.
    let abscissae: [Double]
    /// Dependent coordinates that are constant in a group.
    private let constants: [DependentCoordinate]

    /// - Parameter by: names of dimensions or of dependent coordinates (which stand for their dimensions); `nil`: every
    ///   dimension that the abscissa does not depend on.
    init(
        dimensions: [SweepDimension], dependent: [DependentCoordinate], against: String, by names: [String]?
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
        let place = indices(of: group, over: by)
        var entries = zip(by, place).map { position, index in
            let own = dimensions[position]
            return GroupKey.Entry(name: own.name, value: own.values[index], isInteger: own.isInteger)
        }
        for coordinate in constants {
            let positions = coordinate.dimensions.map { name in dimensions.firstIndex { $0.name == name } ?? 0 }
            let local = positions.map { position in place[by.firstIndex(of: position) ?? 0] }
            let value = coordinate.values[Self.rowMajor(local, positions.map { dimensions[$0].count })]
            entries.append(GroupKey.Entry(name: coordinate.name, value: value, isInteger: coordinate.isInteger))
        }
        return GroupKey(entries)
    }

    /// Ascending by cell.
    func members(ofGroup group: Int) -> [Member] {
        var place = Array(repeating: 0, count: dimensions.count)
        for (position, index) in zip(by, indices(of: group, over: by)) { place[position] = index }
        let free = dimensions.indices.filter { !by.contains($0) }
        let counts = dimensions.map(\.count)
        let siblings = free.filter { !axis.contains($0) }
        return (0..<cellsPerGroup).map { step in
            for (position, index) in zip(free, indices(of: step, over: free)) { place[position] = index }
            return Member(
                cell: Self.rowMajor(place, counts),
                x: abscissae[Self.rowMajor(axis.map { place[$0] }, axis.map { counts[$0] })],
                sibling: Self.rowMajor(siblings.map { place[$0] }, siblings.map { counts[$0] }))
        }
    }

    private func indices(of number: Int, over positions: [Int]) -> [Int] {
        var rest = number
        var result: [Int] = []
        for position in positions.reversed() {
            result.append(rest % dimensions[position].count)
            rest /= dimensions[position].count
        }
        return result.reversed()
    }

    private static func rowMajor(_ place: [Int], _ counts: [Int]) -> Int {
        zip(place, counts).reduce(0) { $0 * $1.1 + $1.0 }
    }
}

extension Grouping {
    private static func quantity(
        _ name: String, _ dimensions: [SweepDimension], _ dependent: [DependentCoordinate]
    ) throws -> (axis: [Int], values: [Double]) {
        let (axis, values): ([Int], [GroupValue])
        if let position = dimensions.firstIndex(where: { $0.name == name }) {
            (axis, values) = ([position], dimensions[position].values)
        } else if let coordinate = dependent.first(where: { $0.name == name }) {
            (axis, values) = (positions(coordinate, dimensions), coordinate.values)
        } else {
            throw ScalingFitsError.unknownDimension(name, option: "against", known: names(dimensions, dependent))
        }
        return (axis, try values.map { value in
            guard case .number(let number) = value else { throw ScalingFitsError.axisOfNames(name) }
            return number
        })
    }

    private static func positions(
        _ names: [String]?, _ against: String, _ axis: [Int], _ dimensions: [SweepDimension],
        _ dependent: [DependentCoordinate]
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

    private static func positions(_ coordinate: DependentCoordinate, _ dimensions: [SweepDimension]) -> [Int] {
        coordinate.dimensions.compactMap { name in dimensions.firstIndex { $0.name == name } }
    }

    private static func names(_ dimensions: [SweepDimension], _ dependent: [DependentCoordinate]) -> [String] {
        dimensions.map(\.name) + dependent.map(\.name)
    }
}
