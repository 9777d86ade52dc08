import Glibc

/// What the store needs of paths and folders.
enum Paths {
    enum Entry { case nothing, file, folder, other }

    static func entry(_ path: String) -> Entry {
        var info = stat()
        guard stat(path, &info) == 0 else { return .nothing }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The folder of a path, "." where it has none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Creates a folder and those above it; returns the new ones, outermost first.
    static func createFolders(_ folder: String, for path: String) throws -> [String] {
        guard entry(folder) != .folder else { return [] }
        let above = self.folder(of: folder)
        var created = above == folder ? [] : try createFolders(above, for: path)
        if mkdir(folder, 0o777) != 0 && errno != EEXIST {
            let code = errno
            remove(created)
            throw ResultStoreError(.cannotCreate, "create the folder of", path: path,
                                   reason: "\(folder): \(SystemMessage.text(code))",
                                   remedy: SystemMessage.remedy(code, path: path))
        }
        created.append(folder)
        return created
    }

    /// Removes empty folders, innermost first.
    static func remove(_ folders: [String]) {
        for folder in folders.reversed() { rmdir(folder) }
    }

    static func size(_ path: String) throws -> Int {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw ResultStoreError(.inputOutput, "look at", path: path, reason: SystemMessage.text(errno))
        }
        return Int(info.st_size)
    }

    /// Creates an empty file, or empties the one that is there.
    static func createFile(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let code = errno
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: SystemMessage.text(code),
                                   remedy: SystemMessage.remedy(code, path: path))
        }
        close(descriptor)
    }

    /// Removes a file if it is there.
    static func removeFile(_ path: String) { unlink(path) }

    /// Makes a folder's entries (a rename in it) survive a power loss.
    static func synchronise(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some file systems cannot do this for folders; there is nothing better to do then.
        if fsync(descriptor) != 0 && errno == EIO {
            throw ResultStoreError(.inputOutput, "write to disk", path: folder, reason: SystemMessage.text(EIO))
        }
    }

    /// The path of the file itself where `path` is a symbolic link to one that is there.
    static func resolved(_ path: String) -> String {
        var link = stat()
        guard entry(path) != .nothing, lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFLNK,
            let real = realpath(path, nil)
        else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Puts a finished file in the place of another, at once and for good; who may read and write it stays.
    static func replace(_ path: String, with new: String) throws {
        var info = stat()
        if stat(path, &info) == 0 { chmod(new, info.st_mode & 0o7777) }
        guard rename(new, path) == 0 else {
            let code = errno
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: SystemMessage.text(code),
                                   remedy: SystemMessage.remedy(code, path: path))
        }
        try synchronise(folder: folder(of: path))
    }

    /// Bytes that this user may still write where `path` lies; `nil` where the system does not say.
    static func freeBytes(at folder: String) -> Int? {
        var info = statvfs()
        guard statvfs(folder, &info) == 0 else { return nil }
        return Int(info.f_bavail) * Int(info.f_frsize)
    }
}
