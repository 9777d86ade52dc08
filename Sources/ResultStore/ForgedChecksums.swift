import TrialContract

/// Makes the checksums of changed files right again, as whoever means harm would: for hostile inputs, which otherwise get
/// no further than the first checksum.
package enum ForgedChecksums {
    /// The bytes of a result's parts that libhdf5 follows (superblock, object headers, heaps, trees), in the order of the
    /// file.
    package static func structures(ofResult path: String) throws -> [Range<Int>] {
        let file = try RawFile(path: path, writable: false)
        let bytes = try file.read(count: file.size(), zero: UInt8(0), at: 0, "the file")
        let headers = try FileStructure(file).headers
        let signatures = ["GCOL", "TREE", "HEAP", "SNOD", "FRHP", "FHDB", "BTHD", "BTLF"].map { Array($0.utf8) }
        let others = bytes.indices.filter { place in signatures.contains { bytes[place...].starts(with: $0) } }
        return ([0..<96] + headers + others.map { $0..<min($0 + 512, bytes.count) }).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Of the object headers at these places, and of the fixed part.
    package static func sealStructure(ofResult path: String, headers: [Range<Int>]) throws {
        let file = try RawFile(path: path, writable: true)
        for place in headers {
            let body = try file.read(count: place.count - 4, zero: UInt8(0), at: place.lowerBound, "an object header")
            guard body.starts(with: Array("OHDR".utf8)) || body.starts(with: Array("OCHK".utf8)) else { continue }
            try file.write([Lookup3.hash(body[...]).littleEndian], at: place.upperBound - 4, "an object header")
        }
        guard let structure = try FileStructure.known(file),
            let place = structure.datasets[ResultLayout.fixedChecksumPath], place.count == 8
        else { return }
        let fixed = try FixedBytes.checksum(file, structure)
        try file.write([fixed.littleEndian], at: place.lowerBound, ResultLayout.fixedChecksumPath)
    }

    /// Over texts and coordinates; the file must be readable.
    package static func sealContent(ofResult path: String) throws {
        let file = try RawFile(path: path, writable: true)
        let header = try ResultHeader.read(FileCheck.open(file))
        try file.write(
            [ContentChecksum.of(header).littleEndian], at: header.checksumOffsets.content, ResultLayout.contentChecksumPath)
        guard let core = header.checksumOffsets.core else { return }
        try file.write([ContentChecksum.ofCore(header).littleEndian], at: core, ResultLayout.coreChecksumPath)
    }

    /// Bytes as a file of unfinished trials' states that belongs to a plan: with its mark, its plan and its checksum.
    package static func states(_ bytes: [UInt8], planFingerprint: String) -> [UInt8] {
        TrialStateFile.sealed(bytes, planFingerprint: planFingerprint)
    }

    /// What a run takes from such bytes: the states by row, and for how many rows there are outcomes; `nil`: nothing.
    package static func readStates(
        _ bytes: [UInt8], planFingerprint: String
    ) -> (states: [Int: TrialState], outcomes: Int)? {
        TrialStateFile.trusted(bytes, planFingerprint: planFingerprint)
    }

    package static func statesPath(ofResult path: String) -> String { BesideFile.states(of: path) }
}
