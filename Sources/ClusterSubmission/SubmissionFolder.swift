import Glibc

/// The folder of a submission: the sweep, the job scripts, the shards' results and the logs.
package struct SubmissionFolder: Sendable {
    /// Absolute, without a trailing slash.
    package let path: String

    /// - Parameter path: need not exist; relative to the working folder. Symbolic links are kept as they are: nodes may
    ///   see the same folder by other ways.
    package init(_ path: String) {
        self.path = AbsolutePath.of(path)
    }

    /// A file that goes with the sweep.
    package struct Companion: Sendable, Hashable {
        /// Where it lies in the folder; without `..`.
        package let name: String
        /// Where it is copied from.
        package let source: String

        package init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    /// Writes the sweep, what goes with it and the scripts, and makes the folders that are missing. Throws
    /// `SubmissionError.folder`, also where the folder holds another sweep (its shards and these would not fit together) or
    /// files that are no submission's.
    package func write(sweep: String, companions: [Companion] = [], files: [JobFile]) throws(SubmissionError) {
        for folder in ["shards", "logs"] { try Self.makeFolder("\(path)/\(folder)") }
        let sweepPath = "\(path)/sweep.yaml"
        let present = try Self.read(sweepPath)
        if let present, present != Array(sweep.utf8) {
            throw .folder(
                "\(sweepPath) is another sweep than the one submitted: give a new folder with --output, or move this one away")
        }
        for file in files { try Self.requireOwn("\(path)/\(file.name)", isSubmission: present != nil) }
        for companion in companions { try copy(companion) }
        try Self.replace(sweepPath, with: Array(sweep.utf8), mode: 0o666)
        for file in files {
            try Self.replace(
                "\(path)/\(file.name)", with: Array((file.text + Self.mark).utf8), mode: file.isExecutable ? 0o777 : 0o666)
        }
    }

    /// The last line of a submission's scripts and manifests.
    private static let mark = "# Written by samsweep submit, which replaces this file.\n"

    /// A script of a submission lies beside its sweep and ends with the mark; any other file stays as it is.
    private static func requireOwn(_ path: String, isSubmission: Bool) throws(SubmissionError) {
        guard let bytes = try read(path) else { return }
        guard isSubmission, bytes.suffix(mark.utf8.count).elementsEqual(mark.utf8) else {
            throw .folder("\(path) was not written by a submission and is left as it is: give a new folder with --output")
        }
    }

    /// Runs `submit.sh`, which prints the jobs' ids to standard output. Throws `SubmissionError.scheduler`.
    package func submit() throws(SubmissionError) {
        let status = system("bash \(Quoting.shell("\(path)/submit.sh"))")
        guard status == 0 else {
            throw .scheduler("the jobs were not submitted, see above; try by hand: \(Quoting.shell("\(path)/submit.sh"))")
        }
    }

    /// A file that is there already must be the same: shards may have been computed from it.
    private func copy(_ companion: Companion) throws(SubmissionError) {
        let target = "\(path)/\(companion.name)"
        guard let bytes = try Self.read(companion.source) else { throw .folder("\(companion.source) is not there any more") }
        if let present = try Self.read(target) {
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

    /// The bytes of a file; `nil` where there is none.
    private static func read(_ path: String) throws(SubmissionError) -> [UInt8]? {
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        if descriptor < 0 && errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure("cannot be read", path) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("cannot be read", path) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .folder("\(path) is not a file: give a new folder with --output")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = retrying { Glibc.read(descriptor, &buffer, buffer.count) }
            guard count >= 0 else { throw failure("cannot be read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file beside, brings it to disk and renames it over: a running shell reads its script to the end as it
    /// was. The file beside has a name that is nobody else's, and nothing that is there is followed or emptied.
    private static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(SubmissionError) {
        // Of another name than what another submission writes at the same time.
        let beside = "\(path).\(getpid()).samsweep-new"
        try removeLeft(beside)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = retrying { open(beside, flags, mode) }
        guard descriptor >= 0 else { throw failure("cannot be written", path) }
        do {
            try write(bytes, to: descriptor, path)
        } catch {
            close(descriptor)
            unlink(beside)
            throw error
        }
        // An interrupted close has closed.
        guard close(descriptor) == 0 || errno == EINTR, retrying({ rename(beside, path) }) == 0 else {
            let error = failure("cannot be written", path)
            unlink(beside)
            throw error
        }
    }

    /// Removes what a killed submission has left.
    private static func removeLeft(_ beside: String) throws(SubmissionError) {
        var info = stat()
        guard lstat(beside, &info) == 0 else {
            if errno == ENOENT { return }
            throw failure("cannot be looked at", beside)
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .folder("\(beside) is in the way and is left as it is: move it away, or give a new folder with --output")
        }
        guard unlink(beside) == 0 else { throw failure("cannot be removed", beside) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(SubmissionError) {
        var start = 0
        while start < bytes.count {
            let count = retrying { bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
            guard count > 0 else { throw failure("cannot be written", path) }
            start += count
        }
        guard retrying({ fsync(descriptor) }) == 0 || errno == EINVAL else { throw failure("cannot be written", path) }
    }

    /// Calls again while a signal interrupts.
    private static func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func failure(_ what: String, _ path: String) -> SubmissionError {
        let code = errno
        let text = "\(path) \(what): \(String(cString: strerror(code)))"
        let passing: Set = [EIO, ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM]
        return passing.contains(code)
            ? .inputOutput(text + "; run the same command again when that is mended")
            : .folder(text + "; give a folder with --output that can be written")
    }
}
