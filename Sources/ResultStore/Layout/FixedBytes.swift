/// The checksum over everything in a result file that never changes after its creation: superblock, object headers,
/// texts, coordinates, gaps.
///
/// Left out are the trials' rows, the trajectories, the log of rounds and the checksums themselves, and the root group's header, which has a checksum of
/// its own: `complete` is in it.
enum FixedBytes {
    static func checksum(_ file: RawFile, _ structure: FileStructure) throws -> UInt64 {
        var hashes: [UInt64] = []
        for part in fixedParts(structure) {
            for first in stride(from: part.lowerBound, to: part.upperBound, by: 1 << 20) {
                let piece = first..<min(first + 1 << 20, part.upperBound)
                let bytes = try file.read(count: piece.count, zero: UInt8(0), at: piece.lowerBound, "the file's fixed part")
                hashes += [UInt64(piece.lowerBound), UInt64(piece.count), XXH64.hash(bytes)]
            }
        }
        return hashes.map(\.littleEndian).withUnsafeBytes { XXH64.hash($0) }
    }

    private static func fixedParts(_ structure: FileStructure) -> [Range<Int>] {
        let changing = structure.datasets.filter { isChanging($0.key, structure) }.map(\.value)
        let excluded = (changing + structure.root.chunks.map(\.extent)).sorted { $0.lowerBound < $1.lowerBound }
        var parts: [Range<Int>] = []
        var position = 0
        for extent in excluded where extent.upperBound > position {
            if extent.lowerBound > position { parts.append(position..<extent.lowerBound) }
            position = extent.upperBound
        }
        if position < structure.size { parts.append(position..<structure.size) }
        return parts
    }

    /// Checksums, and whatever has the dimensions of `status`, or those but `trial` and others behind them, as
    /// trajectories do; not the trial numbers.
    private static func isChanging(_ path: String, _ structure: FileStructure) -> Bool {
        if ResultLayout.checksumPaths.contains(path) || path == ResultLayout.roundLogPath || path.hasPrefix("\(ResultLayout.partName)/") { return true }
        guard path != ResultLayout.trialName, path != ResultLayout.blockName, !path.contains("/"), let lengths = structure.lengths[path],
            let statusLengths = structure.lengths[TrialVariable.statusName] else { return false }
        return lengths.starts(with: statusLengths)
            || lengths.count >= statusLengths.count && lengths.starts(with: statusLengths.dropLast())
    }
}
