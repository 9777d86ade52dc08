import ExpressionSyntax
import TrialContract

/// Reads single values out of nodes and reports what is wrong with them.
struct ValueReader {
    let diagnostics: Diagnostics

    /// A number in the field's range.
    func number(_ node: SourceNode, _ field: NumericField) -> Double? {
        number(node, field.name, field.range, isInteger: field.isInteger)
    }

    func number(_ node: SourceNode, _ field: String, _ range: ParameterRange, isInteger: Bool) -> Double? {
        let demand = NumericField.demand(range, isInteger: isInteger)
        guard let value = number(node, field, demand: demand) else { return nil }
        guard range.contains(value), !isInteger || value == value.rounded() else {
            diagnostics.report(node, field, "must be \(demand)", remedy: remedy(range, isInteger: isInteger))
            return nil
        }
        return value
    }

    /// A finite number, as JSON writes it.
    private func number(_ node: SourceNode, _ field: String, demand: String) -> Double? {
        guard case .scalar(let text, let isPlain) = node.content, !node.isNull else {
            let remedy = node.list != nil ? "to sweep it, list the values under axes" : "give \(demand)"
            diagnostics.report(node, field, "must be \(demand)", remedy: remedy)
            return nil
        }
        switch JSONNumber.parse(text) {
        case .number(let value):
            if isPlain { return value }
            diagnostics.report(node, field, "must be \(demand), not a text", remedy: "remove the quotes")
        case .notANumber(let hint):
            let reason = hint.map { " (\($0))" } ?? ""
            diagnostics.report(
                node, field, "must be \(demand)\(reason)",
                remedy: "write it like \(demand.hasPrefix("an integer") ? "32" : "0.5") or 1e3, as JSON does")
        case .tooLarge:
            diagnostics.report(
                node, field, "must be \(demand) that is finite", remedy: "the largest number is 1.8e308")
        case .tooSmall:
            diagnostics.report(
                node, field, "is too small for double precision", remedy: "write 0 or a number above 5e-324")
        }
        return nil
    }

    private func remedy(_ range: ParameterRange, isInteger: Bool) -> String {
        switch (range.lower, range.lowerIsOpen) {
        case (0, true): "give a positive number\(range.upper < .infinity ? " in \(range.text)" : "")"
        case (0, false) where range.upper == .infinity: "give a number that is not negative"
        default: "give \(isInteger ? "an integer" : "a number") in \(range.text)"
        }
    }

    /// A text on one line.
    func text(_ node: SourceNode, _ field: String) -> String? {
        guard let text = node.text, !node.isNull, !text.contains(where: \.isNewline) else {
            diagnostics.report(node, field, "must be a text on one line", remedy: "put it in quotes after \(field):")
            return nil
        }
        if let control = text.unicodeScalars.first(where: { $0.isControl && $0 != "\t" }) {
            diagnostics.report(
                node, field, "has the control character \(String(control).visible), which terminals and other programs take "
                    + "for a command", remedy: "leave it out")
            return nil
        }
        return text
    }

    /// One of some words.
    func word(_ node: SourceNode, _ field: String, among words: [String]) -> String? {
        guard let text = node.text, words.contains(text) else {
            diagnostics.report(
                node, field, "must be one of \(words.joined(separator: ", "))",
                remedy: NearestName.remedy(for: node.text ?? "", among: words))
            return nil
        }
        return text
    }

    /// `true` or `false`; YAML's `yes`, `on` and the like are not.
    func flag(_ node: SourceNode, _ field: String) -> Bool? {
        if case .scalar(let text, isPlain: true) = node.content {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        diagnostics.report(node, field, "must be true or false", remedy: "write true or false without quotes")
        return nil
    }

    /// The entries of a map; unknown keys are reported.
    func map(_ node: SourceNode, _ field: String, keys: [String]?) -> [SourceEntry]? {
        guard let entries = node.map else {
            let example = keys.map { "{\($0.joined(separator: ": ..., ")): ...}" } ?? "name: value lines"
            diagnostics.report(node, field, "must be a map", remedy: "write \(example)")
            return nil
        }
        if let keys { reportUnknown(entries, field, keys: keys) }
        return entries
    }

    func reportUnknown(_ entries: [SourceEntry], _ field: String, keys: [String]) {
        for entry in entries where !keys.contains(entry.key) {
            diagnostics.report(
                entry.keyPlace, field.isEmpty ? entry.key : "\(field).\(entry.key)", "unknown key",
                remedy: NearestName.remedy(for: entry.key, among: keys))
        }
    }
}
