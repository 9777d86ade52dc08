import ArgumentParser
import ClusterSubmission
import Glibc
import JSONText
import KernelSelection
import ResultStore
import ScalingFits
import SweepPlanning

extension Samsweep {
    /// Prints what went wrong as `samsweep: error: …`, or for programs as a line of JSON, and ends with the status of the
    /// contract.
    static func leave(_ error: any Error) -> Never {
        guard let (status, message) = verdict(error) else {
            // Help and version are asked for by errors, too, and belong on standard output.
            if exitCode(for: error) == .success { exit(withError: error) }
            let text = fullMessage(for: error)
            let own = text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text
            let code = exitCode(for: error).rawValue
            Console.shared.message(ErrorText.isForPrograms ? ErrorText.json(own, code, error) : "samsweep: error: \(own)")
            Glibc.exit(code)
        }
        Console.shared.message(
            ErrorText.isForPrograms
                ? ErrorText.json(message, status.rawValue, error)
                : "samsweep: \(status == .interrupted ? "" : "error: ")\(message)")
        Glibc.exit(status.rawValue)
    }

    /// `nil` for errors of the argument parser.
    private static func verdict(_ error: any Error) -> (ExitStatus, String)? {
        switch error {
        case let error as CommandError: (error.status, error.message)
        case let error as KernelSelectionError: (.usage, error.description)
        case let error as SweepFileError: (error.kind.status, error.description)
        case let error as ResultStoreError: (error.kind.status, error.description)
        case let error as SubmissionError: (error.status, error.description)
        case let error as ScalingFitsError: (.usage, error.description)
        default: nil
        }
    }
}

/// How programs that call this one hear of an error: `SAMSWEEP_ERRORS=json` makes it the last line of standard error.
///
/// The environment and not an option says so, since a command line that cannot be read is an error, too.
private enum ErrorText {
    static var isForPrograms: Bool { getenv("SAMSWEEP_ERRORS").map { String(cString: $0) } == "json" }

    /// `{"error": {"message", "exit_code", "problems": [{"file", "line", "column", "field", "value", "argument", "message",
    /// "remedy"}]}}`; what is not known is null.
    static func json(_ message: String, _ status: Int32, _ error: any Error) -> String {
        JSONValue.object([
            ("error", .object([
                ("message", .string(message)), ("exit_code", .integer(Int(status))),
                ("problems", .array(problems(error))),
            ])),
        ]).line
    }

    private static func problems(_ error: any Error) -> [JSONValue] {
        switch error {
        case let error as SweepFileError:
            error.diagnostics.map { found in
                problem(
                    file: found.argument == nil ? found.file : nil, line: found.line, column: found.column,
                    field: found.field, value: found.value, argument: found.argument, message: found.message,
                    remedy: found.remedy)
            }
        case let error as ResultStoreError:
            [problem(
                file: error.path, field: error.object, message: "cannot \(error.operation): \(error.reason)",
                remedy: error.remedy)]
        default: []
        }
    }

    private static func problem(
        file: String?, line: Int? = nil, column: Int? = nil, field: String, value: String? = nil,
        argument: String? = nil, message: String, remedy: String
    ) -> JSONValue {
        .object([
            ("file", .optional(file)), ("line", .optional(line)), ("column", .optional(column)),
            ("field", .optional(field.isEmpty ? nil : field)), ("value", .optional(value)),
            ("argument", .optional(argument)), ("message", .string(message)),
            ("remedy", .optional(remedy.isEmpty ? nil : remedy)),
        ])
    }
}

extension SweepFileError.Kind {
    fileprivate var status: ExitStatus {
        switch self {
        case .notFound: .inputNotFound
        case .inputOutput: .inputOutput
        case .invalid: .invalidData
        case .usage: .usage
        }
    }
}

extension SubmissionError {
    fileprivate var status: ExitStatus {
        switch self {
        case .option: .usage
        case .folder: .cannotCreate
        case .inputOutput, .inUse: .inputOutput
        case .scheduler: .unexpected
        }
    }
}

extension ResultStoreError.Kind {
    fileprivate var status: ExitStatus {
        switch self {
        case .damaged: .invalidData
        case .notFound: .inputNotFound
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        }
    }
}
