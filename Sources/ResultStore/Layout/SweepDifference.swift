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

    /// What two texts differ in, field by field: at most four differences and a word on how many more there are. A map on one
    /// line, as JSON has it, is taken apart, so that its fields are compared like those on lines of their own.
    static func differences(_ there: String, _ here: String) -> [String] {
        let (thereText, thereFiles) = withoutUsed(there), (hereText, hereFiles) = withoutUsed(here)
        let found = differencesOfLines(thereText, hereText)
        let files = Set(thereFiles.keys).union(hereFiles.keys).sorted().compactMap { name -> String? in
            guard let old = thereFiles[name], let new = hereFiles[name] else { return nil }
            let lines = differencesOfLines(old, new)
            return lines.isEmpty ? nil : "\(name) has changed since: \(lines.joined(separator: "; "))"
        }
        return found + files
    }

    /// A sweep's text without the files of definitions that it holds at its end, and these by name.
    private static func withoutUsed(_ text: String) -> (text: String, files: [String: String]) {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let start = lines.lastIndex(where: { $0 == "used:" }) else { return (text, [:]) }
        var files: [String: String] = [:], name = ""
        for line in lines[(start + 1)...] {
            if line.hasPrefix("  "), !line.hasPrefix("    "), let colon = colon(in: trim(line)) {
                name = unquoted(String(trim(line)[..<colon]))
                files[name] = String(trim(line)[colon...].dropFirst())
            } else {
                files[name, default: ""] += "\n\(line)"
            }
        }
        lines.removeSubrange(start...)
        return (lines.joined(separator: "\n"), files)
    }

    private static func differencesOfLines(_ there: String, _ here: String) -> [String] {
        let thereLines = meaningful(there), hereLines = meaningful(here)
        let onlyThere = subtract(thereLines, hereLines)
        var onlyHere = subtract(hereLines, thereLines)
        var found: [String] = []
        for line in onlyThere {
            if let index = onlyHere.firstIndex(where: { key($0) == key(line) }) {
                let (there, here) = told(value(line), value(onlyHere.remove(at: index)))
                found.append("\(key(line)): \(there) there, \(here) here")
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
        text.split(whereSeparator: \.isNewline).flatMap { line in
            fields(trim(line.split(separator: " #", maxSplits: 1, omittingEmptySubsequences: false)[0]))
        }.filter { bare in
            !(bare.isEmpty || bare.hasPrefix("#") || ["name", "title", "schema"].contains(key(bare)))
        }
    }

    /// A line's fields: itself, or those of the maps on it, as "axes.rho: [0, 1]". What is no whole map stays as it is.
    private static func fields(_ line: String, under path: String = "", depth: Int = 0) -> [String] {
        guard depth < 8 else { return [path.isEmpty ? line : "\(path): \(line)"] }
        if line.hasPrefix("{"), line.hasSuffix("}"), let parts = parts(of: line.dropFirst().dropLast()) {
            return parts.flatMap { fields($0, under: path, depth: depth + 1) }
        }
        let name = unquoted(key(line))
        guard let colon = colon(in: line) else { return [path.isEmpty ? line : "\(path): \(line)"] }
        let value = trim(line[line.index(after: colon)...])
        let whole = path.isEmpty ? name : "\(path).\(name)"
        guard value.hasPrefix("{"), value.hasSuffix("}"), let parts = parts(of: value.dropFirst().dropLast()) else {
            return ["\(whole): \(value)"]
        }
        return parts.flatMap { fields($0, under: whole, depth: depth + 1) }
    }

    /// Where a line's key ends.
    private static func colon(in line: String) -> String.Index? {
        guard let first = line.first else { return nil }
        if first == "\"", let end = line.dropFirst().firstIndex(of: "\"") { return line[end...].firstIndex(of: ":") }
        return line.firstIndex(of: ":")
    }

    private static func unquoted(_ key: String) -> String {
        key.count > 1 && key.first == key.last && (key.first == "\"" || key.first == "'")
            ? String(key.dropFirst().dropLast()) : key
    }

    /// The entries of a map or list between commas that stand in no bracket and no quotes; `nil` where these do not close.
    private static func parts(of text: Substring) -> [String]? {
        var parts: [String] = [], start = text.startIndex, depth = 0, quote: Character?
        var place = text.startIndex
        while place < text.endIndex {
            let character = text[place]
            if let open = quote {
                if character == "\\", open == "\"" { place = text.index(after: place) }
                if place < text.endIndex, character == open { quote = nil }
            } else {
                switch character {
                case "\"", "'": quote = character
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                case "," where depth == 0:
                    parts.append(trim(text[start..<place]))
                    start = text.index(after: place)
                default: break
                }
                guard depth >= 0 else { return nil }
            }
            if place < text.endIndex { place = text.index(after: place) }
        }
        guard depth == 0, quote == nil else { return nil }
        let last = trim(text[start...])
        return last.isEmpty ? parts : parts + [last]
    }

    /// Two values, long ones from where they begin to differ on.
    private static func told(_ there: String, _ here: String) -> (there: String, here: String) {
        guard max(there.count, here.count) > 60 else { return (there, here) }
        let common = zip(there, here).prefix { $0 == $1 }.count
        func tail(_ text: String) -> String {
            common > 30 ? "…" + shortened(String(text.dropFirst(common - 10))) : shortened(text)
        }
        return (tail(there), tail(here))
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
        return parts.count > 1 ? trim(parts[1]) : ""
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
