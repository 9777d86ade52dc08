import CHDF5
import CHDF5Shims

/// An HDF5 file that this program makes, open for writing. To be used inside `HDF5Library.exclusively`. Files that are there
/// already are read by a `ConfinedFile`.
///
/// Failed calls become errors that name the operation, the object and the path. Where a system call has failed below
/// the library, its number decides what kind of error it is.
final class HDF5File: @unchecked Sendable {
    let path: String
    let id: hid_t
    private var isOpen = true
    /// What was written to a new file.
    var intended = IntendedContent()

    private init(id: hid_t, path: String) {
        self.id = id
        self.path = path
    }

    deinit {
        if isOpen { HDF5Library.exclusively { _ = H5Fclose(id) } }
    }

    /// A new file in the earliest format that tracks the order of creation, which netCDF needs to append to it.
    static func create(path: String) throws -> HDF5File {
        let access = try fileAccess(path)
        func require(_ result: herr_t) throws {
            if result < 0 {
                throw ResultStoreError(.inputOutput, "create", path: path, reason: HDF5Library.lastError())
            }
        }
        // Few large regions of metadata; results at multiples of a page.
        try require(H5Pset_alignment(access.id, 65_536, 4096))
        try require(H5Pset_meta_block_size(access.id, 32_768))
        try require(H5Pset_small_data_block_size(access.id, 16_384))
        let creation = HDF5Handle(H5Pcreate(chdf5_class_file_create()), H5Pclose)
        try require(H5Pset_link_creation_order(creation.id, chdf5_creation_order()))
        try require(H5Pset_attr_creation_order(creation.id, chdf5_creation_order()))
        try require(H5Pset_link_phase_change(creation.id, 1000, 900))
        try require(H5Pset_attr_phase_change(creation.id, 1000, 900))
        _ = HDF5Library.takeFailedClose()
        let id = H5Fcreate(path, chdf5_create_new(), creation.id, access.id)
        guard id >= 0 else {
            let reason = HDF5Library.lastError()
            let code = chdf5_open_failure()
            if code != 0 { throw ResultStoreError(code: code, "create", path: path, isOutput: true) }
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: reason)
        }
        return HDF5File(id: id, path: path)
    }

    /// A file that this program has just made, to be filled.
    static func openOwn(path: String) throws -> HDF5File {
        let access = try fileAccess(path)
        _ = HDF5Library.takeFailedClose()
        let id = H5Fopen(path, chdf5_read_write(), access.id)
        guard id >= 0 else {
            let reason = HDF5Library.lastError()
            let code = chdf5_open_failure()
            if code != 0 { throw ResultStoreError(code: code, "open", path: path, isOutput: true) }
            throw ResultStoreError(.damaged, "open", path: path, reason: reason)
        }
        return HDF5File(id: id, path: path)
    }

    private static func fileAccess(_ path: String) throws -> HDF5Handle {
        let access = HDF5Handle(H5Pcreate(chdf5_class_file_access()), H5Pclose)
        guard H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110) >= 0,
            chdf5_use_checked_driver(access.id) >= 0, H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG) >= 0
        else { throw ResultStoreError(.inputOutput, "open", path: path, reason: HDF5Library.lastError()) }
        return access
    }

    /// Writes everything out and closes; later use is an error of ours.
    ///
    /// Throws where anything that was to be written was not, whenever that was.
    func close() throws {
        precondition(isOpen)
        isOpen = false
        let flushed = H5Fflush(id, H5F_SCOPE_GLOBAL)
        var reason = flushed < 0 ? HDF5Library.lastError() : ""
        var code: Int32 = 0
        let closed = chdf5_close_file(id, &code)
        if closed < 0 && reason.isEmpty { reason = HDF5Library.lastError() }
        if HDF5Library.takeFailedClose() && reason.isEmpty { reason = "an object of it cannot be closed" }
        if code != 0 { throw ResultStoreError(code: code, "write", path: path, isOutput: false) }
        if !reason.isEmpty { throw ResultStoreError(.inputOutput, "write", path: path, reason: reason) }
    }

    /// The error for a call that has just failed.
    func failure(_ operation: String, _ object: String) -> ResultStoreError {
        let reason = HDF5Library.lastError()
        let written = chdf5_write_failure(id), read = chdf5_take_read_failure(id)
        if written != 0 { return ResultStoreError(code: written, "write", object: object, path: path, isOutput: false) }
        if read != 0 { return ResultStoreError(code: read, "read", object: object, path: path, isOutput: false) }
        return ResultStoreError(.inputOutput, operation, object: object, path: path, reason: reason)
    }

    /// Passes a result on unless it is negative, libhdf5's sign of failure, or a write to the file has failed.
    @discardableResult
    func check<Number: SignedInteger>(_ result: Number, _ operation: String, _ object: String) throws -> Number {
        if result < 0 || chdf5_write_failure(id) != 0 { throw failure(operation, object) }
        return result
    }

    func createGroup(_ name: String) throws {
        let properties = HDF5Handle(H5Pcreate(chdf5_class_group_create()), H5Pclose)
        try check(H5Pset_link_creation_order(properties.id, chdf5_creation_order()), "create", name)
        try check(H5Pset_attr_creation_order(properties.id, chdf5_creation_order()), "create", name)
        try check(H5Pset_link_phase_change(properties.id, 1000, 900), "create", name)
        let group = HDF5Handle(
            H5Gcreate2(id, name, chdf5_no_properties(), properties.id, chdf5_no_properties()), H5Gclose)
        try check(group.id, "create", name)
    }
}
