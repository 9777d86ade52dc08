import Glibc

/// What other programs say.
enum CommandOutput {
    /// Standard output of a command line of the shell; `nil` where it cannot be started or fails.
    static func of(_ command: String) -> String? {
        guard let pipe = popen("exec 2>/dev/null; \(command)", "r") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
