import ExpressionSyntax
import TrialContract
import Wording

/// `trials` and `budget`: a number of trials, or a goal in its place.
extension SweepDecoder {
    /// The keys of a goal, in the order in which schema and messages list them.
    static let goalKeys = ["at_least", "at_most", "until", "confidence"]
    /// What a goal may be until; a sweep has one of them, and `of` and `against` beside it.
    static let targets = ["relative_error", "absolute_error", "exponent", "crossing", "claims"]
    static let untilKeys = targets + ["of", "against", "over", "response"]
    static let budgetKeys = ["gradients", "seconds", "trials"]
    /// What a goal speaks of unless it says otherwise.
    static let usualResponse = "distance_squared"
    static let decided = "decided"

    /// `trials`: a number, or a map that says until when.
    func decodeTrials(_ node: SourceNode, _ field: NumericField) {
        guard node.map != nil else {
            if let value = reader.number(node, field) { spec.trials = Int(value) }
            return
        }
        guard let parts = reader.map(node, field.name, keys: Self.goalKeys) else { return }
        guard let until = parts["until"] else {
            diagnostics.report(
                node, field.name, "has no until, and so no end",
                remedy: "give a number of trials, or until: {relative_error: 0.01, of: distance_squared}")
            return
        }
        let counts = NumericField("", "", ParameterRange(2, field.range.upper), isInteger: true)
        func count(_ key: String, _ usual: Int) -> Int? {
            guard let own = parts[key] else { return usual }
            return reader.number(own, "trials.\(key)", counts.range, isInteger: true).map { Int($0) }
        }
        let confidence = parts["confidence"].map {
            reader.number(
                $0, "trials.confidence", ParameterRange(0.5, 1, lowerIsOpen: false, upperIsOpen: true), isInteger: false)
        } ?? TrialGoal.usualConfidence
        let most = count("at_most", max(TrialGoal.usualMost, parts["at_least"]?.text.flatMap { Int($0) } ?? 0))
        let least = count("at_least", min(TrialGoal.usualLeast, most ?? TrialGoal.usualLeast))
        guard let target = target(until), let confidence, let least, let most else { return }
        guard least <= most else {
            diagnostics.report(
                (parts["at_most"] ?? node).place, "trials.at_most", "is below at_least", value: "\(most) < \(least)",
                remedy: "raise at_most, the most trials of a cell, or lower at_least")
            return
        }
        spec.trials = least
        spec.goal = TrialGoal(atLeast: least, atMost: most, target: target, confidence: confidence)
        spec.goalPlace = until.place
    }

    private func target(_ node: SourceNode) -> TrialGoal.Target? {
        let name = "trials.until"
        guard let parts = reader.map(node, name, keys: Self.untilKeys) else { return nil }
        let given = Self.targets.filter { parts[$0] != nil }
        guard given.count == 1, let kind = given.first, let value = parts[kind] else {
            // An unknown key has been reported.
            guard given.count > 1 || parts.allSatisfy({ Self.untilKeys.contains($0.key) }) else { return nil }
            diagnostics.report(
                node, name, "must be exactly one of \(Self.targets.joined(separator: ", "))",
                remedy: "write {relative_error: 0.01, of: distance_squared}")
            return nil
        }
        let owners = [
            ("of", Self.targets.dropLast()), ("against", ["exponent", "crossing"]), ("over", ["crossing"]), ("response", ["crossing"]),
        ]
        for (key, owners) in owners {
            guard let other = parts[key], !owners.contains(kind) else { continue }
            diagnostics.report(
                other, "\(name).\(key)", "has no meaning beside \(kind)", remedy: "remove it: it belongs to \(owners.joined(separator: ", "))")
            return nil
        }
        func text(_ key: String, _ usual: String) -> String? {
            parts[key].map { reader.text($0, "\(name).\(key)") } ?? usual
        }
        guard let against = text("against", "rho") else { return nil }
        if kind == "crossing" { return crossing(value, parts, node, against: against) }
        guard let of = text("of", Self.usualResponse) else { return nil }
        func number(_ range: ParameterRange) -> Double? { reader.number(value, "\(name).\(kind)", range, isInteger: false) }
        switch kind {
        case "relative_error":
            return number(ParameterRange(0, 1, lowerIsOpen: true, upperIsOpen: true)).map { .relativeError($0, of: of) }
        case "absolute_error": return number(.positive).map { .absoluteError($0, of: of) }
        case "exponent": return number(.positive).map { .exponent($0, of: of, against: against) }
        default: return reader.word(value, "\(name).claims", among: [Self.decided]).map { _ in .claimsDecided }
        }
    }

    /// `{crossing: 0.05, of: [n-sam, sgd]}`: the two are values of `over`, the optimizers where that is left out.
    private func crossing(
        _ value: SourceNode, _ parts: [SourceEntry], _ node: SourceNode, against: String
    ) -> TrialGoal.Target? {
        let name = "trials.until"
        guard let pair = parts["of"]?.list, pair.count == 2 else {
            diagnostics.report(
                parts["of"] ?? node, "\(name).of", "must be the two that cross", remedy: "write {crossing: 0.05, of: [n-sam, sgd]}")
            return nil
        }
        let share = reader.number(
            value, "\(name).crossing", ParameterRange(0, 1, lowerIsOpen: true, upperIsOpen: true), isInteger: false)
        func text(_ key: String, _ usual: String) -> String? { parts[key].map { reader.text($0, "\(name).\(key)") } ?? usual }
        let ends = pair.compactMap { reader.text($0, "\(name).of") }
        guard let share, ends.count == 2, let over = text("over", "optimizer"), let response = text("response", Self.usualResponse) else {
            return nil
        }
        return .crossing(share, TrialGoal.Pair(over: over, first: ends[0], second: ends[1]), of: response, against: against)
    }

    /// `budget`: one of gradients, seconds and trials; belongs to a goal.
    func decodeBudget(_ node: SourceNode) {
        guard let parts = reader.map(node, "budget", keys: Self.budgetKeys) else { return }
        guard parts.count == 1, let part = parts.first else {
            diagnostics.report(
                node, "budget", "must be exactly one of \(Self.budgetKeys.joined(separator: ", "))", remedy: "keep one")
            return
        }
        guard let value = reader.number(part.value, "budget.\(part.key)", .positive, isInteger: false) else { return }
        guard spec.goal != nil else {
            // What is wrong with a goal has been reported.
            guard root["trials"]?.map == nil, !goalFollows else { return }
            diagnostics.report(
                node, "budget", "has nothing to end",
                remedy: "give a goal with it, as trials: {until: {relative_error: 0.01}}, or --until or --decide on the command line")
            return
        }
        spec.goal?.budget = switch part.key {
        case "gradients": .gradients(value)
        case "seconds": .seconds(value)
        default: .trials(value)
        }
    }
}
