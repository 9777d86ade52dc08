import Glibc

/// The files that this program keeps beside a result. Their names are nobody else's, and what lies under such a name
/// and is not ours is left alone: nothing is written through a symbolic link, and nothing is removed that cannot be
/// told for one of ours by its first bytes.
enum BesideFile {
    /// Held by the run that writes the result.
    static func lock(of result: String) -> String { result + ".samsweep-lock" }
    /// Where trials stand that a run had to leave unfinished.
    static func states(of result: String) -> String { result + ".samsweep-states" }
    /// A result on its way to a grown sweep.
    static func extended(of result: String) -> String { result + ".samsweep-extended" }
    /// A file that is being made and takes the place of another when it is whole.
    static func new(of path: String) -> String { path + ".samsweep-new" }

    /// Gives a file of ours that an earlier version has left under `NAME.states` or `NAME.extended` its present name, where
    /// nothing has that.
    ///
    /// - Parameter isOurs: looks at its content; the name could be another's.
    static func adopt(_ suffix: String, of result: String, as path: String, isOurs: (String) throws -> Bool) throws {
        let earlier = result + suffix
        guard try Paths.entryItself(path) == .nothing, try Paths.entryItself(earlier) == .file, try isOurs(earlier)
        else { return }
        try Paths.replace(path, with: earlier)
    }

    /// What the first bytes of our files may be.
    static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Removes what a killed run has left of a file, if it is ours.
    ///
    /// - Parameters:
    ///   - marks: what it begins with where it is ours. A file that was never written to, which is empty or begins with
    ///     zeros, counts as ours, too.
    ///   - result: named in errors.
    /// - Throws: `cannotCreate` where something else lies there.
    static func removeOwn(_ path: String, marks: [[UInt8]], for result: String) throws {
        switch try Paths.entryItself(path) {
        case .nothing: return
        case .file:
            let file = try RawFile(path: path, writable: false)
            let longest = marks.map(\.count).max() ?? 0
            let head = try file.read(count: min(file.size(), longest), zero: UInt8(0), at: 0, "its beginning")
            guard head.allSatisfy({ $0 == 0 }) || marks.contains(where: { head.starts(with: $0) }) else {
                throw inTheWay(path, result)
            }
            try Paths.removeFile(path)
        case .folder, .other: throw inTheWay(path, result)
        }
    }

    /// - Throws: `cannotCreate` where something lies under the name that is no file.
    static func requireFileOrNothing(_ path: String, for result: String) throws {
        guard [.nothing, .file].contains(try Paths.entryItself(path)) else { throw inTheWay(path, result) }
    }

    static func inTheWay(_ path: String, _ result: String) -> ResultStoreError {
        ResultStoreError(
            .cannotCreate, "write", path: result, reason: "\(path) is in the way and not made by this program",
            remedy: "it is left as it is: move it away, or choose another --output")
    }

    /// Creates an empty file where there is none; nothing that is there is followed or emptied.
    static func create(_ path: String, for result: String) throws {
        let mode = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = SystemMessage.retrying { open(path, mode, 0o666) }
        guard descriptor >= 0 else { throw ResultStoreError(code: errno, "create", path: result, detail: path, isOutput: true) }
        close(descriptor)
    }
}
