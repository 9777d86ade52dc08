/// A field in which two texts differ.
struct TextDifference: Equatable {
    /// Keys from the outermost on, with points between them; items of lists by number, as `optimizer[1].beta`.
    var path: String
    /// The outermost key.
    var field: String
    /// The values on one line; `nil` where the field is not there.
    var there: String?
    var here: String?

    /// In the order in which the fields stand, there first.
    static func all(_ there: SweepTextTree, _ here: SweepTextTree) -> [TextDifference] {
        var found: [TextDifference] = []
        compare(there, here, path: "", into: &found)
        return found
    }

    private static func compare(_ there: SweepTextTree?, _ here: SweepTextTree?, path: String, into found: inout [TextDifference]) {
        let (old, new) = (there?.entries, here?.entries)
        if let keys = old ?? new, there == nil || old != nil, here == nil || new != nil, !(keys.isEmpty && (there == nil || here == nil)) {
            let all = (old ?? []).map(\.key) + (new ?? []).map(\.key).filter { key in !(old ?? []).contains { $0.key == key } }
            for key in all {
                compare(old?.value(key), new?.value(key), path: path.isEmpty ? key : "\(path).\(key)", into: &found)
            }
        } else if let old = there?.items, let new = here?.items, old.count == new.count, (old + new).contains(where: { $0.entries != nil }) {
            for (place, pair) in zip(old, new).enumerated() { compare(pair.0, pair.1, path: "\(path)[\(place)]", into: &found) }
        } else if there != here {
            let field = path.prefix { $0 != "." && $0 != "[" }
            found.append(TextDifference(path: path, field: String(field), there: there?.line, here: here?.line))
        }
    }
}
