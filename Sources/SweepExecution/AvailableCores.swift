import Glibc

/// The cores this process may use, which on a shared node are fewer than the machine has.
package enum AvailableCores {
    /// The least of the affinity mask, the control group's quota (rounded up) and what the scheduler gave: `SLURM_CPUS_PER_TASK`,
    /// Grid Engine's `NSLOTS`, in jobs of PBS `NCPUS`; at least 1.
    package static func count() -> Int {
        let given = scheduledCores { name in getenv(name).map { String(cString: $0) } }
        let affinity = readFile("/proc/self/status").flatMap(affinityCores)
        return max(1, [affinity, controlGroupCores(readFile), given].compactMap { $0 }.min() ?? 1)
    }

    /// Processors in the affinity mask, from the line `Cpus_allowed:` of `/proc/self/status` (Swift does not see
    /// `sched_getaffinity`): hexadecimal digits in groups, as `3f,ffffffff`.
    package static func affinityCores(_ status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
        let digits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
        let cores = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return cores > 0 ? cores : nil
    }

    /// The least that a scheduler's variables say, where they are positive numbers; `nil` where there is none. `NCPUS`
    /// alone may mean anything: it counts in jobs of PBS.
    ///
    /// - Parameter variable: the value of an environment variable.
    package static func scheduledCores(_ variable: (String) -> String?) -> Int? {
        let names = ["SLURM_CPUS_PER_TASK", "NSLOTS"] + (variable("PBS_JOBID") == nil ? [] : ["NCPUS"])
        return names.compactMap { variable($0).flatMap { Int($0) } }.filter { $0 > 0 }.min()
    }

    /// `cpu.max` of a version-2 group: quota and period in microseconds, the quota perhaps `max`.
    /// Rounded up; `nil` where there is no limit.
    package static func version2Cores(_ text: String) -> Int? {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard let quota = fields.first.flatMap({ Int($0) }) else { return nil }
        return cores(quota: quota, period: fields.count > 1 ? Int(fields[1]) : 100_000)
    }

    /// `cpu.cfs_quota_us` (-1: no limit) and `cpu.cfs_period_us` of a version-1 group.
    package static func version1Cores(quota: String, period: String) -> Int? {
        let parts = [quota, period].map { Int($0.filter { !$0.isWhitespace }) }
        guard let quota = parts[0] else { return nil }
        return cores(quota: quota, period: parts[1])
    }

    /// The least quota of the process's group and all groups above it, in either version.
    ///
    /// - Parameter read: the text of a file, `nil` where it cannot be read.
    package static func controlGroupCores(_ read: (String) -> String?) -> Int? {
        guard let membership = read("/proc/self/cgroup") else { return nil }
        var limits: [Int] = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for group in ancestors(String(fields[2])) {
                if fields[1].isEmpty {
                    limits += [read("/sys/fs/cgroup\(group)/cpu.max").flatMap(version2Cores)].compactMap { $0 }
                } else if fields[1].split(separator: ",").contains("cpu") {
                    limits += [version1Limit("/sys/fs/cgroup/\(fields[1])\(group)", read)].compactMap { $0 }
                }
            }
        }
        return limits.min()
    }

    private static func version1Limit(_ folder: String, _ read: (String) -> String?) -> Int? {
        guard let quota = read("\(folder)/cpu.cfs_quota_us"), let period = read("\(folder)/cpu.cfs_period_us") else {
            return nil
        }
        return version1Cores(quota: quota, period: period)
    }

    /// `/a/b` gives `/a/b`, `/a` and the empty path of the mount itself. In a container the group's path is often that
    /// of the host, and only the mount exists.
    private static func ancestors(_ path: String) -> [String] {
        var names = path.split(separator: "/")
        var paths: [String] = []
        while !names.isEmpty {
            paths.append("/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return paths + [""]
    }

    private static func cores(quota: Int, period: Int?) -> Int? {
        guard let period, period > 0, quota > 0 else { return nil }
        return (quota - 1) / period + 1
    }

    private static func readFile(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
