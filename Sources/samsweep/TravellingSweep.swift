import ClusterSubmission
import JSONText
import SweepPlanning

/// A sweep as it goes into a submission's folder: its data travel with it, or stay where they are under an absolute path.
struct TravellingSweep {
    /// Of `sweep.yaml`.
    let text: String
    let companions: [SubmissionFolder.Companion]
    /// SHA-256 of the data file.
    private let digest: String?

    /// - Parameters:
    ///   - stays: whether the data are left where they are.
    ///   - reserved: names in the folder that are taken.
    ///
    /// Throws `SweepFileError`.
    init(_ plan: PlannedSweep, stays: Bool, reserved: [String]) throws {
        digest = plan.dataFile?.digest
        guard let data = plan.dataFile else {
            (text, companions) = (plan.sourceText, [])
            return
        }
        let path = AbsolutePath.of(data.path)
        guard !stays else {
            text = data.written.hasPrefix("/") ? plan.sourceText : try Self.text(plan, data: path)
            companions = []
            return
        }
        let name = Self.name(of: data.written, reserved: Set(reserved))
        text = name == data.written ? plan.sourceText : try Self.text(plan, data: name)
        companions = [.init(name: name, source: path)]
    }

    /// The same path where that lies inside of the folder and is not taken; otherwise the file's name below `data`.
    private static func name(of written: String, reserved: Set<String>) -> String {
        let parts = written.split(separator: "/", omittingEmptySubsequences: false)
        let first = parts.first.map(String.init) ?? ""
        let isPlain = !parts.contains { ["", ".", ".."].contains($0) }
        let isTaken = reserved.contains(first) || ["sweep.yaml", "shards", "logs"].contains(first)
        return isPlain && !isTaken ? written : "data/\(parts.last { !$0.isEmpty } ?? "data")"
    }

    /// The sweep with another path of its data.
    private static func text(_ plan: PlannedSweep, data path: String) throws -> String {
        let value = JSONValue.string(path).line
        // The problem may be the one entry of a list.
        return try (try? SweepPlanner.changed(plan.sourceText, overrides: ["problem.data=\(value)"]))
            ?? SweepPlanner.changed(plan.sourceText, overrides: ["problem.0.data=\(value)"])
    }

    /// Throws `CommandError.invalidData` where what was copied is not what was planned.
    func check(in folder: SubmissionFolder) throws {
        for companion in companions {
            let copy = "\(folder.path)/\(companion.name)"
            guard try DataFileReference.digest(of: copy) == digest else {
                throw CommandError.invalidData(
                    "\(companion.source) changed while it was copied to \(copy): delete the copy and submit again")
            }
        }
    }
}
