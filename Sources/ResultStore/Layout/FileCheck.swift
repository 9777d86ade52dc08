import CHDF5Shims
import Glibc

/// Whether a result file may be opened with libhdf5: a look at its bytes, and a try in another process.
enum FileCheck {
    enum Verdict {
        /// The fixed part is as it was written.
        case intact
        /// It is another than was written: damaged, or another program added something.
        case changed(String)
    }

    /// Every file is tried, since checksums can be made right by whoever makes a file: one that is as it was written is only
    /// looked through; another one is read whole.
    ///
    /// - Throws: `damaged` where it is certain, or where libhdf5 fails on it.
    static func requireReadable(_ file: RawFile) throws {
        switch try judge(file) {
        case .intact: try probe(file.path, reason: nil)
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

    /// Seconds on the clock that a try may take; large files have more.
    private static let longest: UInt32 = 60

    static let remedy = "restore a copy, or give a new run another --output; --fresh would start over and lose what it holds"

    /// Has libhdf5 read the file but for the trials that lie in one piece, in a process of its own.
    ///
    /// - Parameter reason: why it may be damaged; `nil` where its checksum is right. Then trials that are packed are not
    ///   unpacked, and where no process can be had the file is taken as it is.
    static func probe(_ path: String, reason: String?) throws {
        let child = HDF5Library.exclusively { chdf5_start_probe(path, longest, reason == nil ? 0 : 1) }
        if child < 0 {
            if reason == nil { return }
            throw ResultStoreError(code: errno, "start a process to look at", path: path, isOutput: false)
        }
        var failure: Int32 = 0
        let outcome = chdf5_finish_probe(child, &failure)
        if outcome == 0 { return }
        if failure != 0 { throw ResultStoreError(code: failure, "read", path: path, isOutput: false) }
        // Its processor time ends one that goes in circles; the clock ends what waits, and that is not the file's fault.
        if outcome == SIGALRM {
            throw ResultStoreError(
                .inputOutput, "read", path: path, reason: "a look at it has not ended after \(longest) s or more on the clock",
                remedy: "the machine or the file system is busy: run the same command again")
        }
        let detail = outcome > 0 ? "libhdf5 crashes on it or does not come to an end (\(String(cString: strsignal(outcome))))" : "libhdf5 cannot read it"
        throw ResultStoreError(
            .damaged, "read", path: path, reason: detail + (reason.map { ", and \($0)" } ?? ""), remedy: remedy)
    }
}
