import CHDF5Shims
import Glibc

/// Whether a result file may be opened with libhdf5: nothing but a look at its bytes.
enum FileCheck {
    enum Verdict {
        /// The fixed part is as it was written.
        case intact
        /// It is another than was written: damaged, or another program added something.
        case changed(String)
    }

    /// The fixed part's checksum finds damage; whoever makes a file on purpose computes it anew. So libhdf5 tries every
    /// file in a process of its own first. Only the large packed datasets of a file with the right checksum are left out
    /// there: they may take minutes.
    ///
    /// - Throws: `damaged` where it is certain, or where libhdf5 fails on it.
    static func requireReadable(_ file: RawFile) throws {
        switch try judge(file) {
        case .intact: try probe(file.path, reason: "its checksums agree, so it was made like this", unpacksChunks: false)
        case .changed(let reason): try probe(file.path, reason: reason)
        }
    }

    static func judge(_ file: RawFile) throws -> Verdict {
        do {
            let structure = try FileStructure(file)
            guard let place = structure.datasets[ResultLayout.fixedChecksumPath], place.count == 8 else {
                return .changed("it has no checksum")
            }
            let stored = try file.read(count: 1, zero: UInt64(0), at: place.lowerBound, ResultLayout.fixedChecksumPath)
            return try FixedBytes.checksum(file, structure) == UInt64(littleEndian: stored[0])
                ? .intact : .changed("the checksum over its fixed part is wrong")
        } catch ObjectHeader.Failure.damaged(let reason) {
            throw ResultStoreError(.damaged, "read", path: file.path, reason: reason, remedy: Self.remedy)
        } catch ObjectHeader.Failure.unknown(let reason) {
            return .changed(reason)
        }
    }

    static let remedy = "restore a copy, or give a new run another --output; --fresh would start over and lose what it holds"

    /// Has libhdf5 read the whole file but the trials that lie in one piece, in a process of its own.
    static func probe(_ path: String, reason: String, unpacksChunks: Bool = true) throws {
        let child = HDF5Library.exclusively { chdf5_start_probe(path, 30, unpacksChunks ? 1 : 0) }
        if child < 0 { throw ResultStoreError(code: errno, "start a process to look at", path: path, isOutput: false) }
        let outcome = chdf5_finish_probe(child)
        if outcome == 0 { return }
        let detail = outcome > 0 ? "libhdf5 crashes on it (\(String(cString: strsignal(outcome))))" : "libhdf5 cannot read it"
        throw ResultStoreError(.damaged, "read", path: path, reason: "\(detail), and \(reason)", remedy: remedy)
    }
}
