import AxisRefinement
import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

/// What a round asks for, as a file that parts of the round are computed from: the cells' trials, and of an adaptive axis its values.
///
/// It is a function of the values that are stored in the result: whoever writes it again writes the same.
struct RoundOrder: Equatable {
    /// What decided the round, a sentence without line breaks. No two rounds of a run have the same.
    var sentence: String
    /// Of an adaptive axis, all that the sweep has in the round; `nil` where there is none.
    var positions: [Int]?
    /// By cell of the sweep over those values, the trials that rounds before it did not ask for; possibly none.
    var trials: [Range<Int>]
    /// The sweep that it is of.
    var sweepFingerprint: String

    /// The round that any run of a sweep begins with.
    static func first(of plan: PlannedSweep) -> RoundOrder {
        let trials = plan.goal?.atLeast ?? plan.stored.trials
        return RoundOrder(
            sentence: plan.adaptive.map(firstSentence) ?? firstSentence(trials: trials), positions: plan.adaptive?.given,
            trials: [Range<Int>](repeating: 0..<trials, count: plan.cellCount), sweepFingerprint: plan.sweepFingerprint)
    }

    /// What a goal's first round is called.
    static func firstSentence(trials: Int) -> String { "round 1: \(counted(trials, "trial")) in each cell" }

    /// What the first round of an axis' values is called.
    static func firstSentence(_ axis: AdaptiveAxis) -> String {
        let count = NestedRange.first(atMost: axis.atMost).count
        return "\(axis.name), first: \(counted(count, "value")) from \(brief(axis.range.from)) to \(brief(axis.range.to))"
    }

    /// The sweep as a file of the round has it: with the round's values, and as many trials as its largest cell is asked for.
    ///
    /// Throws `CommandError.invalidData` where it is another sweep's round.
    func plan(of sweep: PlannedSweep, _ path: String) throws -> PlannedSweep {
        guard sweep.sweepFingerprint == sweepFingerprint else {
            throw CommandError.invalidData("\(path): this is a round of another sweep: give the file that 'run --collect' wrote for this one")
        }
        let plan = try positions.map { try sweep.taking($0) } ?? sweep
        let most = trials.reduce(0) { max($0, $1.upperBound) }
        guard plan.cellCount == trials.count, positions?.allSatisfy({ (0...NestedRange.finest).contains($0) }) ?? true,
            (positions == nil) == (sweep.adaptive == nil), plan.goal != nil || most == plan.stored.trials
        else { throw CommandError.invalidData("\(path): this round has other cells than the sweep: write it again with 'run --collect'") }
        return plan.goal == nil ? plan : plan.asking(trials: most)
    }

    /// What of the round belongs to a shard.
    ///
    /// - Parameter plan: the sweep as the round has it.
    func part(_ shard: Shard, _ plan: PlannedSweep) throws -> ShardPart {
        let cut = try cut(plan, count: shard.count)
        return ShardPart(shard) { cut.trials(ofCell: $0, in: shard) }
    }

    func cut(_ plan: PlannedSweep, count: Int) throws -> RoundCut { try RoundCut(plan: plan.stored, trials: trials, count: count) }
}

extension RoundOrder {
    private static let mark = "# The trials that a round of a sweep asks for. Written by samsweep run --collect, read by samsweep run --shard.\n"
    private static let kind = "round of a sweep"
    private static let mostBytes = 1 << 28
    private static let mostTrials = 1 << 40

    /// Lines: the sweep's fingerprint, the sentence, perhaps positions, and for each run of cells that are asked for the same the first
    /// cell, the number of cells, the first trial and the one after the last.
    var text: String {
        var text = Self.mark + "sweep \(sweepFingerprint)\nround \(sentence)\n"
        if let positions { text += "positions" + positions.map { " \($0)" }.joined() + "\n" }
        var first = 0
        while first < trials.count {
            let end = trials[first...].firstIndex { $0 != trials[first] } ?? trials.count
            text += "cells \(first) \(end - first) \(trials[first].lowerBound) \(trials[first].upperBound)\n"
            first = end
        }
        return text + "end\n"
    }

    /// `nil` where the text is none.
    init?(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard text.hasPrefix(Self.mark), lines.popLast() == "", lines.popLast() == "end" else { return nil }
        lines.removeFirst()
        guard let sweep = Self.rest(of: lines.popFirst(), "sweep"), let round = Self.rest(of: lines.popFirst(), "round") else { return nil }
        (sweepFingerprint, sentence, positions, trials) = (String(sweep), String(round), nil, [])
        if let line = Self.rest(of: lines.first, "positions") {
            guard let numbers = Self.numbers(line), !numbers.isEmpty else { return nil }
            positions = numbers
            lines.removeFirst()
        }
        for line in lines {
            guard let rest = Self.rest(of: line, "cells"), let run = Self.numbers(rest), run.count == 4, run[0] == trials.count,
                (1...Self.mostBytes).contains(run[1]), run[2] <= run[3], run[3] <= Self.mostTrials
            else { return nil }
            trials += [Range<Int>](repeating: run[2]..<run[3], count: run[1])
        }
        guard !trials.isEmpty else { return nil }
    }

    private static func rest(of line: Substring?, _ word: String) -> Substring? {
        line.flatMap { $0.hasPrefix(word + " ") ? $0.dropFirst(word.count + 1) : nil }
    }

    /// `nil` where a word is not a whole number of at least 0.
    private static func numbers(_ line: Substring) -> [Int]? {
        let numbers = line.split(separator: " ", omittingEmptySubsequences: false).map { Int($0) }
        return numbers.allSatisfy { $0.map { $0 >= 0 } ?? false } ? numbers.compactMap(\.self) : nil
    }

    /// Throws `ResultStoreError`, `CommandError.invalidData`.
    static func read(_ path: String) throws -> RoundOrder {
        guard let order = RoundOrder(try TextFile.read(path, kind: kind, most: mostBytes)) else {
            throw CommandError.invalidData("\(path): this is no round of a sweep, as 'run --collect' writes it: write it again with that command")
        }
        return order
    }

    /// Throws `ResultStoreError`.
    func write(to path: String) throws {
        try TextFile.write(text, to: path, kind: Self.kind, mark: Self.mark) { $0.hasPrefix(Self.mark) }
    }
}
