/// The place of a file that is about to be written, locked, and what lies there.
struct OutputPlace: Sendable {
    let path: String
    let lock: LockFile
    /// What was found there once the lock was held; `nil` where nothing was. Open, so that no other file is given its number.
    private let found: (file: RawFile, identity: Paths.Identity)?

    /// Creates missing folders, takes the lock and calls `body` with the place; what was created is removed if that fails.
    static func take<Result>(_ path: String, _ body: (OutputPlace) throws -> Result) throws -> Result {
        try requireFileOrNothing(path)
        let folders = try Paths.createFolders(Paths.folder(of: path), for: path)
        do {
            let lock = try LockFile(for: path)
            do {
                return try body(OutputPlace(path, lock))
            } catch {
                lock.release()
                throw error
            }
        } catch {
            Paths.remove(folders)
            throw error
        }
    }

    private init(_ path: String, _ lock: LockFile) throws {
        (self.path, self.lock) = (path, lock)
        // Another run may have ended since the first look, or anything else have come.
        try Self.requireFileOrNothing(path)
        found = try Paths.entry(path) == .nothing ? nil : {
            let file = try RawFile(path: path, writable: false)
            return (file, try file.identity())
        }()
    }

    private static func requireFileOrNothing(_ path: String) throws {
        switch try Paths.entry(path) {
        case .folder:
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: "it is a folder",
                                   remedy: "give --output the path of a file in it")
        case .other:
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: "it is a pipe or a device and not a file",
                                   remedy: "give --output the path of a file")
        case .nothing, .file: break
        }
    }

    /// Puts a finished file there, at once and for good.
    ///
    /// - Throws: `inputOutput` where another file lies there by now than the one that was found, and looked at.
    func fill(with new: String) throws {
        try Paths.replace(path, found?.identity, with: new)
    }
}
