import PortableMath

/// How a variable is cut into chunks of which each is a run of rows: whole inner dimensions, part of one, and one
/// position of those outside it.
struct ChunkGrid {
    /// The lengths of a chunk.
    let chunk: [Int]
    private let lengths: [Int]
    /// The dimension that is cut.
    private let axis: Int
    /// Elements per position along `axis`.
    private let stride: Int

    /// - Parameter elements: the most elements that a chunk should have.
    init(lengths: [Int], elements: Int) {
        var axis = lengths.count - 1
        var stride = 1
        while axis > 0, stride * lengths[axis] <= elements {
            stride *= lengths[axis]
            axis -= 1
        }
        let most = min(lengths[axis], max(1, elements / stride))
        let parts = (lengths[axis] + most - 1) / most
        self.lengths = lengths
        self.axis = axis
        self.stride = stride
        chunk = lengths.indices.map { index in
            index < axis ? 1 : index > axis ? lengths[index] : (lengths[axis] + parts - 1) / parts
        }
    }

    private var partsPerLine: Int { (lengths[axis] + chunk[axis] - 1) / chunk[axis] }
    var count: Int { lengths[..<axis].reduce(1, *) * partsPerLine }
    /// Elements of a chunk; those of the last one along the axis may lie outside the variable.
    var elementsPerChunk: Int { chunk[axis] * stride }

    /// Where a chunk begins, and the elements of the variable that it holds.
    subscript(index: Int) -> (origin: [Int], elements: Range<Int>) {
        let (line, part) = index.quotientAndRemainder(dividingBy: partsPerLine)
        let first = part * chunk[axis], end = min(first + chunk[axis], lengths[axis])
        let origin = RowMajor(lengths[..<axis]).places(of: line) + [first] + lengths[(axis + 1)...].map { _ in 0 }
        let base = line * lengths[axis]
        return (origin, (base + first) * stride..<(base + end) * stride)
    }
}
