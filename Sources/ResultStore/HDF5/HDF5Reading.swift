import CHDF5
import CHDF5Shims
import Wording

/// Reading whole datasets and what describes them.
///
/// The library writes as many values into a buffer as the file says there are, so every read here states what it
/// expects and compares before: type, shape, where the values lie and how they are packed. Nothing outside the file is
/// looked at.
extension HDF5File {
    /// Values of one dataset that are read at once.
    private static var mostValues: Int { 1 << 25 }
    private static var mostTexts: Int { 1 << 20 }

    func exists(_ name: String) throws -> Bool {
        try check(H5Lexists(id, name, chdf5_no_properties()), "look for", name) > 0
    }

    /// Whether hard links alone lead to an object: nothing in another file, nothing by another path.
    func isInFile(_ name: String) throws -> Bool { try check(chdf5_is_in_file(id, name), "look for", name) > 0 }

    func contradiction(_ object: String, _ reason: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", object: object, path: path, reason: reason)
    }

    /// A dataset that lies in the file itself.
    ///
    /// - Parameter forValues: whether its values are to be read or written: they then lie in the dataset itself, and are
    ///   not mapped from others of the file.
    /// - Throws: `damaged` where it is missing, no dataset, or stored in a way that is not read.
    func openDataset(_ name: String, forValues: Bool = true) throws -> HDF5Handle {
        guard try isInFile(name) else { throw contradiction(name, "it is missing, or a link to something else") }
        let object = HDF5Handle(H5Oopen(id, name, chdf5_no_properties()), H5Oclose)
        try check(object.id, "open", name)
        guard H5Iget_type(object.id) == H5I_DATASET else { throw contradiction(name, "it is no dataset") }
        var filter: Int32 = 0
        switch try check(chdf5_storage(object.id, &filter), "read the storage of", name) {
        case Int32(CHDF5_STORAGE_PLAIN.rawValue): return object
        case Int32(CHDF5_STORAGE_MAPPED.rawValue) where !forValues: return object
        case Int32(CHDF5_STORAGE_MAPPED.rawValue): throw contradiction(name, "its values are mapped from other datasets")
        case Int32(CHDF5_STORAGE_ELSEWHERE.rawValue): throw contradiction(name, "its values lie in other files")
        case Int32(CHDF5_STORAGE_CHUNKS.rawValue): throw contradiction(name, "its chunks are larger than 64 MiB")
        default:
            throw ResultStoreError(
                .damaged, "read", object: name, path: path,
                reason: "it is packed with the filter \(Self.filterName(filter)), which is not read here",
                remedy: "pack it with shuffle and deflate instead: h5repack -f SHUF -f GZIP=4")
        }
    }

    private static func filterName(_ number: Int32) -> String {
        let known: [Int32: String] = [
            4: "szip", 5: "nbit", 6: "scale-offset", 32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle",
            32015: "Zstandard",
        ]
        return known[number].map { "\($0) (\(number))" } ?? "\(number)"
    }

    /// `nil` where `name` is no dataset of a type that result files have.
    func shape(of name: String) throws -> DatasetShape? { try shape(of: openDataset(name, forValues: false), name) }

    private func shape(of dataset: borrowing HDF5Handle, _ name: String) throws -> DatasetShape? {
        let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
        guard let element = elementType(type.id) else { return nil }
        let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
        guard [H5S_SCALAR, H5S_SIMPLE].contains(H5Sget_simple_extent_type(space.id)) else { return nil }
        var sizes = [hsize_t](repeating: 0, count: 32)
        let rank = try check(H5Sget_simple_extent_dims(space.id, &sizes, nil), "read the shape of", name)
        let lengths = sizes[..<Int(rank)].map { Int(clamping: $0) }
        guard let shape = DatasetShape(element: element, lengths: lengths) else {
            throw contradiction(name, "it has more values than there can be")
        }
        var placed = shape
        let isNative = element.withType(inFile: false) { H5Tequal(type.id, $0) > 0 }
        let offset = H5Dget_offset(dataset.id)
        if isNative, offset != chdf5_undefined_address() { placed.offset = Int(exactly: offset) }
        return placed
    }

    private func elementType(_ type: hid_t) -> ElementType? {
        ElementType(
            class: H5Tget_class(type), size: H5Tget_size(type), isSigned: H5Tget_sign(type) == H5T_SGN_2,
            isVariableText: H5Tis_variable_str(type) > 0)
    }

    /// The names of a dataset's dimensions, `nil` for one without a scale.
    func dimensionNames(of name: String, rank: Int) throws -> [String?] {
        let dataset = try openDataset(name, forValues: false)
        guard try shape(of: dataset, name)?.lengths.count == rank else {
            throw contradiction(name, "it does not have \(counted(rank, "dimension"))")
        }
        return try (0..<rank).map { dimension in
            var text = [CChar](repeating: 0, count: 1024)
            let length = try check(
                chdf5_scale_name(dataset.id, UInt32(rank), UInt32(dimension), &text, text.count),
                "read the scales of", name)
            guard length > 0 else { return nil }
            let path = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return path.split(separator: "/").last.map(String.init)
        }
    }

    /// All values of a dataset of numbers, converted to the type of `element`.
    ///
    /// - Parameter count: how many there must be.
    func readAll<Element: BitwiseCopyable>(
        _ name: String, _ element: ElementType, count: Int, zero: Element
    ) throws -> [Element] {
        precondition(MemoryLayout<Element>.stride == element.size)
        let dataset = try openNumbers(name, count: count)
        var values = [Element](repeating: zero, count: count)
        try values.withUnsafeMutableBytes { try read(dataset.id, name, element, into: $0) }
        return values
    }

    /// The same as bytes.
    func readAll(_ name: String, _ element: ElementType, count: Int, byteCount: Int) throws -> [UInt8] {
        precondition(byteCount == count * element.size)
        let dataset = try openNumbers(name, count: count)
        var bytes = [UInt8](repeating: 0, count: byteCount)
        try bytes.withUnsafeMutableBytes { try read(dataset.id, name, element, into: $0) }
        return bytes
    }

    private func openNumbers(_ name: String, count: Int) throws -> HDF5Handle {
        let dataset = try openDataset(name)
        let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
        let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
        guard [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type.id)) else {
            throw contradiction(name, "it does not hold numbers")
        }
        try requireCount(space.id, count, most: max(Self.mostValues, 50_000_000), name)
        return dataset
    }

    private func requireCount(_ space: hid_t, _ count: Int, most: Int, _ name: String) throws {
        let stored = try check(H5Sget_simple_extent_npoints(space), "read the shape of", name)
        guard Int(stored) == count else { throw contradiction(name, "it has \(counted(Int(stored), "value")) and not \(count)") }
        guard count <= most else { throw contradiction(name, "it has \(counted(count, "value")), and at most \(most) are read") }
    }

    private func read(
        _ dataset: hid_t, _ name: String, _ element: ElementType, into bytes: UnsafeMutableRawBufferPointer
    ) throws {
        let all = chdf5_all_of_space()
        let result = element.withType(inFile: false) { type in
            H5Dread(dataset, type, all, all, chdf5_no_properties(), bytes.baseAddress)
        }
        try check(result, "read", name)
    }

    /// Some values of a dataset of one dimension.
    func readInt64(_ name: String, _ range: Range<Int>) throws -> [Int64] {
        let dataset = try openDataset(name)
        let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
        let (start, count) = ([hsize_t(range.lowerBound)], [hsize_t(range.count)])
        try check(H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil), "read", name)
        let memory = try makeSpace([range.count], name)
        var values = [Int64](repeating: 0, count: range.count)
        let result = ElementType.int64.withType(inFile: false) {
            H5Dread(dataset.id, $0, memory.id, space.id, chdf5_no_properties(), &values)
        }
        try check(result, "read", name)
        return values
    }

    /// All texts of a dataset of texts of variable length.
    func readTexts(_ name: String, count: Int) throws -> [String] {
        let dataset = try openDataset(name)
        let stored = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
        let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
        guard H5Tis_variable_str(stored.id) > 0 else {
            throw contradiction(name, "it does not hold texts of variable length")
        }
        try requireCount(space.id, count, most: Self.mostTexts, name)
        let all = chdf5_all_of_space()
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        let type = HDF5Handle(chdf5_make_text_type(), H5Tclose)
        try check(H5Dread(dataset.id, type.id, all, all, chdf5_no_properties(), &pointers), "read", name)
        defer { for pointer in pointers { _ = H5free_memory(pointer) } }
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }
}
