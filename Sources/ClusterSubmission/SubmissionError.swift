/// Why a submission could not be written or handed over. Every message names the value, the place and the remedy.
package enum SubmissionError: Error, CustomStringConvertible, Equatable {
    /// An option is out of range, missing, or not for this scheduler.
    case option(String)
    /// The folder or a file in it cannot be written, or it belongs to another sweep.
    case folder(String)
    /// Disk full, reading or writing failed.
    case inputOutput(String)
    /// Jobs of the folder are in the queue, or another submission is at work in it.
    case inUse(String)
    /// The scheduler refused the jobs or could not be reached.
    case scheduler(String)

    package var description: String {
        switch self {
        case .option(let text), .folder(let text), .inputOutput(let text), .inUse(let text), .scheduler(let text): text
        }
    }
}
