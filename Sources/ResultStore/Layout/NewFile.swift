import TrialContract

/// Creates files beside the place they are meant for: nobody ever sees a half-made one there.
enum NewFile {
    /// A complete, empty file on disk at `temporary`; nothing there if it fails.
    ///
    /// - Parameter path: the place it is meant for, named in errors.
    static func create(
        _ description: FileDescription, plan: (any SweepPlan)?, at temporary: String, for path: String
    ) throws {
        Paths.removeFile(temporary)
        do {
            try requireRoom(description.layout, for: path)
            try HDF5Library.exclusively { try FileCreation(description).write(to: temporary) }
            try FileCompletion(path: temporary, plan: plan).run()
        } catch {
            Paths.removeFile(temporary)
            throw error.placed(at: path, insteadOf: temporary)
        }
    }

    /// Says so before anything is written where it cannot fit.
    private static func requireRoom(_ layout: ResultLayout, for path: String) throws {
        guard let free = Paths.freeBytes(at: Paths.folder(of: path)), free < layout.byteCount else { return }
        throw ResultStoreError(
            .inputOutput, "create", path: path,
            reason: "it needs \(layout.byteCount) bytes and the file system has \(free) left",
            remedy: "make room or choose another --output, then run the same command again")
    }
}

extension Error {
    /// The same error with the path that the user knows.
    func placed(at path: String, insteadOf temporary: String) -> any Error {
        guard let error = self as? ResultStoreError, error.path == temporary else { return self }
        return ResultStoreError(
            error.kind, error.operation, object: error.object, path: path, reason: error.reason, remedy: error.remedy)
    }
}
