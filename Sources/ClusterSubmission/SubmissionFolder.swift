import Glibc

/// The folder of a submission: the sweep, the job scripts, the shards' results and the logs.
public struct SubmissionFolder: Sendable {
    /// Absolute, without a trailing slash.
    public let path: String

    /// - Parameter path: need not exist; relative to the working folder. Symbolic links are kept as they are: nodes may
    ///   see the same folder by other ways.
    public init(_ path: String) {
        self.path = AbsolutePath.of(path)
    }

    /// A file that goes with the sweep.
    public struct Companion: Sendable, Hashable {
        /// Where it lies in the folder; without `..`.
        public let name: String
        /// Where it is copied from.
        public let source: String

        public init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    /// Writes the sweep, what goes with it and the scripts, and makes the folders that are missing. Throws
    /// `SubmissionError.folder`, also where the folder holds another sweep: its shards and these would not fit together.
    public func write(sweep: String, companions: [Companion] = [], files: [JobFile]) throws(SubmissionError) {
        for folder in ["shards", "logs"] { try Self.makeFolder("\(path)/\(folder)") }
        let sweepPath = "\(path)/sweep.yaml"
        if let present = Self.read(sweepPath), present != Array(sweep.utf8) {
            throw .folder(
                "\(sweepPath) is another sweep than the one submitted: give a new folder with --output, or delete this one")
        }
        for companion in companions { try copy(companion) }
        for file in [JobFile("sweep.yaml", sweep)] + files {
            try Self.replace("\(path)/\(file.name)", with: Array(file.text.utf8), mode: file.isExecutable ? 0o777 : 0o666)
        }
    }

    /// Runs `submit.sh`, which prints the jobs' ids to standard output. Throws `SubmissionError.scheduler`.
    public func submit() throws(SubmissionError) {
        let status = system("bash \(Quoting.shell("\(path)/submit.sh"))")
        guard status == 0 else {
            throw .scheduler("the jobs were not submitted, see above; try by hand: \(Quoting.shell("\(path)/submit.sh"))")
        }
    }

    /// A file that is there already must be the same: shards may have been computed from it.
    private func copy(_ companion: Companion) throws(SubmissionError) {
        let target = "\(path)/\(companion.name)"
        guard let bytes = Self.read(companion.source) else {
            throw .folder("\(companion.source) cannot be read: \(String(cString: strerror(errno)))")
        }
        if let present = Self.read(target) {
            guard present == bytes else {
                throw .folder(
                    "\(target) is another file than \(companion.source): give a new folder with --output, or delete this one")
            }
            return
        }
        if let slash = target.lastIndex(of: "/") { try Self.makeFolder(String(target[..<slash])) }
        try Self.replace(target, with: bytes, mode: 0o666)
    }

    /// Like `mkdir -p`.
    private static func makeFolder(_ path: String) throws(SubmissionError) {
        var info = stat()
        if stat(path, &info) == 0 {
            guard info.st_mode & S_IFMT == S_IFDIR else { throw .folder("\(path) is a file: give a folder with --output") }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("cannot be created", path) }
    }

    /// The bytes of a file; `nil` where it cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file beside and renames it over: a running shell reads its script to the end as it was.
    private static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(SubmissionError) {
        // Of another name than what another submission writes at the same time.
        let beside = "\(path).\(getpid()).new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard descriptor >= 0 else { throw failure("cannot be written", path) }
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure("cannot be written", path)
                close(descriptor)
                unlink(beside)
                throw error
            }
            start += count
        }
        guard close(descriptor) == 0, rename(beside, path) == 0 else { throw failure("cannot be written", path) }
    }

    private static func failure(_ what: String, _ path: String) -> SubmissionError {
        .folder("\(path) \(what): \(String(cString: strerror(errno))); give a folder with --output that can be written")
    }
}
