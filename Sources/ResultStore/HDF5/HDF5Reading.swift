import CHDF5
import CHDF5Shims

/// Reading whole datasets and what describes them.
extension HDF5File {
    func exists(_ name: String) -> Bool {
        H5Lexists(id, name, chdf5_no_properties()) > 0
    }

    /// `nil` where `name` is no dataset, or one of a type that result files do not have.
    func shape(of name: String) throws -> DatasetShape? {
        let object = HDF5Handle(H5Oopen(id, name, chdf5_no_properties()), H5Oclose)
        try check(object.id, "open", name)
        guard H5Iget_type(object.id) == H5I_DATASET else { return nil }
        let type = HDF5Handle(H5Dget_type(object.id), H5Tclose)
        guard let element = elementType(type.id) else { return nil }
        let space = HDF5Handle(H5Dget_space(object.id), H5Sclose)
        var sizes = [hsize_t](repeating: 0, count: 32)
        let rank = try check(H5Sget_simple_extent_dims(space.id, &sizes, nil), "read the shape of", name)
        var shape = DatasetShape(element: element, lengths: sizes[..<Int(rank)].map { Int($0) }, offset: nil)
        let isNative = element.withType(inFile: false) { H5Tequal(type.id, $0) > 0 }
        let offset = H5Dget_offset(object.id)
        if isNative, offset != chdf5_undefined_address() { shape.offset = Int(offset) }
        return shape
    }

    private func elementType(_ type: hid_t) -> ElementType? {
        ElementType(
            class: H5Tget_class(type), size: H5Tget_size(type), isSigned: H5Tget_sign(type) == H5T_SGN_2,
            isVariableText: H5Tis_variable_str(type) > 0)
    }

    /// The names of a dataset's dimensions, `nil` for one without a scale.
    func dimensionNames(of name: String, rank: Int) throws -> [String?] {
        let dataset = try openDataset(name)
        return try (0..<rank).map { dimension in
            var text = [CChar](repeating: 0, count: 1024)
            let length = try check(
                chdf5_scale_name(dataset.id, UInt32(dimension), &text, text.count), "read the scales of", name)
            guard length > 0 else { return nil }
            let path = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return path.split(separator: "/").last.map(String.init)
        }
    }

    func readAll<Element: BitwiseCopyable>(
        _ name: String, _ element: ElementType, count: Int, zero: Element
    ) throws -> [Element] {
        let dataset = try openDataset(name)
        let all = chdf5_all_of_space()
        var values = [Element](repeating: zero, count: count)
        let result = element.withType(inFile: false) { type in
            values.withUnsafeMutableBytes { H5Dread(dataset.id, type, all, all, chdf5_no_properties(), $0.baseAddress) }
        }
        try check(result, "read", name)
        return values
    }

    func readTexts(_ name: String, count: Int) throws -> [String] {
        let dataset = try openDataset(name)
        let all = chdf5_all_of_space()
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        let type = HDF5Handle(chdf5_make_text_type(), H5Tclose)
        try check(H5Dread(dataset.id, type.id, all, all, chdf5_no_properties(), &pointers), "read", name)
        defer { for pointer in pointers { _ = H5free_memory(pointer) } }
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }
}
