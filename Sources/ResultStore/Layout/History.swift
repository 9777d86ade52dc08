import Glibc

/// Lines of the attribute `history`, as CF asks: when, and by which command.
enum History {
    /// As "2024-05-17T09:30:00Z: samsweep run a.yaml", and below it what was there before.
    static func line(_ provenance: Provenance, earlier: String? = nil) -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        let date = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(date): \(provenance.commandLine)" + (earlier.map { "\n\($0)" } ?? "")
    }
}
