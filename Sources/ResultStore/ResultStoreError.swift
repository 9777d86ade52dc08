/// What went wrong with a result file: the operation, the object inside the file, the file's path, the reason in the
/// library's or the system's words, and what to do about it.
public struct ResultStoreError: Error, CustomStringConvertible, Sendable, Equatable {
    /// Decides the exit code.
    public enum Kind: Sendable {
        /// The file is damaged or contradicts itself (65).
        case damaged
        /// There is no such file (66).
        case notFound
        /// The file cannot be created, is not a result file, or belongs to another sweep (73).
        case cannotCreate
        /// Disk full, lock held, reading or writing failed (74).
        case inputOutput
    }

    public let kind: Kind
    /// A verb, as "open".
    public let operation: String
    /// A dataset, an attribute or a tile; empty where it is the file itself.
    public let object: String
    public let path: String
    public let reason: String
    /// Empty where there is nothing to advise.
    public let remedy: String

    public init(
        _ kind: Kind, _ operation: String, object: String = "", path: String, reason: String, remedy: String = ""
    ) {
        self.kind = kind
        self.operation = operation
        self.object = object
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    /// What to do about a file that is damaged as a whole.
    static let remedyOfDamage = "restore a copy, or give a new run another --output; --fresh would start over and lose what it holds"

    /// As "cannot read distance of Results/a.h5: Input/output error; check the disk".
    public var description: String {
        let place = object.isEmpty ? path : "\(object) of \(path)"
        return "cannot \(operation) \(place): \(reason)" + (remedy.isEmpty ? "" : "; \(remedy)")
    }
}
