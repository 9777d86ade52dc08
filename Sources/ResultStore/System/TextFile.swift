/// A text file that takes its place in one step, as results do: there is the old one or the new one, never a part of it.
public enum TextFile {
    /// How much of a file that is there is looked at.
    private static let head = 4096

    /// Writes a file, or replaces one of the same kind; folders of the path that are missing are created.
    ///
    /// - Parameters:
    ///   - kind: what it is, named in errors: "page of samsweep report".
    ///   - mark: what every file of the kind begins with. It tells what a killed process has left half-made from files of others.
    ///   - isOwnKind: whether what a file begins with, 4096 bytes of it or all, is of the kind; another file is left as it is.
    /// - Throws: `ResultStoreError`: `cannotCreate` where something else lies there, `inputOutput` where writing fails.
    public static func write(
        _ text: String, to path: String, kind: String, mark: String, isOwnKind: (String) -> Bool
    ) throws {
        let place = try Paths.resolved(path)
        try OutputPlace.take(place) { output in
            if try Paths.entry(place) != .nothing {
                let file = try RawFile(path: place, writable: false)
                let bytes = try file.read(count: min(file.size(), head), zero: UInt8(0), at: 0, "its beginning")
                guard bytes.isEmpty || isOwnKind(String(decoding: bytes, as: UTF8.self)) else {
                    throw ResultStoreError(
                        .cannotCreate, "replace", path: path, reason: "it is no \(kind)",
                        remedy: "it is left as it is: give another --output, or move it away")
                }
            }
            let temporary = BesideFile.new(of: place)
            try BesideFile.removeOwn(temporary, marks: [Array(mark.utf8)], for: path)
            do {
                try BesideFile.create(temporary, for: path)
                let file = try RawFile(path: temporary, writable: true)
                try file.write(Array(text.utf8), at: 0, "its text")
                try file.synchronise()
                try output.fill(with: temporary)
            } catch {
                Paths.discard(temporary)
                throw error.placed(at: path, insteadOf: temporary)
            }
            output.lock.release()
        }
    }

    /// What a file holds.
    ///
    /// - Parameters:
    ///   - kind: what it is meant to be, named in errors.
    ///   - most: bytes; a longer file is none of the kind.
    /// - Throws: `ResultStoreError`: `notFound`, `damaged` where it is longer, `inputOutput`.
    public static func read(_ path: String, kind: String, most: Int) throws -> String {
        let file = try RawFile(path: path, writable: false)
        let size = try file.size()
        guard size <= most else {
            throw ResultStoreError(.damaged, "read", path: path, reason: "it is no \(kind)", remedy: "give another file")
        }
        return String(decoding: try file.read(count: size, zero: UInt8(0), at: 0, "its text"), as: UTF8.self)
    }
}
