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
}
