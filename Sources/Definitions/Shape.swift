/// The lengths of a value: none of a scalar, one of a vector, two of a matrix.
struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// At most two.
    let lengths: [Int]

    static let scalar = Shape([])

    init(_ lengths: [Int]) {
        precondition(lengths.count <= 2)
        self.lengths = lengths
    }

    static func vector(_ count: Int) -> Shape { Shape([count]) }
    static func matrix(_ rows: Int, _ columns: Int) -> Shape { Shape([rows, columns]) }

    var isScalar: Bool { lengths.isEmpty }
    var isVector: Bool { lengths.count == 1 }
    var isMatrix: Bool { lengths.count == 2 }

    /// As a matrix; a vector is a row.
    var rows: Int { isMatrix ? lengths[0] : 1 }
    var columns: Int { lengths.last ?? 1 }
    var count: Int { rows * columns }

    /// The shape of an element by element operation, as NumPy has it; `nil` where the two do not fit.
    func broadcast(with other: Shape) -> Shape? {
        let rank = max(lengths.count, other.lengths.count)
        var result: [Int] = []
        for place in 0..<rank {
            func length(_ shape: Shape) -> Int {
                let own = place - (rank - shape.lengths.count)
                return own < 0 ? 1 : shape.lengths[own]
            }
            let (a, b) = (length(self), length(other))
            guard a == b || a == 1 || b == 1 else { return nil }
            result.append(a == 1 ? b : a)
        }
        return Shape(result)
    }

    var description: String { isScalar ? "a number" : "[\(lengths.map { "\($0)" }.joined(separator: ", "))]" }
}

/// A matrix within a value: element (r, c) is number offset + r * rowStride + c * columnStride of it, rows first.
struct View: Hashable, Sendable {
    var offset: Int
    var rowStride: Int
    var columnStride: Int

    /// A value as it is.
    init(_ shape: Shape) { self.init(offset: 0, rowStride: shape.isMatrix ? shape.columns : 0, columnStride: 1) }

    init(offset: Int, rowStride: Int, columnStride: Int) {
        self.offset = offset
        self.rowStride = rowStride
        self.columnStride = columnStride
    }

    /// With strides of lengths that are 1 set to 0, so that equal views are equal.
    func normalised(_ shape: Shape) -> View {
        View(
            offset: offset, rowStride: shape.rows == 1 ? 0 : rowStride, columnStride: shape.columns == 1 ? 0 : columnStride)
    }

    /// Whether the elements lie side by side, row by row.
    func isDense(_ shape: Shape) -> Bool {
        (shape.rows == 1 || rowStride == shape.columns) && (shape.columns == 1 || columnStride == 1)
    }

    /// Whether some elements are the same.
    func repeats(_ shape: Shape) -> Bool {
        shape.rows > 1 && rowStride == 0 || shape.columns > 1 && columnStride == 0
    }

    /// The view of one row that goes through the elements in order; `nil` where there is none.
    func flattened(_ shape: Shape) -> View? {
        if shape.rows == 1 { return View(offset: offset, rowStride: 0, columnStride: columnStride) }
        if shape.columns == 1 { return View(offset: offset, rowStride: 0, columnStride: rowStride) }
        return rowStride == shape.columns * columnStride
            ? View(offset: offset, rowStride: 0, columnStride: columnStride) : nil
    }

    /// The element at a place.
    func place(_ row: Int, _ column: Int) -> Int { offset + row * rowStride + column * columnStride }
}
