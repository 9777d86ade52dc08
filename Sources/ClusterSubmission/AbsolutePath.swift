import Glibc

/// Paths that mean the same in every folder.
package enum AbsolutePath {
    /// Without empty and `.` components. `..` and symbolic links are kept as they are: nodes may see the same folder by
    /// other ways.
    package static func of(_ path: String) -> String {
        var names = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
            names = String(cString: current).split(separator: "/").map(String.init) + names
            free(current)
        }
        return "/" + names.joined(separator: "/")
    }
}
