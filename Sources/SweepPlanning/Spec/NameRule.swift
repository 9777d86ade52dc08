/// What names in sweep files are made of.
struct NameRule: Sendable {
    private let signs: String
    private let beginsWithLetter: Bool
    private let longest: Int

    /// The sweep's name, which names files.
    static let sweep = NameRule(signs: "-", longest: 100)
    /// A zip's, which names a dimension of the result.
    static let zip = NameRule(signs: "_-", beginsWithLetter: true, longest: 100)
    static let claim = NameRule(signs: "-", longest: 60)

    /// - Parameter signs: allowed besides a to z and 0 to 9.
    private init(signs: String, beginsWithLetter: Bool = false, longest: Int) {
        self.signs = signs
        self.beginsWithLetter = beginsWithLetter
        self.longest = longest
    }

    func accepts(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z"), digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, name.utf8.count <= longest else { return false }
        return name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || signs.utf8.contains($0) }
            && (!beginsWithLetter || letters.contains(first))
    }

    /// The same as a regular expression, for the schema.
    var pattern: String {
        beginsWithLetter ? "^[a-z][a-z0-9\(signs)]{0,\(longest - 1)}$" : "^[a-z0-9\(signs)]{1,\(longest)}$"
    }
}
