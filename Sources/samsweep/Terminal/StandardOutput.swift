import Glibc

/// Standard output, buffered. Results go here and nowhere else; everything else goes to standard error.
struct StandardOutput: ~Copyable {
    private var buffer: [UInt8] = []

    /// Throws `CommandError.output` where it cannot be written. A reader that has gone away (`| head`) is no error:
    /// nobody waits for the rest, so the program ends quietly.
    mutating func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= 65_536 { try flush() }
    }

    mutating func flush() throws {
        var start = 0
        while start < buffer.count {
            let written = buffer[start...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0 {
                let code = errno
                if code == EINTR { continue }
                if code == EPIPE { exit(ExitStatus.done.rawValue) }
                throw CommandError.output("standard output cannot be written: \(String(cString: strerror(code)))")
            }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes one text at once.
    static func print(_ text: String) throws {
        var output = StandardOutput()
        try output.write(text.hasSuffix("\n") ? text : text + "\n")
        try output.flush()
    }
}
