import PortableMath

/// A box of a row-major grid.
struct GridBox: Equatable {
    var starts: [Int]
    var counts: [Int]

    var elementCount: Int { counts.reduce(1, *) }

    /// The same, in boxes of at most `most` elements each: the range is cut at multiples of that first.
    static func boxes(covering range: Range<Int>, of lengths: [Int], most: Int) -> [GridBox] {
        var boxes: [GridBox] = []
        var first = range.lowerBound
        while first < range.upperBound {
            let end = min(range.upperBound, (first / most + 1) * most)
            boxes += Self.boxes(covering: first..<end, of: lengths)
            first = end
        }
        return boxes
    }

    /// Cuts a range of positions of a grid into boxes, in ascending order; at most two per dimension.
    static func boxes(covering range: Range<Int>, of lengths: [Int]) -> [GridBox] {
        let strides = RowMajor(lengths).strides
        var boxes: [GridBox] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let left = range.upperBound - position
            // The slowest dimension of which a whole step fits, and which the position is aligned to.
            let axis = lengths.indices.first { strides[$0] <= left && position % strides[$0] == 0 }!
            let index = position / strides[axis] % lengths[axis]
            let steps = min(left / strides[axis], lengths[axis] - index)
            let starts = lengths.indices.map { $0 <= axis ? position / strides[$0] % lengths[$0] : 0 }
            let counts = lengths.indices.map { $0 < axis ? 1 : $0 == axis ? steps : lengths[$0] }
            boxes.append(GridBox(starts: starts, counts: counts))
            position += steps * strides[axis]
        }
        return boxes
    }
}
