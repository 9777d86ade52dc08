import TrialContract

/// The dimensions of a sweep, in the result file's order, `trial` left out.
struct Grid: Sendable {
    var dimensions: [GridDimension] = []
    /// What runs along each dimension.
    var axes: [AxisName] = []

    var counts: [Int] { dimensions.map(\.count) }

    mutating func append(_ axis: AxisName, _ dimension: GridDimension) {
        axes.append(axis)
        dimensions.append(dimension)
    }

    func position(_ axis: AxisName) -> Int? { axes.firstIndex(of: axis) }

    /// Distances in row-major order over some of the dimensions, one per grid dimension; 0 for the others.
    func strides(over chosen: [Int]) -> [Int] {
        var strides = [Int](repeating: 0, count: dimensions.count)
        var stride = 1
        for dimension in chosen.reversed() {
            strides[dimension] = stride
            stride *= dimensions[dimension].count
        }
        return strides
    }

    /// The number of combinations along some dimensions; `nil` above 2^53.
    func combinations(_ chosen: [Int]) -> Int? {
        var product = 1
        for dimension in chosen {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimensions[dimension].count)
            guard !overflow, next <= 1 << 53 else { return nil }
            product = next
        }
        return product
    }
}

extension Sequence<[Int]> {
    /// All of them, ascending and once.
    func union() -> [Int] { Set(joined()).sorted() }
}
