import AxisRefinement
import ExpressionSyntax
import TrialContract

/// `adaptive` in the place of an axis' values: a run chooses them.
extension SweepDecoder {
    static let adaptiveKey = "adaptive"
    /// In the order in which schema and messages list them.
    static let adaptiveKeys = ["from", "to", "at_most", "resolve", "of", "over", "response", "values"]

    /// The maps with `adaptive` in an axis' value: itself, or items of its list.
    static func adaptiveItems(_ node: SourceNode) -> [SourceNode] {
        (node.list ?? [node]).filter { $0.map?.contains { $0.key == adaptiveKey } == true }
    }

    /// An axis of one adaptive range, with fixed values beside it. Gives the values to begin with, ascending; `nil` after
    /// reporting.
    func decodeAdaptive(_ entry: SourceEntry, _ field: NumericField) -> [Double]? {
        let items = Self.adaptiveItems(entry.value), name = "axes.\(entry.key)"
        guard items.count == 1, let item = items.first, let own = item.map, own.count == 1 else {
            diagnostics.report(
                entry.value, name, "must have one adaptive range, with nothing else in its braces",
                remedy: "write [0, {adaptive: {from: 1e-3, to: 100, resolve: regime}}]")
            return nil
        }
        guard spec.adaptive == nil else {
            diagnostics.report(
                entry.keyPlace, name, "is a second adaptive axis", value: "\(spec.adaptive?.name ?? "") is one",
                remedy: "list the values of one of them")
            return nil
        }
        guard !field.isInteger else {
            diagnostics.report(
                entry.keyPlace, name, "takes whole numbers, between which an adaptive range finds none", remedy: "list its values")
            return nil
        }
        let path = "\(name).\(Self.adaptiveKey)"
        guard let parts = reader.map(own[0].value, path, keys: Self.adaptiveKeys) else { return nil }
        let others = (entry.value.list ?? []).filter { $0.map?.contains { $0.key == Self.adaptiveKey } != true }
        let fixed = lists.values(SourceNode(.list(others), place: entry.value.place), field)
        let range = nestedRange(parts, own[0].value, path, field)
        let most = parts["at_most"].map {
            reader.number(
                $0, "\(path).at_most", ParameterRange(Double(AdaptiveAxis.fewest), Double(AdaptiveAxis.mostAllowed)), isInteger: true)
        } ?? Double(AdaptiveAxis.usualMost)
        guard let resolve = parts["resolve"] else {
            diagnostics.report(
                own[0].value, path, "needs resolve, what the values are for",
                remedy: "add resolve: \(AdaptiveAxis.Target.allCases.map(\.rawValue).joined(separator: ", ")) (one of them)")
            return nil
        }
        guard let fixed, let range, let most,
            let target = reader.word(resolve, "\(path).resolve", among: AdaptiveAxis.Target.allCases.map(\.rawValue))
                .flatMap(AdaptiveAxis.Target.init),
            let question = question(target, parts, path, along: entry.key), let given = given(parts, path, field, range)
        else { return nil }
        let axis = AdaptiveAxis(
            name: entry.key, range: range, atMost: Int(most), target: target, response: question.response,
            rivals: question.rivals, fixed: fixed, given: given)
        spec.adaptive = axis
        spec.adaptivePlace = own[0].value.place
        return axis.values
    }

    private func nestedRange(_ parts: [SourceEntry], _ node: SourceNode, _ path: String, _ field: NumericField) -> NestedRange? {
        func end(_ key: String) -> Double? {
            guard let own = parts[key] else {
                diagnostics.report(node, path, "needs \(key)", remedy: "add \(key): a positive number")
                return nil
            }
            guard let value = reader.number(own, "\(path).\(key)", field.range, isInteger: false) else { return nil }
            guard value > 0 else {
                diagnostics.report(
                    own, "\(path).\(key)", "must be > 0: the range is cut by equal ratios, which never reach zero",
                    remedy: "put 0 beside it, as [0, {adaptive: ...}]")
                return nil
            }
            return value
        }
        guard let from = end("from"), let to = end("to") else { return nil }
        guard from < to, let range = NestedRange(from: from, to: to) else {
            diagnostics.report(
                parts["to"] ?? node, "\(path).to", from < to ? "is too near from: there are not enough numbers between" : "must be above from",
                remedy: "give a larger to")
            return nil
        }
        return range
    }

    /// What is looked at: `of` names the two that cross, or the response; where the sweep's goal is a crossing along the axis, its
    /// two are meant.
    private func question(
        _ target: AdaptiveAxis.Target, _ parts: [SourceEntry], _ path: String, along axis: String
    ) -> (response: String, rivals: AdaptiveAxis.Rivals?)? {
        func text(_ key: String) -> String?? { parts[key].map { reader.text($0, "\(path).\(key)") } }
        guard target == .crossing else {
            if let key = ["over", "response"].first(where: { parts[$0] != nil }) {
                diagnostics.report(
                    parts[key] ?? parts[0].value, "\(path).\(key)", "has no meaning beside \(target.rawValue)",
                    remedy: key == "response" ? "name the response in of" : "remove it: it belongs to crossing")
                return nil
            }
            return (text("of") ?? Self.usualResponse).map { ($0, nil) }
        }
        var goal: (pair: TrialGoal.Pair, response: String)?
        if case .crossing(_, let pair, let response, axis)? = spec.goal?.target { goal = (pair, response) }
        guard let over = text("over") ?? (goal?.pair.over ?? "optimizer"),
            let response = text("response") ?? (goal?.response ?? Self.usualResponse)
        else { return nil }
        guard let of = parts["of"] else {
            return (response, AdaptiveAxis.Rivals(over: over, pair: goal?.pair.over == over ? goal?.pair : nil))
        }
        let ends = of.list?.compactMap { reader.text($0, "\(path).of") } ?? []
        guard ends.count == 2, of.list?.count == 2 else {
            diagnostics.report(of, "\(path).of", "must be the two that cross", remedy: "write of: [n-sam, sgd], or leave it out for every two")
            return nil
        }
        return (response, AdaptiveAxis.Rivals(over: over, pair: TrialGoal.Pair(over: over, first: ends[0], second: ends[1])))
    }

    /// `values`: those that an earlier run took, as a result's own sweep lists them.
    private func given(_ parts: [SourceEntry], _ path: String, _ field: NumericField, _ range: NestedRange) -> [Int]? {
        guard let node = parts["values"] else { return [] }
        guard let values = lists.values(node, NumericField("\(path).values", field.longName, field.range)) else { return nil }
        if let other = values.first(where: { range.position(of: $0) == nil }) {
            diagnostics.report(
                node.place, "\(path).values", "has a value that does not come of cutting the range in halves", value: brief(other),
                remedy: "remove values: a run writes down those that it took; values of your own stand beside the range")
            return nil
        }
        return values.compactMap { range.position(of: $0) }
    }
}
