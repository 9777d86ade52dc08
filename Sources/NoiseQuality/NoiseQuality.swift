import ArgumentParser
import Glibc

/// Looks at the random numbers themselves; `scripts/noise-quality` calls it and keeps what it prints.
@main
struct NoiseQuality: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noise-quality",
        abstract: "Examines the program's random words and normals.",
        subcommands: [Words.self, Uniforms.self, Moments.self, Tail.self, Neighbours.self])

    static func main() {
        // A reader that has enough closes the pipe.
        signal(SIGPIPE, SIG_IGN)
        main(nil)
    }
}

/// Raw 32-bit words on standard output, for as long as somebody reads.
struct WordWriter {
    private var buffer: [UInt32] = []

    init() { buffer.reserveCapacity(1 << 16) }

    mutating func write(_ word: UInt32) throws {
        buffer.append(word)
        if buffer.count == 1 << 16 { try flush() }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = Glibc.write(STDOUT_FILENO, bytes.baseAddress! + done, bytes.count - done)
                guard written > 0 else { throw ExitCode.success }
                done += written
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
