/// How long a task may run, in whole minutes: the resolution of schedulers.
package struct TimeLimit: Sendable, Hashable {
    /// At least 1, at most a year.
    package let minutes: Int

    private static let mostMinutes = 366 * 24 * 60

    /// `nil` outside 1 … a year.
    package init?(minutes: Int) {
        guard (1...Self.mostMinutes).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// In Slurm's forms: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes`,
    /// `days-hours:minutes:seconds`. Seconds are rounded up. `nil` for anything else.
    package init?(_ text: String) {
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let clock = halves.last?.split(separator: ":", omittingEmptySubsequences: false) else { return nil }
        let fields = clock.compactMap(Self.number)
        guard fields.count == clock.count, (1...3).contains(fields.count) else { return nil }
        guard halves.count == 2 else {
            // Minutes come first unless there are three fields.
            let padded = fields.count == 3 ? fields : [0] + fields + Array(repeating: 0, count: 2 - fields.count)
            self.init(hours: padded[0], padded[1], padded[2])
            return
        }
        guard let days = Self.number(halves[0]) else { return nil }
        let padded = fields + Array(repeating: 0, count: 3 - fields.count)
        self.init(hours: days * 24 + padded[0], padded[1], padded[2])
    }

    private init?(hours: Int, _ minutes: Int, _ seconds: Int) {
        self.init(minutes: hours * 60 + minutes + (seconds + 59) / 60)
    }

    /// Decimal digits only, few enough that no arithmetic on them overflows.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.count <= 8, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }

    /// `hours:minutes:00`, which Slurm and PBS both read; hours may exceed 24.
    package var text: String {
        "\(Self.two(minutes / 60)):\(Self.two(minutes % 60)):00"
    }

    package var seconds: Int { minutes * 60 }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
