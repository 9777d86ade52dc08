import ArgumentParser
import JSONText
import SweepExecution
import Synchronization
import TrialAllocation
import Wording

/// How `run` tells how far it is.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    case auto, bar, json, none
}

/// Shows snapshots on standard error: a bar redrawn in place on a terminal, a line now and then elsewhere, JSON lines
/// on request.
final class ProgressDisplay: ProgressObserver {
    private enum Form { case bar, lines, json, silent }

    private let form: Form
    private let console: Console
    /// Seconds of the run at which the next line is due; a bar is drawn as often as snapshots come.
    private let nextLine = Mutex(0.0)

    /// How far a goal was when it was last decided; `nil` without one, or before its first decision.
    private let goal: RoundDecision?
    /// Trials that a row of the result stands for.
    private let trialsPerRow: Int

    init(style: ProgressStyle, console: Console, goal: RoundDecision? = nil, trialsPerRow: Int = 1) {
        self.console = console
        self.trialsPerRow = trialsPerRow
        self.goal = goal
        form = switch style {
        case .auto, .bar: console.isTerminal ? .bar : .lines
        case .json: .json
        case .none: .silent
        }
        nextLine.withLock { $0 = form == .lines ? 10 : 1 }
    }

    func update(_ rows: ProgressSnapshot) {
        let snapshot = rows.ofTrials(perRow: trialsPerRow)
        switch form {
        case .silent: return
        case .bar:
            console.redraw(Self.bar(snapshot, goal, width: console.width, hasColour: console.hasColour))
            if snapshot.isFinal { console.keepLine() }
        case .lines: if isDue(snapshot, every: 10) { console.message("samsweep: " + Self.line(snapshot, goal)) }
        case .json: if isDue(snapshot, every: 1) { console.message(Self.json(snapshot, goal).line) }
        }
    }

    private func isDue(_ snapshot: ProgressSnapshot, every seconds: Double) -> Bool {
        nextLine.withLock { next in
            guard snapshot.isFinal || snapshot.elapsed >= next else { return false }
            next = snapshot.elapsed + seconds
            return true
        }
    }

    /// The facts in order of importance; what does not fit in `width` is left out from the end.
    static func bar(_ snapshot: ProgressSnapshot, _ goal: RoundDecision?, width: Int, hasColour: Bool) -> String {
        var text = ""
        for fact in facts(snapshot, goal) {
            let longer = text.isEmpty ? fact : text + "  " + fact
            if longer.count >= width { break }
            text = longer
        }
        let room = min(40, width - text.count - 4)
        guard room >= 8, let share = shareDone(snapshot) else { return text }
        let filled = Int(share * Double(room))
        let full = String(repeating: "#", count: filled)
        let empty = String(repeating: ".", count: room - filled)
        return "[" + (hasColour ? "\u{1B}[32m\(full)\u{1B}[0m" : full) + empty + "] " + text
    }

    static func line(_ snapshot: ProgressSnapshot, _ goal: RoundDecision?) -> String {
        facts(snapshot, goal).joined(separator: ", ")
    }

    private static func facts(_ snapshot: ProgressSnapshot, _ goal: RoundDecision?) -> [String] {
        let done = NumberText.grouped(snapshot.doneInTotal)
        let count = snapshot.total.map { "\(done) of \(counted($0, "trial"))" } ?? counted(snapshot.doneInTotal, "trial")
        var facts = [goal.map { "\($0.short) reached" }, shareDone(snapshot).map { "\(Int($0 * 100)) %" }, count].compactMap { $0 }
        if snapshot.isFinal {
            facts.append("in " + NumberText.duration(snapshot.elapsed))
        } else if let remaining = snapshot.remaining {
            facts.append("ETA " + NumberText.duration(remaining))
        }
        if !snapshot.isFinal, let farthest = goal?.farthest { facts.append("farthest: " + farthest) }
        if snapshot.divergedInTotal > 0 { facts.append("\(NumberText.grouped(snapshot.divergedInTotal)) diverged") }
        facts.append(NumberText.scaled(snapshot.trialsPerSecond) + " trials/s")
        facts.append(NumberText.scaled(snapshot.coordinateStepsPerSecond) + " coordinate-steps/s")
        return facts
    }

    /// Of the whole sweep, earlier runs included; what is left counts by its cost.
    private static func shareDone(_ snapshot: ProgressSnapshot) -> Double? {
        guard let expected = snapshot.expected, let total = snapshot.total, let fraction = snapshot.fraction else {
            return nil
        }
        guard total > 0 else { return 1 }
        return (Double(expected.alreadyDone) + Double(expected.missing) * fraction) / Double(total)
    }

    static func json(_ snapshot: ProgressSnapshot, _ goal: RoundDecision?) -> JSONValue {
        .object([
            ("done", .integer(snapshot.doneInTotal)), ("diverged", .integer(snapshot.divergedInTotal)),
            ("total", .optional(snapshot.total)), ("coordinate_steps", .number(snapshot.coordinateSteps)),
            ("elapsed_seconds", .number(snapshot.elapsed)), ("eta_seconds", .optional(snapshot.remaining)),
            ("trials_per_second", .number(snapshot.trialsPerSecond)),
            ("coordinate_steps_per_second", .number(snapshot.coordinateStepsPerSecond)),
            ("final", .boolean(snapshot.isFinal)),
        ] + (goal.map { goal in
            [
                ("goal", .string(goal.short)), ("goal_reached", .integer(goal.reached)), ("goal_total", .integer(goal.total)),
                ("goal_beyond_help", .integer(goal.hopelessCount)), ("farthest", .optional(goal.farthest)),
            ]
        } ?? []))
    }
}
