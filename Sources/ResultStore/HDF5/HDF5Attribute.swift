import CHDF5
import CHDF5Shims

/// The value of an attribute that result files have.
enum AttributeValue {
    case text(String)
    case int32(Int32)
    /// One value, as netCDF stores `_FillValue`.
    case float64(Double)
    case bytes([UInt8])
}

extension HDF5File {
    func writeAttribute(_ name: String, _ value: AttributeValue, of object: String = "/") throws {
        let owner = HDF5Handle(H5Oopen(id, object, chdf5_no_properties()), H5Oclose)
        try check(owner.id, "open", object)
        switch value {
        case .text(let text):
            let result = try withCStrings([text]) {
                try writeAttribute(name, .text, [], owner.id, UnsafeRawPointer($0.baseAddress))
            }
            try check(result, "write attribute \(name)", object)
        case .int32(var number): try check(writeAttribute(name, .int32, [], owner.id, &number), "write \(name)", object)
        case .float64(var number):
            try check(writeAttribute(name, .float64, [1], owner.id, &number), "write \(name)", object)
        case .bytes(let bytes):
            try check(writeAttribute(name, .uint8, [bytes.count], owner.id, bytes), "write \(name)", object)
        }
    }

    private func writeAttribute(
        _ name: String, _ element: ElementType, _ lengths: [Int], _ owner: hid_t, _ value: UnsafeRawPointer?
    ) throws -> herr_t {
        let space = try makeSpace(lengths, name)
        let attribute = HDF5Handle(
            element.withType(inFile: true) {
                H5Acreate2(owner, name, $0, space.id, chdf5_no_properties(), chdf5_no_properties())
            }, H5Aclose)
        guard attribute.isValid else { return -1 }
        return element.withType(inFile: false) { H5Awrite(attribute.id, $0, value) }
    }

    /// Changes the value of an attribute that is there.
    func rewriteAttribute(_ name: String, _ value: Int32) throws {
        let attribute = HDF5Handle(
            H5Aopen_by_name(id, "/", name, chdf5_no_properties(), chdf5_no_properties()), H5Aclose)
        try check(attribute.id, "open", name)
        var value = value
        try check(H5Awrite(attribute.id, chdf5_native_int32(), &value), "write", name)
    }

    /// A scalar text, of variable length or fixed; `nil` where there is none.
    func readText(_ name: String, of object: String = "/") throws -> String? {
        guard H5Aexists_by_name(id, object, name, chdf5_no_properties()) > 0 else { return nil }
        let attribute = HDF5Handle(
            H5Aopen_by_name(id, object, name, chdf5_no_properties(), chdf5_no_properties()), H5Aclose)
        try check(attribute.id, "open", name)
        let stored = HDF5Handle(H5Aget_type(attribute.id), H5Tclose)
        guard H5Tget_class(stored.id) == H5T_STRING else { return nil }
        if H5Tis_variable_str(stored.id) > 0 {
            var pointer: UnsafeMutablePointer<CChar>?
            let type = HDF5Handle(chdf5_make_text_type(), H5Tclose)
            try check(H5Aread(attribute.id, type.id, &pointer), "read", name)
            defer { _ = H5free_memory(pointer) }
            return pointer.map { String(cString: $0) }
        }
        var bytes = [UInt8](repeating: 0, count: H5Tget_size(stored.id))
        try check(H5Aread(attribute.id, stored.id, &bytes), "read", name)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A whole number; `nil` where there is none.
    func readInteger(_ name: String, of object: String = "/") throws -> Int? {
        guard H5Aexists_by_name(id, object, name, chdf5_no_properties()) > 0 else { return nil }
        let attribute = HDF5Handle(
            H5Aopen_by_name(id, object, name, chdf5_no_properties(), chdf5_no_properties()), H5Aclose)
        try check(attribute.id, "open", name)
        guard H5Aget_storage_size(attribute.id) <= 8 else { return nil }
        var value: Int64 = 0
        try check(H5Aread(attribute.id, chdf5_native_int64(), &value), "read", name)
        return Int(value)
    }
}
