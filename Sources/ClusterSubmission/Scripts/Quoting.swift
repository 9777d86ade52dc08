/// How texts are written so that what reads a script sees them unchanged. None may hold a control character.
enum Quoting {
    /// A word of bash: bare where that is safe, otherwise in single quotes.
    static func shell(_ text: String) -> String {
        guard text.isEmpty || !text.allSatisfy(isSafe) || text.hasPrefix("~") else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// A value on an `#SBATCH` line, where double quotes and backslashes work as in bash but `$` means nothing.
    static func directive(_ text: String) -> String {
        text.allSatisfy(isSafe) ? text : escaped(text)
    }

    /// A double-quoted scalar of YAML.
    static func yaml(_ text: String) -> String { escaped(text) }

    private static func escaped(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    private static func isSafe(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_./,:=@%+-".contains(character))
    }
}
