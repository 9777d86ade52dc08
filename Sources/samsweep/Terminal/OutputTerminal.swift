import Glibc

/// What standard output can show.
struct OutputTerminal {
    let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Columns: the terminal's, `COLUMNS` or 120 elsewhere.
    var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment("COLUMNS").flatMap { Int($0) } ?? 120
    }

    /// False where the locale says that the terminal knows ASCII only. A file is UTF-8.
    var hasUnicode: Bool {
        guard isTerminal else { return true }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(environment).first { !$0.isEmpty } ?? ""
        return locale.uppercased().contains("UTF")
    }

    /// As `Console.hasColour`, for standard output.
    var hasColour: Bool {
        isTerminal && environment("TERM").map { $0 != "dumb" } ?? false && (environment("NO_COLOR") ?? "").isEmpty
    }

    private func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
