import Glibc

/// How much memory this process may use.
enum MachineMemory {
    /// The machine's, or the smallest limit of the control groups that the process is in; `nil` where neither is known.
    static var bytes: Double? {
        let pages = sysconf(Int32(_SC_PHYS_PAGES)), size = sysconf(Int32(_SC_PAGESIZE))
        let machine = pages > 0 && size > 0 ? Double(pages) * Double(size) : nil
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap(number)
        return ([machine].compactMap(\.self) + limits).min()
    }

    /// The number that a file of the kernel's holds; `nil` for "max".
    private static func number(_ path: String) -> Double? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        guard fgets(&text, 64, file) != nil else { return nil }
        let digits = text.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
        return digits.isEmpty ? nil : Double(String(decoding: digits, as: UTF8.self))
    }
}
