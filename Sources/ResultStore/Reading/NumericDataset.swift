import CHDF5Shims

/// A dataset of numbers in any HDF5 file, read as float64.
public struct NumericDataset: Sendable, Equatable {
    /// At most two.
    public let lengths: [Int]
    /// Row-major.
    public let values: [Double]

    /// Reads the datasets of these names as netCDF does: packed numbers are unpacked, missing ones refused.
    ///
    /// The bytes are read in a process of its own, since damaged ones may crash libhdf5, and nothing beside them: not what
    /// a link or a virtual dataset points to.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - path: what messages call it.
    ///   - most: numbers in one dataset.
    /// - Throws: `ResultStoreError`: `damaged`, or `inputOutput` for a dataset that is not there or is not read.
    public static func read(_ names: [String], of bytes: [UInt8], path: String, most: Int) throws -> [NumericDataset] {
        try HDF5Library.exclusively {
            let reading = bytes.withUnsafeBytes { bytes in
                withCStrings(names) { names in
                    chdf5_read_numbers(bytes.baseAddress, bytes.count, names.baseAddress, Int32(names.count), most)
                }
            }
            guard let reading else {
                throw ResultStoreError(.inputOutput, "read", path: path, reason: "there is no memory to read it")
            }
            defer { chdf5_end_reading(reading) }
            guard reading.pointee.status == 0 else { throw refusal(reading, path) }
            return withUnsafeBytes(of: reading.pointee.parts) { parts in
                parts.bindMemory(to: chdf5_numbers.self).prefix(names.count).map(NumericDataset.init)
            }
        }
    }

    private static func refusal(_ reading: UnsafeMutablePointer<chdf5_reading>, _ path: String) -> ResultStoreError {
        guard reading.pointee.status > 0 else {
            return ResultStoreError(.damaged, "read", path: path, reason: "libhdf5 cannot read it or crashes on it")
        }
        return ResultStoreError(
            .inputOutput, "read", object: text(of: reading.pointee.object), path: path,
            reason: text(of: reading.pointee.reason))
    }

    private static func text(of array: some Any) -> String {
        withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private init(_ part: chdf5_numbers) {
        let all = [Int(part.lengths.0), Int(part.lengths.1)]
        lengths = Array(all.prefix(Int(part.rank)))
        values = Array(UnsafeBufferPointer(start: part.values, count: lengths.reduce(1, *)))
    }
}
