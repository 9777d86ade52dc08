import TrialContract

/// Says in a user's terms why a stored result is not one of a given sweep.
enum SweepDifference {
    /// As "learning_rate: 0.01 there, 0.05 here".
    static func describe(stored: ResultHeader, plan: any SweepPlan, provenance: Provenance) -> String {
        if stored.kernelRevision != provenance.kernelRevision {
            return "its trials are of kernel revision \(stored.kernelRevision) (\(stored.source), commit "
                + "\(stored.gitCommit)), and this program computes revision \(provenance.kernelRevision), "
                + "whose values differ"
        }
        let lines = differences(stored.sweepText, plan.sourceText)
        if !lines.isEmpty { return "it belongs to another sweep (\(lines.joined(separator: "; ")))" }
        return "it belongs to another sweep: its text is the same, but its data file has changed or it was read differently by \(stored.source) "
            + "(commit \(stored.gitCommit))"
    }

    /// The same for two files.
    static func describe(there: ResultHeader, here: ResultHeader) -> String {
        if there.kernelRevision != here.kernelRevision {
            return "its trials are of another kernel revision (\(there.kernelRevision), not \(here.kernelRevision))"
        }
        let lines = differences(there.sweepText, here.sweepText)
        return "it belongs to another sweep" + (lines.isEmpty ? "" : " (\(lines.joined(separator: "; ")))")
    }

    /// What two texts differ in, line by line: at most four differences and a word on how many more there are.
    static func differences(_ there: String, _ here: String) -> [String] {
        let thereLines = meaningful(there), hereLines = meaningful(here)
        let onlyThere = subtract(thereLines, hereLines)
        var onlyHere = subtract(hereLines, thereLines)
        var found: [String] = []
        for line in onlyThere {
            if let index = onlyHere.firstIndex(where: { key($0) == key(line) }) {
                found.append("\(key(line)): \(value(line)) there, \(value(onlyHere.remove(at: index))) here")
            } else {
                found.append("only there: \(shortened(line))")
            }
        }
        found += onlyHere.map { "only here: \(shortened($0))" }
        let shown = 4
        return found.count > shown ? Array(found.prefix(shown)) + ["and \(found.count - shown) more"] : found
    }

    /// Lines without their indentation, comments and empty ones; the sweep's names and titles decide nothing.
    private static func meaningful(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let bare = trim(line.split(separator: " #", maxSplits: 1, omittingEmptySubsequences: false)[0])
            let isIdle = bare.isEmpty || bare.hasPrefix("#") || ["name", "title", "schema"].contains(key(bare))
            return isIdle ? nil : bare
        }
    }

    private static func subtract(_ lines: [String], _ others: [String]) -> [String] {
        var left: [String: Int] = [:]
        for line in others { left[line, default: 0] += 1 }
        return lines.filter { line in
            guard let count = left[line], count > 0 else { return true }
            left[line] = count - 1
            return false
        }
    }

    private static func key(_ line: String) -> String {
        trim(line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0])
    }

    private static func value(_ line: String) -> String {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count > 1 ? shortened(trim(parts[1])) : ""
    }

    private static func shortened(_ text: String) -> String {
        text.count > 60 ? text.prefix(57) + "…" : text
    }

    private static func trim(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }
}
