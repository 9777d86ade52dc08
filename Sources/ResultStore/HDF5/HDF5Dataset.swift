import CHDF5
import CHDF5Shims

/// What is known of a stored dataset.
struct DatasetShape {
    var element: ElementType
    var lengths: [Int]
    /// Where its bytes begin in the file; `nil` unless they lie there in one piece, in this machine's form.
    var offset: Int?
    /// The product of the lengths.
    let count: Int

    /// `nil` where a length is negative or there are more values than memory has bytes.
    init?(element: ElementType, lengths: [Int]) {
        var count = 1
        for length in lengths {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            guard !overflows, length >= 0, product <= 1 << 48 else { return nil }
            count = product
        }
        self.element = element
        self.lengths = lengths
        self.count = count
    }

    var byteCount: Int { count * element.size }
}

/// How a dataset's chunks are packed.
struct Packing {
    let chunk: [Int]
    /// 1 (fast) to 9 (small).
    let level: Int
}

/// Creating datasets: contiguous and allocated at once, so that later writes touch nothing but their bytes.
extension HDF5File {
    /// A dataset that this program has made.
    func openDataset(_ name: String) throws -> HDF5Handle {
        let object = HDF5Handle(H5Oopen(id, name, chdf5_no_properties()), H5Oclose)
        try check(object.id, "open", name)
        guard H5Iget_type(object.id) == H5I_DATASET else {
            throw ResultStoreError(.inputOutput, "open", object: name, path: path, reason: "it is no dataset")
        }
        return object
    }

    /// - Parameters:
    ///   - fill: for float64: filled with this before the file is closed. Other types read 0.
    ///   - isFilled: whether it is.
    ///   - packing: stored in packed chunks instead, for a file that will not change any more.
    func createDataset(
        _ name: String, _ element: ElementType, _ lengths: [Int], fill: Double? = nil, isFilled: Bool = true,
        packing: Packing? = nil
    ) throws {
        let properties = HDF5Handle(H5Pcreate(chdf5_class_dataset_create()), H5Pclose)
        if let packing {
            let chunk = packing.chunk.map { hsize_t($0) }
            try check(H5Pset_chunk(properties.id, Int32(chunk.count), chunk), "create", name)
            if element.size > 1 { try check(H5Pset_shuffle(properties.id), "create", name) }
            try check(H5Pset_deflate(properties.id, UInt32(packing.level)), "create", name)
        } else {
            try check(H5Pset_layout(properties.id, H5D_CONTIGUOUS), "create", name)
            try check(H5Pset_alloc_time(properties.id, H5D_ALLOC_TIME_EARLY), "create", name)
        }
        try check(H5Pset_attr_creation_order(properties.id, chdf5_creation_order()), "create", name)
        try check(H5Pset_attr_phase_change(properties.id, 1000, 900), "create", name)
        if var fill { try check(H5Pset_fill_value(properties.id, chdf5_native_double(), &fill), "create", name) }
        if !isFilled { try check(H5Pset_fill_time(properties.id, H5D_FILL_TIME_NEVER), "create", name) }
        let space = try makeSpace(lengths, name)
        let id = element.withType(inFile: true) {
            H5Dcreate2(self.id, name, $0, space.id, chdf5_no_properties(), properties.id, chdf5_no_properties())
        }
        try check(H5Dclose(check(id, "create", name)), "create", name)
        intended.note(dataset: name, element, lengths)
    }

    /// A dataset whose values are those of another one of the file, as boxes of it.
    ///
    /// - Parameters:
    ///   - fill: what float64 reads where nothing is mapped; other types read 0.
    ///   - source: a dataset whose first dimension is mapped; the others are those of the boxes' last ones.
    ///   - boxes: each with the place in the source's first dimension from which its elements come, in their order.
    func createMappedDataset(
        _ name: String, _ element: ElementType, _ lengths: [Int], fill: Double?, source: String, sourceLengths: [Int],
        boxes: [(box: GridBox, first: Int, count: Int)]
    ) throws {
        let properties = HDF5Handle(H5Pcreate(chdf5_class_dataset_create()), H5Pclose)
        try check(H5Pset_attr_creation_order(properties.id, chdf5_creation_order()), "create", name)
        try check(H5Pset_attr_phase_change(properties.id, 1000, 900), "create", name)
        if var fill { try check(H5Pset_fill_value(properties.id, chdf5_native_double(), &fill), "create", name) }
        let space = try makeSpace(lengths, name)
        let from = try makeSpace(sourceLengths, source)
        for (box, first, count) in boxes {
            let starts = box.starts.map { hsize_t($0) }, counts = box.counts.map { hsize_t($0) }
            try check(H5Sselect_hyperslab(space.id, H5S_SELECT_SET, starts, nil, counts, nil), "map", name)
            let sourceStarts = [hsize_t(first)] + sourceLengths.dropFirst().map { _ in 0 }
            let sourceCounts = [hsize_t(count)] + sourceLengths.dropFirst().map { hsize_t($0) }
            try check(H5Sselect_hyperslab(from.id, H5S_SELECT_SET, sourceStarts, nil, sourceCounts, nil), "map", name)
            // This file, whatever it is called.
            try check(H5Pset_virtual(properties.id, space.id, ".", "/\(source)", from.id), "map", name)
        }
        try check(H5Sselect_all(space.id), "create", name)
        let id = element.withType(inFile: true) {
            H5Dcreate2(self.id, name, $0, space.id, chdf5_no_properties(), properties.id, chdf5_no_properties())
        }
        try check(H5Dclose(check(id, "create", name)), "create", name)
        intended.note(dataset: name, element, lengths)
    }

    /// A dimension without values, as netCDF makes it.
    func createBareScale(_ name: String, _ length: Int) throws {
        let properties = HDF5Handle(H5Pcreate(chdf5_class_dataset_create()), H5Pclose)
        try check(H5Pset_attr_creation_order(properties.id, chdf5_creation_order()), "create", name)
        let space = try makeSpace([length], name)
        let id = H5Dcreate2(
            self.id, name, chdf5_float32_big_endian(), space.id, chdf5_no_properties(), properties.id, chdf5_no_properties())
        let dataset = HDF5Handle(try check(id, "create", name), H5Dclose)
        let digits = String(length), blanks = String(repeating: " ", count: max(0, 10 - digits.count))
        try check(
            H5DSset_scale(dataset.id, "This is a netCDF dimension but not a netCDF variable\(blanks)\(digits)"),
            "make a scale of", name)
    }

    func makeSpace(_ lengths: [Int], _ name: String) throws -> HDF5Handle {
        let sizes = lengths.map { hsize_t($0) }
        let space = HDF5Handle(
            lengths.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(sizes.count), sizes, nil), H5Sclose)
        try check(space.id, "create", name)
        return space
    }

    /// Writes a whole dataset of a plain type.
    func write<Element: BitwiseCopyable>(_ values: [Element], _ element: ElementType, to name: String) throws {
        let dataset = try openDataset(name)
        let all = chdf5_all_of_space()
        let result = element.withType(inFile: false) { type in
            values.withUnsafeBytes { H5Dwrite(dataset.id, type, all, all, chdf5_no_properties(), $0.baseAddress) }
        }
        try check(result, "write", name)
        intended.note(values: values, element, of: name)
    }

    /// Writes a whole dataset of texts.
    func write(_ texts: [String], to name: String) throws {
        let dataset = try openDataset(name)
        let all = chdf5_all_of_space()
        let result = withCStrings(texts) { pointers in
            ElementType.text.withType(inFile: false) {
                H5Dwrite(dataset.id, $0, all, all, chdf5_no_properties(), pointers.baseAddress)
            }
        }
        try check(result, "write", name)
        intended.note(texts: texts, of: name)
    }

    /// Writes a packed chunk that begins at `origin`.
    func writeChunk(_ packed: UnsafeRawBufferPointer, at origin: [Int], of dataset: hid_t, _ name: String) throws {
        let offset = origin.map { hsize_t($0) }
        try check(
            H5Dwrite_chunk(dataset, chdf5_no_properties(), 0, offset, packed.count, packed.baseAddress), "write", name)
    }

    /// Makes a dataset the scale of a dimension named like it.
    func makeScale(_ name: String) throws {
        let dataset = try openDataset(name)
        let last = name.split(separator: "/").last.map(String.init) ?? name
        try check(H5DSset_scale(dataset.id, last), "make a scale of", name)
    }

    /// - Parameter rank: of the dataset.
    func attach(scale: String, to name: String, rank: Int, dimension: Int) throws {
        let dataset = try openDataset(name)
        let scaleSet = try openDataset(scale)
        try check(H5DSattach_scale(dataset.id, scaleSet.id, UInt32(dimension)), "attach \(scale) to", name)
        intended.note(scale: scale, of: name, rank: rank, dimension: dimension)
    }
}

/// Calls `body` with C copies of the texts.
func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutableBufferPointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    var copies = texts.map { text in
        let bytes = Array(text.utf8)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
        copy[bytes.count] = 0
        return UnsafePointer<CChar>?(UnsafePointer(copy))
    }
    defer { for copy in copies { copy?.deallocate() } }
    return try copies.withUnsafeMutableBufferPointer { try body($0) }
}
