import Glibc
import SweepPlanning
import Synchronization

/// Standard error: messages, and at most one line that is redrawn in place.
final class Console: Sendable {
    static let shared = Console()

    /// Whether a line can be redrawn there.
    let isTerminal: Bool
    /// False on a terminal without colours and where `NO_COLOR` is set to anything.
    let hasColour: Bool
    private let liveLine = Mutex(false)

    init() {
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        isTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
        let refuses = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        hasColour = isTerminal && !refuses
    }

    /// The terminal's width in columns, 80 where it is not known.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A line of its own; the redrawn line gives way to it. What sweeps, files and arguments put into it cannot steer the
    /// terminal.
    func message(_ text: String) {
        liveLine.withLock { isShown in
            Self.write((isShown ? "\r\u{1B}[K" : "") + text.visible + "\n")
            isShown = false
        }
    }

    /// Replaces the redrawn line.
    func redraw(_ text: String) {
        liveLine.withLock { isShown in
            Self.write("\r" + text + "\u{1B}[K")
            isShown = true
        }
    }

    /// Leaves the redrawn line as it stands and goes on below it.
    func keepLine() {
        liveLine.withLock { isShown in
            if isShown { Self.write("\n") }
            isShown = false
        }
    }

    /// Nobody can be told that standard error is closed, so failures are passed over.
    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let written = Glibc.write(STDERR_FILENO, bytes.baseAddress! + start, bytes.count - start)
                if written < 0, errno == EINTR { continue }
                if written <= 0 { return }
                start += written
            }
        }
    }
}
