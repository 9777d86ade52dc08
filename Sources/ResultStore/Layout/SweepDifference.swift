import TrialContract
import Wording

/// Says in a user's terms why a stored result is not one of a given sweep.
enum SweepDifference {
    /// As "learning_rate: 0.01 there, 0.05 here".
    static func describe(stored: ResultHeader, plan: any SweepPlan, provenance: Provenance) -> String {
        if stored.kernelRevision != provenance.kernelRevision {
            return "its trials are of kernel revision \(stored.kernelRevision) (\(stored.source), commit "
                + "\(stored.gitCommit)), and this program computes revision \(provenance.kernelRevision), "
                + "whose values differ"
        }
        if let there = stored.layout.trialsPerBlock, let here = ResultLayout(plan).trialsPerBlock, there != here {
            return "it keeps summaries of blocks of \(counted(there, "trial")), and blocks of this sweep have \(here): a summary cannot grow or shrink, "
                + "since blocks follow from the number of trials"
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

    /// What two sweeps' texts differ in, field by field: at most four differences and a word on how many more there are.
    ///
    /// Fields are what the texts say, however they are written: on lines or in braces, indented, quoted, in another order, with
    /// comments. First come fields that decide trials, then those that say which trials there are; of each, values that changed come
    /// before fields that one of the two lacks. What one used file differs in comes behind the sweep's own.
    static func differences(_ there: String, _ here: String) -> [String] {
        guard let old = SweepTextTree(there), let new = SweepTextTree(here) else {
            return there == here ? [] : ["its text is another one, and one of the two cannot be read"]
        }
        var (oldFields, newFields) = (old.entries ?? [], new.entries ?? [])
        let (oldFiles, newFiles) = (oldFields.remove("used")?.entries ?? [], newFields.remove("used")?.entries ?? [])
        for field in deciding.nothing {
            _ = oldFields.remove(field)
            _ = newFields.remove(field)
        }
        let own = found(oldFields, newFields)
        let files = oldFiles.compactMap { file -> String? in
            guard let other = newFiles.first(where: { $0.key == file.key }) else { return nil }
            let lines = differencesOfFiles(file.value.scalar ?? "", other.value.scalar ?? "")
            return lines.isEmpty ? nil : "\(file.key) has changed since: \(lines.joined(separator: "; "))"
        }
        return shown(own) + files
    }

    /// Top-level fields by what they decide.
    private static let deciding = (
        /// Names and titles.
        nothing: ["name", "title", "schema"],
        /// Which trials there are, and what is asked of them.
        grid: Set(["axes", "zip", "where", "trials", "record", "curves", "claims", "keep", "fit"])
    )

    private static func differencesOfFiles(_ there: String, _ here: String) -> [String] {
        guard there != here else { return [] }
        guard let old = SweepTextTree(there)?.entries, let new = SweepTextTree(here)?.entries else {
            let (there, here) = told(there, here)
            return ["\(there) there, \(here) here"]
        }
        return shown(found(old, new))
    }

    private static func found(_ there: [SweepTextTree.Entry], _ here: [SweepTextTree.Entry]) -> [TextDifference] {
        TextDifference.all(SweepTextTree(there), SweepTextTree(here))
            .map { ($0, rank: (deciding.grid.contains($0.field) ? 2 : 0) + ($0.there != nil && $0.here != nil ? 0 : 1)) }
            .enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element.0)
    }

    private static func shown(_ found: [TextDifference]) -> [String] {
        let most = 4
        let lines = found.prefix(most).map { difference in
            switch (difference.there, difference.here) {
            case (let there?, let here?):
                let (there, here) = told(there, here)
                return "\(difference.path): \(there) there, \(here) here"
            case (let there?, nil): return "only there: \(difference.path): \(shortened(there))"
            case (nil, let here): return "only here: \(difference.path): \(shortened(here ?? ""))"
            }
        }
        return found.count > most ? lines + ["and \(found.count - most) more"] : lines
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

    private static func shortened(_ text: String) -> String {
        text.count > 60 ? text.prefix(57) + "…" : text
    }
}
