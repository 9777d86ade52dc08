/// Reads what is stored of a variable, whatever way the file stores it.
protocol RowSource: Sendable {
    /// Fills `bytes` with the rows at some positions in this machine's form.
    func read(_ variable: TrialVariable, positions: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws
}

/// Variables that lie in one piece: read past libhdf5, so that nobody is held up.
struct ContiguousRows: RowSource {
    let file: RawFile
    let offsets: [String: Int]

    func read(_ variable: TrialVariable, positions: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let offset = offsets[variable.name] else { preconditionFailure("not contiguous") }
        try file.read(into: bytes, at: offset + positions.lowerBound * variable.rowBytes, variable.name)
    }
}

/// Variables in chunks, perhaps compressed: unpacked by a child process, as boxes.
struct ChunkedRows: RowSource {
    private let file: ConfinedFile
    private let layout: ResultLayout

    init(_ header: ResultHeader) throws {
        file = try ConfinedFile(header.path, .none)
        layout = header.layout
        // The child has opened it by its name.
        try header.requireInPlace()
    }

    /// Elements that are asked for at once: many whole chunks.
    private static let piece = 1 << 22

    func read(_ variable: TrialVariable, positions: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        let lengths = layout.storedLengths(of: variable), path = layout.storedPath(variable.name)
        let elements = positions.lowerBound * variable.width..<positions.upperBound * variable.width
        var done = 0
        for box in GridBox.boxes(covering: elements, of: lengths, most: Self.piece) {
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes[(done * variable.element.size)...])
            try file.read(box, of: path, variable.element, into: part)
            done += box.elementCount
        }
    }
}
