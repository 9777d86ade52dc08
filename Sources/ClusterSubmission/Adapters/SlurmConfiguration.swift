/// What `scontrol show config` says.
enum SlurmConfiguration {
    /// Tasks that an array may have: its largest index is one below `MaxArraySize`, and indices begin at 0.
    /// `nil` where the line is missing or arrays are forbidden (0).
    static func arrayLimit(_ text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            if fields.count == 2, fields[0] == "MaxArraySize", let size = Int(fields[1]), size > 0 { return size }
        }
        return nil
    }
}
