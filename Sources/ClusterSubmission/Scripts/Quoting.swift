/// How texts are written so that what reads a script sees them unchanged. None may hold a control character.
package enum Quoting {
    /// A word of sh, bash, dash, zsh and fish: bare where that is safe, otherwise in single quotes. Backslashes stand
    /// outside of them: fish takes two of them inside for one.
    package static func shell(_ text: String) -> String {
        guard text.isEmpty || !text.allSatisfy(isBare) || text.hasPrefix("=") else { return text }
        var quoted = "'"
        for character in text {
            quoted += character == "'" || character == "\\" ? "'\\\(character)'" : String(character)
        }
        return quoted + "'"
    }

    /// `%` begins a job's name in fish, `~` a home folder, `=` a path in zsh.
    private static func isBare(_ character: Character) -> Bool { isSafe(character) && character != "%" }

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
