import Synchronization
import TrialContract
import WorkerThreads

/// Reads the headers of many results one after the other, with one child process for all that are as they were written: to start
/// one, and to have libhdf5 begin in it, takes longer than to read a header.
///
/// What a file does to its child costs that file only. A file with a wrong checksum has a child of its own, which reads nothing
/// else. And what goes wrong in a child that has read another file before, whatever it is, is no word about the file: it is read
/// once more, by a child of its own. So is one of which it says something that does not agree with the checksums and with what
/// lies where, which are read and compared here.
///
/// For one thread.
public final class HeaderSeries {
    /// One that waits for the next file.
    private var idle: ConfinedChild?
    /// Files that it has read.
    private var served = 0
    /// Processes that were started.
    private(set) var children = 0

    /// What is kept of the texts of files that were read does not grow for ever: see Probe.c.
    private static let mostServed = 100

    public init() {}

    /// - Parameter child: which has opened a file, and said so.
    init(idle child: ConfinedChild) {
        idle = child
        served = 1
    }

    deinit { idle?.stop() }

    /// What is the same for all trials of a result, as `ResultReader.fixedParameters`.
    ///
    /// - Throws: as `ResultReader.open`.
    public func fixedParameters(of path: String) throws -> [FixedParameter] {
        try ResultHeader.read(path, in: self).layout.fixedParameters
    }

    /// Files that are worth a child of their own: fewer are read sooner than another one begins.
    private static let fewest = 16

    /// Reads the headers of results on several threads, each with a series of its own for files that follow one another.
    ///
    /// - Parameter transform: what is made of each header, or thrown about it; on any thread.
    /// - Returns: the headers in the order of the paths.
    /// - Throws: what the first path, in their order, fails with.
    static func read(
        _ paths: [String], threads: Int = WorkerThreads.processorCount, _ transform: @Sendable (ResultHeader) throws -> ResultHeader
    ) throws -> [ResultHeader] {
        guard !paths.isEmpty else { return [] }
        let share = max(fewest, (paths.count + threads - 1) / threads)
        let parts = stride(from: 0, to: paths.count, by: share).map { $0..<min($0 + share, paths.count) }
        let read = Mutex([Result<[ResultHeader], any Error>?](repeating: nil, count: parts.count))
        WorkerThreads.perform(parts.count, threads: threads) { index in
            let series = HeaderSeries()
            let headers = Result {
                try paths[parts[index]].map { try transform(ResultHeader.read($0, in: series)) }
            }
            read.withLock { $0[index] = headers }
        }
        // The failure of the first part that has one is that of the first such path.
        return try read.withLock { $0 }.flatMap { try $0!.get() }
    }

    func read(_ raw: RawFile) throws -> ResultHeader {
        let verdict = try FileCheck.judge(raw)
        guard case .intact(let structure) = verdict else {
            children += 1
            return try ResultHeader.read(FileCheck.open(raw, verdict), raw)
        }
        if let header = readByIdle(raw, structure) { return header }
        children += 1
        let file = try FileCheck.open(raw, verdict)
        let header = try ResultHeader.read(file, raw)
        idle = file.release()
        served = 1
        return header
    }

    /// `nil` where no child is idle, or where anything at all went wrong.
    private func readByIdle(_ raw: RawFile, _ structure: FileStructure) -> ResultHeader? {
        guard var child = idle else { return nil }
        idle = nil
        guard served < Self.mostServed, (try? child.open(raw.path)) != nil else {
            child.stop()
            return nil
        }
        // Once it is given away, the file ends it where it is not released.
        guard let file = try? ConfinedFile(raw.path, .quick, child, isOpen: true),
            let header = try? ResultHeader.read(file, raw), !header.hasEditedTexts, header.agrees(with: structure)
        else { return nil }
        idle = file.release()
        served += 1
        return header
    }
}
