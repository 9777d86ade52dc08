import ArgumentParser
import Glibc

/// Looks at the random numbers themselves; `scripts/noise-quality` calls it and keeps what it prints.
@main
struct NoiseQuality: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noise-quality",
        abstract: "Examines the program's random words and normals.",
        subcommands: [Words.self, Uniforms.self, Moments.self, Tail.self, Neighbours.self, Laws.self])

    static func main() {
        // A reader that has enough closes the pipe.
        signal(SIGPIPE, SIG_IGN)
        main(nil)
    }
}

enum StandardOutput {
    /// Raw words; ends the program when nobody reads any more.
    static func write(_ words: [UInt32]) throws {
        try words.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = Glibc.write(STDOUT_FILENO, bytes.baseAddress! + done, bytes.count - done)
                guard written > 0 else { throw ExitCode.success }
                done += written
            }
        }
    }
}
