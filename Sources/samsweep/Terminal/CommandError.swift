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
