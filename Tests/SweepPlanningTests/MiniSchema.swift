import Foundation

/// A validator for the part of JSON Schema (draft 2020-12) that the sweep file's schema uses. It refuses keywords that
/// it does not know, so that none is silently left out.
struct MiniSchema {
    private let root: [String: Any]
    private static let annotations: Set<String> = ["$schema", "$defs", "title", "description", "default"]

    init(_ text: String) throws {
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
        root = json as? [String: Any] ?? [:]
    }

    /// What is wrong with a value, by place; empty for a valid one.
    func complaints(about value: Any) -> [String] { complaints(value, root, "") }

    private func complaints(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        schema.keys.sorted().flatMap { key in
            check(key, schema[key] ?? 0, schema, value).map { $0.hasPrefix("/") ? path + $0 : "\(path): \($0)" }
        }
    }

    private func check(_ key: String, _ rule: Any, _ schema: [String: Any], _ value: Any) -> [String] {
        switch key {
        case _ where Self.annotations.contains(key): return []
        case "$ref":
            let name = (rule as? String)?.split(separator: "/").last.map(String.init) ?? ""
            guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else { return ["dangling \(rule)"] }
            return complaints(value, target, "")
        case "type":
            let types = rule as? [String] ?? [rule as? String ?? ""]
            return types.contains { isOf(type: $0, value) } ? [] : ["is not of type \(types)"]
        case "enum": return (rule as? [Any] ?? []).contains { equal($0, value) } ? [] : ["is not one of \(rule)"]
        case "const": return equal(rule, value) ? [] : ["is not \(rule)"]
        case "anyOf", "oneOf":
            let matching = (rule as? [[String: Any]] ?? []).count { complaints(value, $0, "").isEmpty }
            return key == "anyOf" ? (matching > 0 ? [] : ["fits no form"]) : (matching == 1 ? [] : ["fits \(matching) forms"])
        case "not": return complaints(value, rule as? [String: Any] ?? [:], "").isEmpty ? ["is what it must not be"] : []
        case "if":
            let holds = complaints(value, rule as? [String: Any] ?? [:], "").isEmpty
            return holds ? complaints(value, schema["then"] as? [String: Any] ?? [:], "") : []
        case "then": return []
        default: return checkParts(key, rule, schema, value) ?? ["unknown keyword \(key)"]
        }
    }

    private func checkParts(_ key: String, _ rule: Any, _ schema: [String: Any], _ value: Any) -> [String]? {
        let limit = (rule as? NSNumber)?.doubleValue ?? .nan
        let members = value as? [String: Any]
        let properties = schema["properties"] as? [String: Any] ?? [:]
        let patterns = schema["patternProperties"] as? [String: [String: Any]] ?? [:]
        func matching(_ name: String) -> [[String: Any]] {
            patterns.filter { name.range(of: $0.key, options: .regularExpression) != nil }.map(\.value)
        }
        switch key {
        case "properties":
            return (members ?? [:]).flatMap { name, member in
                (properties[name] as? [String: Any]).map { complaints(member, $0, "/\(name)") } ?? []
            }
        case "patternProperties":
            return (members ?? [:]).flatMap { name, member in
                matching(name).flatMap { complaints(member, $0, "/\(name)") }
            }
        case "additionalProperties":
            return (members ?? [:]).keys.filter { properties[$0] == nil && matching($0).isEmpty }.map { "/\($0): unknown key" }
        case "required":
            return members.map { members in
                (rule as? [String] ?? []).filter { members[$0] == nil }.map { "needs \($0)" }
            } ?? []
        case "minProperties": return members.map { Double($0.count) < limit ? ["has too few members"] : [] } ?? []
        case "items":
            return (value as? [Any] ?? []).enumerated().flatMap { complaints($1, rule as? [String: Any] ?? [:], "/\($0)") }
        case "minItems": return (value as? [Any]).map { Double($0.count) < limit ? ["has too few items"] : [] } ?? []
        case "maxItems": return (value as? [Any]).map { Double($0.count) > limit ? ["has too many items"] : [] } ?? []
        case "uniqueItems":
            let items = value as? [Any] ?? []
            return items.indices.contains { i in items[..<i].contains { equal($0, items[i]) } } ? ["repeats"] : []
        case "pattern":
            guard let text = value as? String, let pattern = rule as? String else { return [] }
            return text.range(of: pattern, options: .regularExpression) == nil ? ["does not match \(pattern)"] : []
        case "minimum": return number(value).map { $0 < limit ? ["is below \(limit)"] : [] } ?? []
        case "exclusiveMinimum": return number(value).map { $0 <= limit ? ["is not above \(limit)"] : [] } ?? []
        case "maximum": return number(value).map { $0 > limit ? ["is above \(limit)"] : [] } ?? []
        case "exclusiveMaximum": return number(value).map { $0 >= limit ? ["is not below \(limit)"] : [] } ?? []
        default: return nil
        }
    }

    private func number(_ value: Any) -> Double? { value as? Double }

    private func isOf(type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": value is Bool
        case "number": value is Double
        case "integer": (value as? Double).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    private func equal(_ rule: Any, _ value: Any) -> Bool {
        if let text = value as? String { return rule as? String == text }
        if let flag = value as? Bool { return rule as? Bool == flag }
        if let number = value as? Double { return !(rule is String) && (rule as? NSNumber)?.doubleValue == number }
        return false
    }
}
