import ArgumentParser
import ClusterSubmission
import Glibc
import KernelSelection
import ResultStore
import ScalingFits
import SweepPlanning

/// What the program's exit status means; batch scripts rely on it.
enum ExitStatus: Int32 {
    case done = 0
    case unexpected = 1
    /// A claim or an audit failed.
    case checkFailed = 2
    /// Wrong use of the command line; also an instruction set this CPU lacks, or a bad `--set`.
    case usage = 64
    /// An invalid sweep or a damaged result file.
    case invalidData = 65
    case inputNotFound = 66
    /// The output cannot be created, is not a result file, or belongs to another sweep.
    case cannotCreate = 73
    /// Disk full, lock held, standard output not writable.
    case inputOutput = 74
    /// Stopped by a signal; the same command goes on.
    case interrupted = 75
}

/// What a command itself finds wrong; the modules below have errors of their own.
enum CommandError: Error {
    case usage(String)
    case invalidData(String)
    case output(String)
    case cannotCreate(String)
    case checkFailed(String)
    case interrupted(String)

    var status: ExitStatus {
        switch self {
        case .usage: .usage
        case .invalidData: .invalidData
        case .output: .inputOutput
        case .cannotCreate: .cannotCreate
        case .checkFailed: .checkFailed
        case .interrupted: .interrupted
        }
    }

    var message: String {
        switch self {
        case .usage(let text), .invalidData(let text), .output(let text), .cannotCreate(let text),
            .checkFailed(let text), .interrupted(let text): text
        }
    }
}

extension Samsweep {
    /// Prints what went wrong as `samsweep: error: …` and ends with the status of the contract.
    static func leave(_ error: any Error) -> Never {
        guard let (status, message) = verdict(error) else {
            // Help and version are asked for by errors, too, and belong on standard output.
            if exitCode(for: error) == .success { exit(withError: error) }
            let text = fullMessage(for: error)
            Console.shared.message("samsweep: error: " + (text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text))
            Glibc.exit(exitCode(for: error).rawValue)
        }
        Console.shared.message("samsweep: \(status == .interrupted ? "" : "error: ")\(message)")
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

extension SweepFileError.Kind {
    fileprivate var status: ExitStatus {
        switch self {
        case .notFound: .inputNotFound
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
