/// One thing that is wrong with a sweep file or with a `--set` argument.
package struct SweepDiagnostic: Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named.
    package let file: String
    /// Counted from 1; `nil` for what concerns the file as a whole or stands in a `--set` argument.
    package let line: Int?
    /// Counted from 1, in Unicode scalars.
    package let column: Int?
    /// The `--set` argument it stands in.
    package let argument: String?
    /// The field's dotted path; empty for the file as a whole.
    package let field: String
    /// The offending value as written, shortened.
    package let value: String?
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// One line: place, field, what is wrong, the value and the remedy.
    package var description: String {
        var place = file
        if let argument {
            place = "--set \(argument)"
        } else if let line, let column {
            place += ":\(line):\(column)"
        }
        let subject = field.isEmpty ? "" : "\(field): "
        let found = value.map { ", got \($0)" } ?? ""
        return "\(place): \(subject)\(message)\(found); \(remedy)"
    }
}

/// Why a sweep cannot be planned: everything that was found wrong, in file order.
package struct SweepFileError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// There is no such file, or it may not be read.
        case notFound
        /// The system fails to read it.
        case inputOutput
        /// The sweep is not valid.
        case invalid
        /// A `--set` argument is bad.
        case usage
    }

    package let kind: Kind
    /// At least one.
    package let diagnostics: [SweepDiagnostic]
    /// Problems that were found but are not listed, so that the list stays readable.
    package let unlisted: Int

    package init(kind: Kind, diagnostics: [SweepDiagnostic], unlisted: Int = 0) {
        self.kind = kind
        self.diagnostics = diagnostics
        self.unlisted = unlisted
    }

    /// A line per problem.
    package var description: String {
        let lines = diagnostics.map(\.description)
        return (unlisted > 0 ? lines + ["and \(unlisted) more"] : lines).joined(separator: "\n")
    }
}
