import CHDF5
import CHDF5Shims

/// An open HDF5 identifier; closed when it goes out of scope.
struct HDF5Handle: ~Copyable {
    let id: hid_t
    private let close: (hid_t) -> herr_t

    /// - Parameter id: what a library call returned; negative where it failed.
    init(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
        self.id = id
        self.close = close
    }

    var isValid: Bool { id >= 0 }

    deinit {
        if id >= 0, close(id) < 0 { HDF5Library.noteFailedClose() }
    }
}

/// The element types of result files.
enum ElementType: Sendable, Equatable {
    case float64, int64, int32, uint8, uint64, text

    /// Bytes of an element in a file; 0 for text, which is not stored in place.
    var size: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .int32: 4
        case .uint8: 1
        case .text: 0
        }
    }

    /// Calls `body` with the type's identifier in files (little-endian) or in memory.
    func withType<Result>(inFile: Bool, _ body: (hid_t) throws -> Result) rethrows -> Result {
        switch self {
        case .float64: return try body(inFile ? chdf5_file_double() : chdf5_native_double())
        case .int64: return try body(inFile ? chdf5_file_int64() : chdf5_native_int64())
        case .int32: return try body(inFile ? chdf5_file_int32() : chdf5_native_int32())
        case .uint8: return try body(inFile ? chdf5_file_uint8() : chdf5_native_uint8())
        case .uint64: return try body(inFile ? chdf5_file_uint64() : chdf5_native_uint64())
        case .text:
            let type = HDF5Handle(chdf5_make_text_type(), H5Tclose)
            return try body(type.id)
        }
    }

    /// The element type of a stored type; `nil` where it is none of ours.
    init?(class typeClass: H5T_class_t, size: Int, isSigned: Bool, isVariableText: Bool) {
        switch (typeClass, size) {
        case (H5T_FLOAT, 8): self = .float64
        case (H5T_INTEGER, 8): self = isSigned ? .int64 : .uint64
        case (H5T_INTEGER, 4) where isSigned: self = .int32
        case (H5T_INTEGER, 1) where !isSigned: self = .uint8
        case (H5T_STRING, _) where isVariableText: self = .text
        default: return nil
        }
    }
}
