/// The place of a file that is about to be written.
enum OutputPlace {
    /// Creates missing folders, takes the lock and calls `body` with it; what was created is removed if that fails.
    static func take<Result>(_ path: String, _ body: (LockFile) throws -> Result) throws -> Result {
        switch try Paths.entry(path) {
        case .folder:
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: "it is a folder",
                                   remedy: "give --output the path of a file in it")
        case .other:
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: "it is a pipe or a device and not a file",
                                   remedy: "give --output the path of a file")
        case .nothing, .file: break
        }
        let folders = try Paths.createFolders(Paths.folder(of: path), for: path)
        do {
            let lock = try LockFile(for: path)
            do {
                return try body(lock)
            } catch {
                lock.release()
                throw error
            }
        } catch {
            Paths.remove(folders)
            throw error
        }
    }
}
