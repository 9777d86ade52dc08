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
        intended.note(attribute: name, value, of: object)
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

    /// Changes the value of an attribute that is there, a whole number of 32 bits.
    func rewriteAttribute(_ name: String, _ value: Int32) throws {
        guard let attribute = try openAttribute(name, of: "/") else { throw failure("find", name) }
        guard attribute.typeClass == H5T_INTEGER, attribute.size == 4, attribute.count == 1 else {
            throw notOneOf(name, "/", "one whole number")
        }
        var value = value
        try check(H5Awrite(attribute.id, chdf5_native_int32(), &value), "write", name)
    }

    /// An attribute that is open, and what it holds.
    private struct OpenAttribute: ~Copyable {
        let handle: HDF5Handle
        let type: HDF5Handle
        let typeClass: H5T_class_t
        /// Bytes of an element in the file.
        let size: Int
        let count: Int
        var id: hid_t { handle.id }
    }

    /// `nil` where there is none.
    private func openAttribute(_ name: String, of object: String) throws -> OpenAttribute? {
        guard try object == "/" || isInFile(object) else { return nil }
        guard try check(H5Aexists_by_name(id, object, name, chdf5_no_properties()), "look for", name) > 0 else { return nil }
        let handle = HDF5Handle(
            H5Aopen_by_name(id, object, name, chdf5_no_properties(), chdf5_no_properties()), H5Aclose)
        try check(handle.id, "open", name)
        let type = HDF5Handle(H5Aget_type(handle.id), H5Tclose)
        try check(type.id, "read the type of", name)
        let space = HDF5Handle(H5Aget_space(handle.id), H5Sclose)
        try check(space.id, "read the shape of", name)
        let count = try check(H5Sget_simple_extent_npoints(space.id), "read the shape of", name)
        let (typeClass, size) = (H5Tget_class(type.id), H5Tget_size(type.id))
        return OpenAttribute(handle: handle, type: type, typeClass: typeClass, size: size, count: Int(count))
    }

    private func notOneOf(_ name: String, _ object: String, _ kind: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", object: name, path: path,
                         reason: "it is not \(kind)" + (object == "/" ? "" : ", at \(object)"))
    }

    private static var longestText: Int { 1 << 20 }

    /// One text, of variable length or fixed; `nil` where there is none.
    ///
    /// - Throws: `damaged` where the attribute is something else, as several texts.
    func readText(_ name: String, of object: String = "/") throws -> String? {
        guard let attribute = try openAttribute(name, of: object) else { return nil }
        guard attribute.typeClass == H5T_STRING, attribute.count == 1 else { throw notOneOf(name, object, "one text") }
        if try check(H5Tis_variable_str(attribute.type.id), "read the type of", name) > 0 {
            var pointer: UnsafeMutablePointer<CChar>?
            let type = HDF5Handle(chdf5_make_text_type(), H5Tclose)
            try check(H5Aread(attribute.id, type.id, &pointer), "read", name)
            defer { _ = H5free_memory(pointer) }
            return pointer.map { String(cString: $0) } ?? ""
        }
        guard (1...Self.longestText).contains(attribute.size) else { throw notOneOf(name, object, "one text") }
        var bytes = [UInt8](repeating: 0, count: attribute.size)
        try check(H5Aread(attribute.id, attribute.type.id, &bytes), "read", name)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A whole number; `nil` where there is none.
    ///
    /// - Throws: `damaged` where the attribute is something else, as several numbers.
    func readInteger(_ name: String, of object: String = "/") throws -> Int? {
        guard let attribute = try openAttribute(name, of: object) else { return nil }
        guard attribute.typeClass == H5T_INTEGER, attribute.count == 1, attribute.size <= 8 else {
            throw notOneOf(name, object, "one whole number")
        }
        var value: Int64 = 0
        try check(H5Aread(attribute.id, chdf5_native_int64(), &value), "read", name)
        return Int(value)
    }

    /// Whether an attribute is there and has a value, bit for bit.
    func hasAttribute(_ name: String, _ value: AttributeValue, of object: String) throws -> Bool {
        switch value {
        case .text(let text): return try readText(name, of: object) == text
        case .int32(let number): return try readInteger(name, of: object) == Int(number)
        case .float64(let number):
            guard let attribute = try openAttribute(name, of: object), attribute.typeClass == H5T_FLOAT,
                attribute.size == 8, attribute.count == 1 else { return false }
            var read = 0.0
            try check(H5Aread(attribute.id, chdf5_native_double(), &read), "read", name)
            return read.bitPattern == number.bitPattern
        case .bytes(let bytes):
            guard let attribute = try openAttribute(name, of: object), attribute.typeClass == H5T_INTEGER,
                attribute.size == 1, attribute.count == bytes.count else { return false }
            var read = [UInt8](repeating: 0, count: bytes.count)
            try check(H5Aread(attribute.id, chdf5_native_uint8(), &read), "read", name)
            return read == bytes
        }
    }
}
