import ArgumentParser
import Glibc
import JSONText
import ResultStore
import SweepPlanning
import TrialAllocation
import Wording

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says how far a result is, also while a run is writing it.",
        discussion: "The rate is what is seen to be finished within a second; there is none where nothing runs.")

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Option(help: "Output format: text or json.")
    var format: TextOrJSON = .text

    @Flag(help: "Say it again every second, a line each, until nothing is missing.")
    var follow = false

    func run() throws {
        while true {
            // Opened anew each time: a run that extends a result puts another file in its place.
            let state = try ResultState(try ResultReader.open(result))
            switch format {
            case .json: try StandardOutput.print(state.json.line)
            case .text: try StandardOutput.print(follow ? state.line : state.text)
            }
            guard follow, !state.isComplete else { return }
        }
    }
}

/// How far a result is.
private struct ResultState {
    private let reader: ResultReader
    private let counts: CompletionCounts
    /// Trials per second; `nil` where none are being finished.
    private let rate: Double?
    /// What was decided last about a goal; `nil` without one, or before its first decision.
    private let decision: RoundDecision?

    /// Takes a second where trials are missing: what changes meanwhile tells the rate.
    init(_ reader: ResultReader) throws {
        self.reader = reader
        decision = try reader.roundLog().flatMap { RoundRecord.read($0, cells: reader.cellCount).last?.decision }
        let clock = ContinuousClock()
        let (first, began) = (try reader.counts(), clock.now)
        guard first.missing > 0 else {
            (counts, rate) = (first, nil)
            return
        }
        usleep(1_000_000)
        counts = try reader.counts()
        let seconds = SpeedMeasurement.seconds(clock.now - began)
        rate = counts.done > first.done ? Double(counts.done - first.done) / seconds : nil
    }

    private var remaining: Double? { rate.map { Double(counts.missing) / $0 } }

    private var share: Double { counts.total > 0 ? Double(counts.done) / Double(counts.total) : 1 }

    /// Where numbers of trials are decided in rounds, another round may follow one that is done.
    var isComplete: Bool { counts.missing == 0 && (reader.rounds.isEmpty || reader.isMarkedComplete) }

    private var doneText: String {
        "\(NumberText.grouped(counts.done)) of \(counted(counts.total, reader.rowNoun))"
            + " (\(NumberText.fixed((share * 1000).rounded(.down) / 10, decimals: 1)) %)"
    }

    /// Of a summary, blocks: what they hold of diverged trials is in `diverged`.
    private var divergedText: String {
        reader.trialsPerBlock == nil
            ? NumberText.grouped(counts.diverged) : "\(counted(counts.diverged, "block")) without a finished trial"
    }

    /// The same in short.
    var line: String {
        var facts = [doneText]
        if counts.diverged > 0 { facts.append(reader.trialsPerBlock == nil ? "\(divergedText) diverged" : divergedText) }
        if let rate, let remaining {
            facts.append("\(NumberText.scaled(rate)) \(reader.rowNoun)s/s, ETA \(NumberText.duration(remaining))")
        } else if !isComplete {
            facts.append("no \(reader.rowNoun) was finished within the last second")
        }
        return facts.joined(separator: ", ")
    }

    var text: String {
        func line(_ label: String, _ value: String) -> String {
            label + String(repeating: " ", count: 10 - label.count) + value
        }
        var lines = [
            line("result", reader.path), line("title", reader.title.visible),
            line("done", doneText),
            line("diverged", divergedText),
            line("missing", NumberText.grouped(counts.missing)),
        ]
        if counts.excluded > 0 { lines.append(line("excluded", NumberText.grouped(counts.excluded))) }
        if let trials = reader.trialsPerBlock {
            lines.append(line("kept", "summaries of blocks of \(counted(trials, "trial"))"))
        }
        for round in rounds { lines.append(line("rounds", round)) }
        for place in open { lines.append(line("open", place)) }
        for place in decision?.hopeless ?? [] { lines.append(line("given up", place)) }
        if let shard = reader.shard { lines.append(line("shard", "\(shard)")) }
        if let rate, let remaining {
            lines.append(line("rate", "\(NumberText.scaled(rate)) \(reader.rowNoun)s/s, ETA \(NumberText.duration(remaining))"))
        } else if counts.missing > 0 {
            lines.append(line("rate", "no \(reader.rowNoun) was finished within the last second"))
        }
        if reader.hasEditedTexts {
            lines.append(line("note", "texts that describe it (title, history) were changed after it was written; "
                + "coordinates and trials are as written"))
        }
        return lines.joined(separator: "\n")
    }

    /// What led to the trials that there are, and the decision behind them.
    private var rounds: [String] {
        let stored = RoundSentence.split(reader.rounds).decisions
        return stored + [decision?.text].compactMap { $0 }.filter { !stored.contains($0) }
    }

    /// Items that the last decision left open.
    private var open: [String] { decision?.open ?? (isComplete ? [] : RoundSentence.split(reader.rounds).open) }

    private var roundFacts: [(String, JSONValue)] {
        guard !reader.rounds.isEmpty else { return [] }
        return [
            ("rounds", .array(rounds.map { .string($0) })), ("open", .array(open.map { .string($0) })),
            ("decision", decision?.json ?? .null),
        ]
    }

    var json: JSONValue {
        .object([
            ("path", .string(reader.path)), ("title", .string(reader.title)), ("done", .integer(counts.done)),
            ("diverged", .integer(counts.diverged)), ("missing", .integer(counts.missing)),
            ("excluded", .integer(counts.excluded)), ("total", .integer(counts.total)),
            ("complete", .boolean(isComplete)), ("shard", .optional(reader.shard.map { "\($0)" })),
            ("edited_texts", .boolean(reader.hasEditedTexts)), ("trials_per_second", .optional(rate)), ("eta_seconds", .optional(remaining)),
        ] + (reader.trialsPerBlock.map { [("trials_per_block", .integer($0))] } ?? [])
            + roundFacts)
    }
}
