extension String {
    /// The text as a terminal may be given it: control characters but \n and \t, and those that turn the direction of
    /// writing, are shown as `\\x1b` or `\\u202e` and do nothing.
    package var visible: String {
        guard unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\t" }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if !scalar.isControl || scalar == "\n" || scalar == "\t" {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                text += scalar.value <= 0xFF
                    ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
                    : "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may take it for a command: C0, DEL, C1, and the embeddings and isolates of bidirectional text.
    var isControl: Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
