/// Whether a result file is as it was written: a look at its bytes, before a child process looks at it with libhdf5.
enum FileCheck {
    enum Verdict {
        /// The fixed part is as it was written: what lies where in it.
        case intact(FileStructure)
        /// It is another than was written: damaged, or another program added something.
        case changed(String)
    }

    /// Checksums can be made right by whoever makes a file, so every one is looked through before anything is taken from it:
    /// one that is as it was written quickly; another one is read whole.
    ///
    /// - Throws: `damaged` where it is certain, or where libhdf5 fails on it.
    static func open(_ file: RawFile) throws -> ConfinedFile {
        try open(file, judge(file))
    }

    static func open(_ file: RawFile, _ verdict: Verdict) throws -> ConfinedFile {
        switch verdict {
        case .intact: try ConfinedFile(file.path, .quick)
        case .changed(let reason): try ConfinedFile(file.path, .thorough(reason))
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
                ? .intact(structure) : .changed("the checksum over its fixed part is wrong")
        } catch ObjectHeader.Failure.damaged(let reason) {
            throw ResultStoreError(.damaged, "read", path: file.path, reason: reason, remedy: ResultStoreError.remedyOfDamage)
        } catch ObjectHeader.Failure.unknown(let reason) {
            return .changed(reason)
        }
    }
}
