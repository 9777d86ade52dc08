import PortableMath
import ScalingFits
import TrialContract

/// A result as it was in a round: along one dimension those values only that had been taken, and of each cell the first trials.
struct RoundColumns<Columns: TrialColumns>: TrialColumns {
    private let columns: Columns
    /// The dimension's position.
    private let axis: Int
    /// Places along it in the result, ascending.
    private let places: [Int]
    let trials: Int
    let dimensions: [GridDimension]

    /// - Parameters:
    ///   - axis: the position of a dimension of numbers.
    ///   - values: those of it that are seen.
    ///   - trials: of each cell, at most those of the result.
    init(_ columns: Columns, axis: Int, values: Set<Double>, trials: Int) {
        self.columns = columns
        self.axis = axis
        self.trials = min(trials, columns.trials)
        let own = columns.dimensions[axis]
        places = own.values.groupValues.indices.filter { place in
            if case .number(let number) = own.values[place] { values.contains(number) } else { false }
        }
        var dimensions = columns.dimensions
        dimensions[axis] = GridDimension(
            name: own.name, values: own.values.only(places), longName: own.longName, kind: own.kind)
        self.dimensions = dimensions
    }

    var statistics: [String] { columns.statistics }
    var sharesRandomNumbers: Bool { columns.sharesRandomNumbers }

    var dependentCoordinates: [AuxiliaryCoordinate] {
        columns.dependentCoordinates.map { own in
            guard let along = own.dimensions.firstIndex(of: dimensions[axis].name) else { return own }
            let sizes = own.dimensions.map { name in columns.dimensions.first { $0.name == name }?.count ?? 1 }
            let whole = RowMajor(sizes)
            let kept = (0..<whole.count).filter { places.contains(whole.places(of: $0)[along]) }
            return AuxiliaryCoordinate(
                name: own.name, dimensions: own.dimensions, values: own.values.only(kept), longName: own.longName)
        }
    }

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        try gathered(cells) { try columns.values(of: statistic, cells: $0) }
    }

    func status(cells: Range<Int>) throws -> [UInt8] { try gathered(cells) { try columns.status(cells: $0) } }
    func stepsTaken(cells: Range<Int>) throws -> [Int64] { try gathered(cells) { try columns.stepsTaken(cells: $0) } }

    /// The result's cell.
    private func origin(_ cell: Int) -> Int {
        var place = grid.places(of: cell)
        place[axis] = places[place[axis]]
        return columns.grid.position(of: place)
    }

    private func gathered<Value>(_ cells: Range<Int>, _ read: (Range<Int>) throws -> [Value]) throws -> [Value] {
        try cells.flatMap { cell in
            let origin = origin(cell)
            return try read(origin..<origin + 1).prefix(trials)
        }
    }
}

extension AxisValues {
    /// Those at some places.
    fileprivate func only(_ places: [Int]) -> AxisValues {
        switch self {
        case .names(let values): .names(places.map { values[$0] })
        case .integers(let values): .integers(places.map { values[$0] })
        case .numbers(let values): .numbers(places.map { values[$0] })
        }
    }
}
