/// What was to be written to a new file, kept until the closed file has been read again and compared with it.
struct IntendedContent {
    private enum Part {
        case attribute(String, AttributeValue, of: String)
        case dataset(String, ElementType, lengths: [Int])
        case numbers(String, ElementType, [UInt8])
        case texts(String, [String])
        case scale(String, of: String, rank: Int, dimension: Int)
    }

    private var parts: [Part] = []

    mutating func note(attribute: String, _ value: AttributeValue, of object: String) {
        parts.append(.attribute(attribute, value, of: object))
    }

    mutating func note(dataset: String, _ element: ElementType, _ lengths: [Int]) {
        parts.append(.dataset(dataset, element, lengths: lengths))
    }

    mutating func note<Element: BitwiseCopyable>(values: [Element], _ element: ElementType, of dataset: String) {
        parts.append(.numbers(dataset, element, values.withUnsafeBytes { Array($0) }))
    }

    mutating func note(texts: [String], of dataset: String) { parts.append(.texts(dataset, texts)) }

    mutating func note(scale: String, of dataset: String, rank: Int, dimension: Int) {
        parts.append(.scale(scale, of: dataset, rank: rank, dimension: dimension))
    }

    /// To be called with the file closed.
    ///
    /// - Throws: `inputOutput` where the file does not say what was meant.
    func requireWritten(to path: String) throws {
        // Told at once: where others keep the machine busy, each answer that is waited for costs a turn.
        let file = try ConfinedFile(path, .quick)
        for part in parts {
            let (object, isRight) = try check(part, file)
            guard isRight else {
                throw ResultStoreError(
                    .inputOutput, "create", object: object, path: path,
                    reason: "what was written reads back as something else",
                    remedy: "the disk or the network file system failed: see the system's log, then run the same "
                        + "command again")
            }
        }
    }

    private func check(_ part: Part, _ file: ConfinedFile) throws -> (object: String, isRight: Bool) {
        switch part {
        case .attribute(let name, let value, let object):
            return ("\(name) of \(object)", try file.hasAttribute(name, value, of: object))
        case .dataset(let name, let element, let lengths):
            let shape = try file.shape(of: name)
            return (name, shape?.element == element && shape?.lengths == lengths)
        case .numbers(let name, let element, let bytes):
            let read = try file.readAll(name, element, count: bytes.count / element.size, byteCount: bytes.count)
            return (name, read == bytes)
        case .texts(let name, let texts): return (name, try file.readTexts(name, count: texts.count) == texts)
        case .scale(let scale, let name, let rank, let dimension):
            let last = scale.split(separator: "/").last.map(String.init)
            return (name, try file.dimensionNames(of: name, rank: rank)[dimension] == last)
        }
    }
}
