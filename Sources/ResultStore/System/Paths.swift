import CHDF5Shims
import Glibc

/// What the store needs of paths and folders.
enum Paths {
    enum Entry { case nothing, file, folder, other }

    /// What a path leads to, symbolic links followed.
    ///
    /// - Throws: where that cannot be found out: nothing may then be taken for missing.
    static func entry(_ path: String) throws -> Entry {
        var info = stat()
        guard stat(path, &info) == 0 else { return try missing(path, errno) }
        return kind(info)
    }

    /// What lies at a path itself; a symbolic link is something else than a file.
    static func entryItself(_ path: String) throws -> Entry {
        var info = stat()
        guard lstat(path, &info) == 0 else { return try missing(path, errno) }
        return kind(info)
    }

    private static func missing(_ path: String, _ code: Int32) throws -> Entry {
        if code == ENOENT || code == ENOTDIR { return .nothing }
        throw ResultStoreError(code: code, "look at", path: path, isOutput: true)
    }

    private static func kind(_ info: stat) -> Entry {
        switch info.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// The folder of a path, "." where it has none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Creates a folder and those above it; returns the new ones, outermost first.
    static func createFolders(_ folder: String, for path: String) throws -> [String] {
        guard try entry(folder) != .folder else { return [] }
        let above = self.folder(of: folder)
        var created = above == folder ? [] : try createFolders(above, for: path)
        if mkdir(folder, 0o777) != 0 && errno != EEXIST {
            let code = errno
            remove(created)
            throw ResultStoreError(code: code, "create the folder of", path: path, detail: folder, isOutput: true)
        }
        created.append(folder)
        return created
    }

    /// Removes empty folders, innermost first.
    static func remove(_ folders: [String]) {
        for folder in folders.reversed() { rmdir(folder) }
    }

    /// Reads a file that is opened by its name more than once, and again where another took its place meanwhile: a run that
    /// extends a result does that, and half of each would look damaged.
    static func reading<Value>(_ path: String, _ read: () throws -> Value) throws -> Value {
        for _ in 1...mostReplacements {
            let before = try identity(path)
            let result = Result { try read() }
            if try identity(path) == before { return try result.get() }
        }
        throw ResultStoreError(
            .inputOutput, "read", path: path,
            reason: "another file took its place \(mostReplacements) times while it was being opened",
            remedy: "run the command again when nothing replaces it any more")
    }

    private static let mostReplacements = 20

    /// Which file it is, whatever it is called.
    struct Identity: Equatable {
        private let device: dev_t
        private let number: ino_t
        /// The number of a file that is removed may be given to the next one that is made.
        private let timeOfMaking: Int64

        fileprivate init(_ info: stat, _ timeOfMaking: Int64) {
            (device, number, self.timeOfMaking) = (info.st_dev, info.st_ino, timeOfMaking)
        }

        /// - Parameter info: what the system says of the file.
        init(_ info: stat, of descriptor: Int32) { self.init(info, chdf5_time_of_making(descriptor, "")) }
    }

    /// `nil` where nothing is there.
    static func identity(_ path: String) throws -> Identity? {
        var info = stat()
        guard stat(path, &info) == 0 else {
            _ = try missing(path, errno)
            return nil
        }
        return Identity(info, chdf5_time_of_making(-1, path))
    }

    /// To be thrown where a part of a result was read, and then another file was there: what is known of the one says nothing of
    /// the other.
    static func replaced(_ path: String) -> ResultStoreError {
        ResultStoreError(
            .inputOutput, "read", path: path, reason: "another file took its place while it was being read",
            remedy: "run the same command again when nothing replaces it any more")
    }

    static func size(_ path: String) throws -> Int {
        var info = stat()
        guard stat(path, &info) == 0 else { throw ResultStoreError(code: errno, "look at", path: path, isOutput: false) }
        return Int(info.st_size)
    }

    /// Removes a file of ours on the way out of a failure that is reported already.
    static func discard(_ path: String) { unlink(path) }

    /// Removes a file of ours if it is there.
    static func removeFile(_ path: String) throws {
        guard unlink(path) != 0, errno != ENOENT, errno != ENOTDIR else { return }
        throw ResultStoreError(code: errno, "remove", path: path, isOutput: true)
    }

    /// Makes a folder's entries (a rename in it) survive a power loss.
    static func synchronise(folder: String) throws {
        let descriptor = SystemMessage.retrying { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            // A folder that one may write to, but not read.
            if errno == EACCES { return }
            throw ResultStoreError(code: errno, "open", path: folder, isOutput: false)
        }
        defer { close(descriptor) }
        // Some file systems cannot do this for folders; there is nothing better to do then.
        if SystemMessage.retrying({ fsync(descriptor) }) != 0, [EIO, ENOSPC, EDQUOT].contains(errno) {
            throw ResultStoreError(code: errno, "write to disk", path: folder, isOutput: false)
        }
    }

    /// The path of the file itself where `path` is a symbolic link, whether that file is there or not.
    static func resolved(_ path: String) throws -> String {
        var place = path
        for _ in 0..<40 {
            var link = stat()
            guard lstat(place, &link) == 0, link.st_mode & S_IFMT == S_IFLNK else {
                if place != path, let real = realpath(place, nil) {
                    defer { free(real) }
                    return String(cString: real)
                }
                return place
            }
            var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let length = readlink(place, &target, target.count - 1)
            guard length > 0 else { throw ResultStoreError(code: errno, "look at", path: path, isOutput: true) }
            let text = String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            place = text.hasPrefix("/") ? text : folder(of: place) + "/" + text
        }
        throw ResultStoreError(code: ELOOP, "look at", path: path, isOutput: true)
    }

    /// The same where the place is another's, too: what came to lie there since it was looked at is never lost.
    ///
    /// - Parameter known: the file that was found there; `nil` where nothing was. It is to be held open, so that no other file is
    ///   given its number. One that is gone by now is no loss.
    /// - Throws: `inputOutput` where another file lies there.
    static func replace(_ path: String, _ known: Identity?, with new: String) throws {
        if let there = try identity(path), there != known {
            throw ResultStoreError(
                .inputOutput, "write", path: path,
                reason: known == nil ? "another file came to lie there meanwhile" : "another file took its place meanwhile",
                remedy: "it is left as it is: move it away or choose another --output, then run the same command again")
        }
        try replace(path, with: new)
    }

    /// Puts a finished file in the place of another, at once and for good; who may read and write it stays.
    static func replace(_ path: String, with new: String) throws {
        var info = stat()
        if stat(path, &info) == 0 {
            // Where the rights are the same, there is nothing to ask of a file system that has none.
            var own = stat()
            let isSame = stat(new, &own) == 0 && own.st_mode & 0o7777 == info.st_mode & 0o7777
            guard isSame || chmod(new, info.st_mode & 0o7777) == 0 else {
                throw ResultStoreError(code: errno, "set the rights of", path: path, isOutput: true)
            }
        } else if errno != ENOENT {
            throw ResultStoreError(code: errno, "look at", path: path, isOutput: true)
        }
        guard SystemMessage.retrying({ rename(new, path) }) == 0 else {
            throw ResultStoreError(code: errno, "create", path: path, isOutput: true)
        }
        try synchronise(folder: folder(of: path))
    }

    /// Bytes that this user may still write where `path` lies; `nil` where the system does not say.
    static func freeBytes(at folder: String) -> Int? { FileSystemRoom.free(at: folder) }
}

/// What a file system has room for.
public enum FileSystemRoom {
    /// Bytes that this user may still write where a folder lies; `nil` where the system does not say.
    public static func free(at folder: String) -> Int? {
        var info = statvfs()
        guard statvfs(folder, &info) == 0 else { return nil }
        let (bytes, overflows) = Int(clamping: info.f_bavail).multipliedReportingOverflow(by: Int(info.f_frsize))
        return overflows ? nil : bytes
    }
}
