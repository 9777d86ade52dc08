extension [Range<Int>] {
    /// Appends a range; where it begins at the end of the last one, that one grows instead.
    public mutating func extend(by next: Range<Int>) {
        if let last, last.upperBound == next.lowerBound {
            self[count - 1] = last.lowerBound..<next.upperBound
        } else {
            append(next)
        }
    }
}

extension Sequence<Int> {
    /// Ascending integers, each once, as few ranges as hold them and nothing else.
    public var runs: [Range<Int>] { reduce(into: []) { $0.extend(by: $1..<$1 + 1) } }
}
