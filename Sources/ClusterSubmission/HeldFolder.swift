import Glibc

/// A folder that one submission has for itself: others are refused as long as this lives, also `submit.sh`.
package struct HeldFolder {
    private let path: String
    private let sweep: String
    private let files: [JobFile]
    private let lock: FolderLock

    /// - Parameters:
    ///   - sweep: the text of the sweep; what lies in the folder is the same or nothing.
    ///   - files: the scripts; what lies in the folder under their names is a submission's.
    init(_ path: String, _ sweep: String, _ files: [JobFile], _ lock: FolderLock) {
        self.path = path
        self.sweep = sweep
        self.files = files
        self.lock = lock
    }

    /// Writes the sweep, what goes with it and the scripts: all of them beside first, and then they are exchanged, so that a disk
    /// that runs full leaves the scripts that were there.
    ///
    /// Throws `SubmissionError.folder`, also where another file than a companion lies at its place, and `SubmissionError.inputOutput`.
    package func write(_ companions: [SubmissionFolder.Companion] = []) throws(SubmissionError) {
        var new: [NewFile] = []
        do {
            for companion in companions {
                if let copy = try copy(companion) { new.append(copy) }
            }
            // Scripts belong to the sweep beside them.
            new.append(try NewFile("\(path)/sweep.yaml", Array(sweep.utf8), mode: 0o666))
            for file in files {
                let text = file.text + SubmissionFolder.mark
                new.append(try NewFile("\(path)/\(file.name)", Array(text.utf8), mode: file.isExecutable ? 0o777 : 0o666))
            }
            for file in new { try file.exchange() }
        } catch {
            for file in new { file.remove() }
            throw error
        }
    }

    /// A file that is there already must be the same: shards may have been computed from it.
    private func copy(_ companion: SubmissionFolder.Companion) throws(SubmissionError) -> NewFile? {
        let target = "\(path)/\(companion.name)"
        guard let bytes = try FolderAccess.read(companion.source) else { throw .folder("\(companion.source) is not there any more") }
        if let present = try FolderAccess.read(target) {
            guard present == bytes else {
                throw .folder(
                    "\(target) is another file than \(companion.source): give a new folder with --output, or delete this one")
            }
            return nil
        }
        if let slash = target.lastIndex(of: "/") { try FolderAccess.makeFolder(String(target[..<slash])) }
        return try NewFile(target, bytes, mode: 0o666)
    }
}
