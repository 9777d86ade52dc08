import PortableMath

/// A decision as a result keeps it: whoever goes through the rounds again takes it from there instead of deciding anew.
///
/// A decision is a function of the values that its round asked for, and these are functions of the sweep; so it stands for as long as the
/// sweep, the goal and the program are the same, of which `key` is a digest.
package struct RoundRecord: Sendable, Equatable {
    package var key: String
    package var decision: RoundDecision
    /// By cell, the trials that are asked for after it.
    package var asked: [Int]
    /// By claim, the round in which it was decided, 0 where it is open; empty unless the goal is about claims.
    package var decided: [Int]
    /// By item, 1 where it was known well enough.
    package var reached: [Int] = []

    /// - Parameters:
    ///   - context: whatever a decision depends on besides: sweep, goal, program.
    ///   - asked: before the decision.
    static func key(_ context: String, round: Int, asked: [Int]) -> String {
        let text = "\(context)\n\(round)\n" + runs(asked).map { "\($0.count) \($0.value)" }.joined(separator: "\n")
        return PortableMath.sha256(Array(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }

    /// Stretches of neighbouring cells with the same number.
    private static func runs(_ numbers: [Int]) -> [(count: Int, value: Int)] {
        var runs: [(count: Int, value: Int)] = []
        for number in numbers {
            if runs.last?.value == number { runs[runs.count - 1].count += 1 } else { runs.append((1, number)) }
        }
        return runs
    }
}

/// Lines of a word and what it is, a record after the other.
extension RoundRecord {
    /// Of all records. Where they take more bytes, lists of what is open or beyond help are cut, those of the last record at last.
    package static func text(_ records: [RoundRecord], atMost bytes: Int = .max) -> String {
        var records = records
        var text = records.map(\.text).joined()
        for place in records.indices {
            while text.utf8.count > bytes, !records[place].decision.open.isEmpty || !records[place].decision.hopeless.isEmpty {
                records[place].decision.open.removeLast((records[place].decision.open.count + 1) / 2)
                records[place].decision.hopeless.removeLast((records[place].decision.hopeless.count + 1) / 2)
                text = records.map(\.text).joined()
            }
        }
        return text.utf8.count > bytes ? "" : text
    }

    private var text: String {
        func line(_ word: String, _ value: String) -> String { "\(word) \(value.split(whereSeparator: \.isNewline).joined(separator: " "))\n" }
        let numbers = [
            decision.round, decision.total, decision.reached, decision.hopelessCount, decision.trialsBefore, decision.trialsAfter,
            decision.growing, decision.most, decision.isCut ? 1 : 0,
        ]
        var text = line("record", key) + line("outcome", decision.outcome.rawValue) + line("unit", decision.unit)
            + line("numbers", numbers.map { "\($0)" }.joined(separator: " "))
        if let farthest = decision.farthest { text += line("farthest", farthest) }
        for place in decision.hopeless { text += line("hopeless", place) }
        for place in decision.open { text += line("open", place) }
        for run in Self.runs(asked) { text += line("cells", "\(run.count) \(run.value)") }
        for run in Self.runs(decided) { text += line("claims", "\(run.count) \(run.value)") }
        for run in Self.runs(reached) { text += line("items", "\(run.count) \(run.value)") }
        return text + "end\n"
    }

    /// Lists as long as all cells that are read of a text: two in each of 64 rounds.
    private static let mostLists = 128
    /// Claims can be more than cells.
    private static let leastLength = 1 << 12

    /// Those that a text begins with, as far as its lists can be those of so many cells.
    package static func read(_ text: String, cells: Int) -> [RoundRecord] {
        let longest = max(cells, leastLength)
        var room = mostLists * longest
        var records: [RoundRecord] = []
        var fields: [(word: Substring, value: Substring)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line != "end" else {
                guard let record = RoundRecord(fields, longest: min(longest, room)) else { break }
                room -= record.asked.count + record.decided.count + record.reached.count
                records.append(record)
                fields = []
                continue
            }
            let word = line.prefix { $0 != " " }
            fields.append((word, line.dropFirst(word.count + 1)))
        }
        return records
    }

    /// Of a number.
    private static let largest = 1 << 53

    /// `nil` where something is missing or is not what it should be.
    private init?(_ fields: [(word: Substring, value: Substring)], longest: Int) {
        func all(_ word: String) -> [String] { fields.filter { $0.word == word }.map { String($0.value) } }
        // Sums and products of what is counted stay in range.
        func numbers(_ text: String) -> [Int] { text.split(separator: " ").compactMap { Int($0) }.filter { (0...Self.largest).contains($0) } }
        func spread(_ word: String) -> [Int]? {
            var result: [Int] = []
            for run in all(word).map(numbers) {
                guard run.count == 2, run[0] > 0, run[0] <= longest - result.count else { return nil }
                result += [Int](repeating: run[1], count: run[0])
            }
            return result
        }
        guard let key = all("record").first, let outcome = all("outcome").first.flatMap(RoundDecision.Outcome.init(rawValue:)),
            let unit = all("unit").first, let counts = all("numbers").first.map(numbers), counts.count == 9,
            let asked = spread("cells"), let decided = spread("claims"), let reached = spread("items")
        else { return nil }
        let decision = RoundDecision(
            round: counts[0], outcome: outcome, unit: unit, total: counts[1], reached: counts[2], hopeless: all("hopeless"),
            hopelessCount: counts[3], open: all("open"), farthest: all("farthest").first, trialsBefore: counts[4], trialsAfter: counts[5],
            growing: counts[6], most: counts[7], isCut: counts[8] == 1)
        self.init(key: key, decision: decision, asked: asked, decided: decided, reached: reached)
    }
}
