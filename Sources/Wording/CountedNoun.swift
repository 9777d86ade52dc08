/// A count with its noun, as messages say it: "1 cell", "2 cells", "1,234 trials"; with `plural` also "1 trial is",
/// "2 trials are".
///
/// - Parameters:
///   - noun: in the singular; the plural is made with an "s" where none is given.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    count == 1 ? "1 \(noun)" : "\(grouped(count)) \(plural ?? noun + "s")"
}

/// 1234567 as `1,234,567`.
package func grouped(_ count: Int) -> String {
    var text = ""
    for (position, digit) in String(count.magnitude).reversed().enumerated() {
        if position > 0, position % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return (count < 0 ? "-" : "") + String(text.reversed())
}
