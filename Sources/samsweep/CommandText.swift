import ClusterSubmission

/// Command lines that are printed to be typed in, in whatever folder and shell.
enum CommandText {
    /// This program with these arguments; paths among them are to be absolute.
    static func samsweep(_ arguments: [String]) -> String { ([program] + arguments).shellQuoted }

    /// The program as it was called: by its name, or by its path.
    private static var program: String {
        let name = CommandLine.arguments.first ?? "samsweep"
        return name.contains("/") ? AbsolutePath.of(name) : name
    }
}

extension [String] {
    /// As every shell takes it: words with anything unusual in them are quoted.
    var shellQuoted: String { map(Quoting.shell).joined(separator: " ") }
}
