import CHDF5
import CHDF5Shims

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

/// Variables in chunks, perhaps compressed: read through libhdf5 as boxes.
final class ChunkedRows: RowSource, @unchecked Sendable {
    private let file: HDF5File
    private let layout: ResultLayout

    init(path: String, layout: ResultLayout) throws {
        file = try HDF5Library.exclusively { try HDF5File.open(path: path) }
        self.layout = layout
    }

    func read(_ variable: TrialVariable, positions: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        let lengths = layout.storedLengths(of: variable)
        let elements = positions.lowerBound * variable.width..<positions.upperBound * variable.width
        try HDF5Library.exclusively {
            let dataset = try file.openDataset(layout.storedPath(variable.name))
            let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
            var done = 0
            for box in GridBox.boxes(covering: elements, of: lengths) {
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[(done * variable.element.size)...])
                try readBox(box, dataset.id, space.id, variable, into: part)
                done += box.elementCount
            }
        }
    }

    private func readBox(
        _ box: GridBox, _ dataset: hid_t, _ space: hid_t, _ variable: TrialVariable,
        into bytes: UnsafeMutableRawBufferPointer
    ) throws {
        let starts = box.starts.map { hsize_t($0) }
        let counts = box.counts.map { hsize_t($0) }
        try file.check(H5Sselect_hyperslab(space, H5S_SELECT_SET, starts, nil, counts, nil), "read", variable.name)
        let memory = try file.makeSpace([box.elementCount], variable.name)
        let result = variable.element.withType(inFile: false) {
            H5Dread(dataset, $0, memory.id, space, chdf5_no_properties(), bytes.baseAddress)
        }
        try file.check(result, "read", variable.name)
    }
}
