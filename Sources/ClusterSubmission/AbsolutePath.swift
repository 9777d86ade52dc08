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

    package static func isFolder(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether two paths lead to one file, which need not be there.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        guard stat(one, &a) == 0, stat(other, &b) == 0 else { return of(one) == of(other) }
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino
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
