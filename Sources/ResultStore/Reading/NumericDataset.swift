import CHDF5
import CHDF5Shims
import Glibc

/// A dataset of numbers in any HDF5 file, read as float64.
public struct NumericDataset: Sendable, Equatable {
    public let lengths: [Int]
    /// Row-major.
    public let values: [Double]

    /// Reads the datasets of these names. The file is first read in a process of its own: a damaged one may crash
    /// libhdf5.
    ///
    /// - Parameter most: numbers in one dataset.
    /// - Throws: `ResultStoreError`: `notFound`, `damaged`, or `inputOutput` for a dataset that is not there, holds no
    ///   numbers or too many of them.
    public static func read(_ names: [String], of path: String, most: Int) throws -> [NumericDataset] {
        guard Paths.entry(path) == .file else {
            throw ResultStoreError(.notFound, "open", path: path, reason: SystemMessage.text(ENOENT))
        }
        return try HDF5Library.exclusively {
            guard chdf5_finish_probe(chdf5_start_probe(path, 30)) == 0 else {
                throw ResultStoreError(.damaged, "read", path: path, reason: "libhdf5 cannot read it or crashes on it")
            }
            let file = try HDF5File.open(path: path)
            let datasets = try names.map { try file.numbers(of: $0, most: most) }
            try file.close()
            return datasets
        }
    }
}

extension HDF5File {
    fileprivate func numbers(of name: String, most: Int) throws -> NumericDataset {
        func failure(_ reason: String) -> ResultStoreError {
            ResultStoreError(.inputOutput, "read", object: name, path: path, reason: reason)
        }
        guard exists(name) else { throw failure("there is no such dataset") }
        let object = HDF5Handle(H5Oopen(id, name, chdf5_no_properties()), H5Oclose)
        try check(object.id, "open", name)
        guard H5Iget_type(object.id) == H5I_DATASET else { throw failure("it is not a dataset") }
        let type = HDF5Handle(H5Dget_type(object.id), H5Tclose)
        guard [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type.id)) else { throw failure("it does not hold numbers") }
        let space = HDF5Handle(H5Dget_space(object.id), H5Sclose)
        var sizes = [hsize_t](repeating: 0, count: 32)
        let rank = try check(H5Sget_simple_extent_dims(space.id, &sizes, nil), "read the shape of", name)
        let lengths = sizes[..<Int(rank)].map { Int(clamping: $0) }
        let (count, isTooLarge) = lengths.reduce((1, false)) { total, length in
            let product = total.0.multipliedReportingOverflow(by: length)
            return (product.partialValue, total.1 || product.overflow)
        }
        guard !isTooLarge, count <= most else { throw failure("it has more than \(most) numbers") }
        return NumericDataset(lengths: lengths, values: try readAll(name, .float64, count: count, zero: 0.0))
    }
}
