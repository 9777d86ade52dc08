import TrialContract

/// Creates files beside the place they are meant for: nobody ever sees a half-made one there.
enum NewFile {
    /// A complete, empty file on disk at `temporary`; nothing there if it fails.
    ///
    /// - Parameters:
    ///   - isFilled: whether all rows read as not computed; otherwise they have no values yet, and all are to be written.
    ///   - path: the place it is meant for, named in errors.
    static func create(
        _ description: FileDescription, plan: (any SweepPlan)?, isFilled: Bool = true, at temporary: String, for path: String
    ) throws {
        try prepare(temporary, for: path)
        do {
            try requireRoom(description.layout, for: path)
            try write(description, plan: plan, isFilled: isFilled, to: temporary)
        } catch {
            Paths.discard(temporary)
            throw error.placed(at: path, insteadOf: temporary)
        }
    }

    /// Makes room for a file of ours that an earlier run may have left half-made.
    static func prepare(_ temporary: String, for path: String) throws {
        try BesideFile.removeOwn(temporary, marks: [BesideFile.hdf5], for: path)
    }

    /// - Throws: `inputOutput` also where the finished file is found damaged: nobody else has had it.
    static func write(
        _ description: FileDescription, plan: (any SweepPlan)?, isFilled: Bool = true,
        packing: ((TrialVariable) -> Packing)? = nil, to temporary: String
    ) throws {
        do {
            try HDF5Library.exclusively {
                try FileCreation(description, isFilled: isFilled, packing: packing).write(to: temporary)
            }
            if packing == nil { try FileCompletion(path: temporary, description: description, plan: plan).run() }
        } catch {
            throw error.ofOwnMaking
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
    /// For a file that was just made here: damage to it is a failure of the disk, or of this program.
    var ofOwnMaking: any Error {
        guard let error = self as? ResultStoreError, error.kind == .damaged else { return self }
        return ResultStoreError(
            .inputOutput, "create", object: error.object, path: error.path,
            reason: "what was written does not read back: \(error.reason)",
            remedy: "if the disk or the network file system failed (see the system's log), run the same command again")
    }

    /// The same error with the path that the user knows.
    func placed(at path: String, insteadOf temporary: String) -> any Error {
        guard let error = self as? ResultStoreError, error.path == temporary else { return self }
        return ResultStoreError(
            error.kind, error.operation, object: error.object, path: path, reason: error.reason, remedy: error.remedy)
    }
}
