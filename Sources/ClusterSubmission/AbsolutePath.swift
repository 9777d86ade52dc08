import Glibc

/// Paths that mean the same in every folder, to the system and to a shell.
package enum AbsolutePath {
    /// Without empty, `.` and `..` components. `..` is the folder above what a symbolic link leads to, as the system has it; a
    /// shell's `cd` would go back to the folder that holds the link. Links behind the last `..` are kept as they are: nodes may see
    /// the same folder by other ways.
    package static func of(_ path: String) -> String {
        var names = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
            names = String(cString: current).split(separator: "/").map(String.init) + names
            free(current)
        }
        let last = names.lastIndex(of: "..").map { $0 + 1 } ?? 0
        return text(names[..<last].reduce(into: [], go) + names[last...])
    }

    /// From a folder without links to one below or above it; what does not exist is no link.
    private static func go(_ folder: inout [String], _ name: String) {
        guard name != ".." else { return folder = folder.dropLast() }
        folder.append(name)
        guard let real = realpath(text(folder), nil) else { return }
        folder = String(cString: real).split(separator: "/").map(String.init)
        free(real)
    }

    private static func text(_ names: [String]) -> String { "/" + names.joined(separator: "/") }
}
