import CHDF5
import CHDF5Shims
import Glibc
import Synchronization
import Wording

/// An HDF5 file that a child process reads for this one: libhdf5 never has it open here, so that nothing a file says can
/// crash this process, make it spin or take its memory.
///
/// Every read states what it expects, type, shape and length, and compares with what the child tells before it takes
/// anything. Nothing outside the file is looked at. Calls from several threads are answered one after the other.
final class ConfinedFile: Sendable {
    /// How much is read before anything else is asked for: see Probe.c.
    enum Look {
        /// Nothing: this file was looked at before.
        case none
        /// What is as it was written is only looked through.
        case quick
        /// Everything, for a file that may be damaged, because of this.
        case thorough(String)

        fileprivate var reason: String? {
            if case .thorough(let reason) = self { return reason }
            return nil
        }
    }

    private struct Question: Hashable {
        var operation: Int32
        var object: String
        var attribute = ""
        /// As what numbers are wanted.
        var element: Int32 = -1
    }

    let path: String
    /// `nil` once it was released.
    private let child: Mutex<ConfinedChild?>
    /// What it has said without being asked.
    private let told: [Question: ConfinedChild.Answer]

    /// Seconds on the clock that an answer may take; large files have more.
    private static let longest: UInt32 = 60
    /// Values of one dataset that are read at once.
    static let mostValues = 50_000_000
    private static let mostTexts = 1 << 20
    private static let longestText = 1 << 20
    private static let longestAnswer = 8 * mostValues

    /// - Throws: `damaged` where the library refuses the file or fails on it; `inputOutput`.
    convenience init(_ path: String, _ look: Look) throws {
        try self.init(path, look, .start(path, suspicion: look.reason ?? "", seconds: Self.longest))
    }

    /// - Parameter isOpen: whether the child has said already that it could open the file.
    init(_ path: String, _ look: Look, _ started: ConfinedChild, isOpen: Bool = false) throws {
        self.path = path
        var started = started
        do {
            if !isOpen { try started.requireOpen() }
            switch look {
            case .none: told = [:]
            case .quick: told = try Self.look(CHDF5_LOOK_QUICKLY, &started)
            case .thorough: told = try Self.look(CHDF5_LOOK_THOROUGHLY, &started)
            }
        } catch {
            started.stop()
            throw error
        }
        child = Mutex(started)
    }

    deinit { child.withLock { $0?.stop() } }

    /// The child, which may be asked to open another file; nothing can be asked about this one any more.
    func release() -> ConfinedChild? {
        child.withLock { child in
            defer { child = nil }
            return child
        }
    }

    /// Gives an attribute, which is a whole number of 32 bits, another value, in a file that another program has laid out.
    static func write(_ value: Int32, toAttribute name: String, ofFile path: String) throws {
        let file = try ConfinedFile(path, .none, .start(path, isWritable: true, seconds: longest))
        _ = try file.ask(CHDF5_WRITE_INTEGER, "/", attribute: name, count: Int(value), operation: "write")
    }

    // MARK: - Questions

    func exists(_ name: String) throws -> Bool {
        if told[Question(operation: Int32(CHDF5_DESCRIBE.rawValue), object: name)] != nil { return true }
        return try ask(CHDF5_FIND, name, operation: "look for").reply.result == 0
    }

    /// `nil` where `name` is no dataset of a type that result files have.
    func shape(of name: String) throws -> DatasetShape? {
        let reply = try describe(name)
        guard let element = ElementType(reply), reply.is_simple != 0 else { return nil }
        guard var shape = DatasetShape(element: element, lengths: reply.shape) else {
            throw contradiction(name, "it has more values than there can be")
        }
        if reply.is_native != 0, reply.offset >= 0 { shape.offset = Int(reply.offset) }
        return shape
    }

    /// The names of a dataset's dimensions, `nil` for one without a scale.
    func dimensionNames(of name: String, rank: Int) throws -> [String?] {
        guard try shape(of: name)?.lengths.count == rank else {
            throw contradiction(name, "it does not have \(counted(rank, "dimension"))")
        }
        let names = try texts(ask(CHDF5_READ_SCALES, name, operation: "read the scales of").bytes, count: rank, name)
        return names.map { $0.split(separator: "/").last.map(String.init) }
    }

    /// All values of a dataset of numbers, converted to the type of `element`.
    ///
    /// - Parameter count: how many there must be.
    func readAll<Element: BitwiseCopyable>(
        _ name: String, _ element: ElementType, count: Int, zero: Element
    ) throws -> [Element] {
        precondition(MemoryLayout<Element>.stride == element.size)
        var values = [Element](repeating: zero, count: try requireNumbers(name, count: count))
        try values.withUnsafeMutableBytes { try readNumbers(name, element, count: count, into: $0) }
        return values
    }

    /// The same as bytes.
    func readAll(_ name: String, _ element: ElementType, count: Int, byteCount: Int) throws -> [UInt8] {
        precondition(byteCount == count * element.size)
        var bytes = [UInt8](repeating: 0, count: try requireNumbers(name, count: count) * element.size)
        try bytes.withUnsafeMutableBytes { try readNumbers(name, element, count: count, into: $0) }
        return bytes
    }

    /// Some values of a dataset, row by row.
    func read(_ box: GridBox, of name: String, _ element: ElementType, into bytes: UnsafeMutableRawBufferPointer) throws {
        let needed = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(box.elementCount * element.size)])
        _ = try ask(CHDF5_READ_BOX, name, element: element, box: box, into: needed)
    }

    /// Some values of a dataset of one dimension.
    func readInt64(_ name: String, _ range: Range<Int>) throws -> [Int64] {
        var values = [Int64](repeating: 0, count: range.count)
        let box = GridBox(starts: [range.lowerBound], counts: [range.count])
        try values.withUnsafeMutableBytes { try read(box, of: name, .int64, into: $0) }
        return values
    }

    /// All texts of a dataset of texts of variable length.
    func readTexts(_ name: String, count: Int) throws -> [String] {
        let reply = try requirePlain(name)
        guard reply.is_variable_text != 0 else { throw contradiction(name, "it does not hold texts of variable length") }
        try requireCount(reply, count, most: Self.mostTexts, name)
        return try texts(ask(CHDF5_READ_TEXTS, name, count: count).bytes, count: count, name)
    }

    /// One text, of variable length or fixed; `nil` where there is none.
    ///
    /// - Throws: `damaged` where the attribute is something else, as several texts.
    func readText(_ name: String, of object: String = "/") throws -> String? {
        guard let (reply, bytes) = try attribute(name, of: object) else { return nil }
        guard reply.type_class == H5T_STRING.rawValue, reply.count == 1, bytes.count <= Self.longestText else {
            throw notOneOf(name, object, "one text")
        }
        if reply.is_variable_text == 0, bytes.isEmpty { throw notOneOf(name, object, "one text") }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A whole number; `nil` where there is none.
    ///
    /// - Throws: `damaged` where the attribute is something else, as several numbers.
    func readInteger(_ name: String, of object: String = "/") throws -> Int? {
        guard let (reply, bytes) = try attribute(name, of: object) else { return nil }
        guard reply.type_class == H5T_INTEGER.rawValue, reply.count == 1, (1...8).contains(bytes.count) else {
            throw notOneOf(name, object, "one whole number")
        }
        var value: UInt64 = 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        let unused = UInt64(64 - 8 * bytes.count)
        guard reply.is_signed == 0 else { return Int(Int64(bitPattern: value << unused) >> Int64(unused)) }
        return Int(clamping: value)
    }

    /// Whether an attribute is there and has a value, bit for bit.
    func hasAttribute(_ name: String, _ value: AttributeValue, of object: String) throws -> Bool {
        switch value {
        case .text(let text): return try readText(name, of: object) == text
        case .int32(let number): return try readInteger(name, of: object) == Int(number)
        case .float64(let number):
            guard let (reply, bytes) = try attribute(name, of: object) else { return false }
            return reply.type_class == H5T_FLOAT.rawValue && bytes == withUnsafeBytes(of: number) { Array($0) }
        case .bytes(let expected):
            guard let (reply, bytes) = try attribute(name, of: object) else { return false }
            return reply.type_class == H5T_INTEGER.rawValue && reply.type_size == 1 && bytes == expected
        }
    }

    // MARK: - What is expected

    func contradiction(_ object: String, _ reason: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", object: object, path: path, reason: reason)
    }

    private func notOneOf(_ name: String, _ object: String, _ kind: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", object: name, path: path,
                         reason: "it is not \(kind)" + (object == "/" ? "" : ", at \(object)"))
    }

    /// - Throws: `damaged` where it is missing, no dataset, or stored in a way that is not read.
    private func describe(_ name: String) throws -> chdf5_reply {
        let reply = try ask(CHDF5_DESCRIBE, name, operation: "read the shape of").reply
        if reply.result == CHDF5_IS_MISSING.rawValue { throw contradiction(name, "it is missing, or a link to something else") }
        if reply.result == CHDF5_IS_NO_DATASET.rawValue { throw contradiction(name, "it is no dataset") }
        switch UInt32(bitPattern: reply.storage) {
        case CHDF5_STORAGE_PLAIN.rawValue, CHDF5_STORAGE_MAPPED.rawValue: return reply
        case CHDF5_STORAGE_ELSEWHERE.rawValue: throw contradiction(name, "its values lie in other files")
        case CHDF5_STORAGE_CHUNKS.rawValue: throw contradiction(name, "its chunks are larger than 64 MiB")
        default:
            throw ResultStoreError(
                .damaged, "read", object: name, path: path,
                reason: "it is packed with the filter \(Self.filterName(reply.filter)), which is not read here",
                remedy: "pack it with shuffle and deflate instead: h5repack -f SHUF -f GZIP=4")
        }
    }

    private static func filterName(_ number: Int32) -> String {
        let known: [Int32: String] = [
            4: "szip", 5: "nbit", 6: "scale-offset", 32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle",
            32015: "Zstandard",
        ]
        return known[number].map { "\($0) (\(number))" } ?? "\(number)"
    }

    /// A dataset whose values are its own.
    private func requirePlain(_ name: String) throws -> chdf5_reply {
        let reply = try describe(name)
        guard UInt32(bitPattern: reply.storage) == CHDF5_STORAGE_PLAIN.rawValue else {
            throw contradiction(name, "its values are mapped from other datasets")
        }
        return reply
    }

    private func requireCount(_ reply: chdf5_reply, _ count: Int, most: Int, _ name: String) throws {
        guard reply.count == UInt64(count) else {
            throw contradiction(name, "it has \(counted(Int(clamping: reply.count), "value")) and not \(count)")
        }
        guard count <= most else { throw contradiction(name, "it has \(counted(count, "value")), and at most \(most) are read") }
    }

    private func requireNumbers(_ name: String, count: Int) throws -> Int {
        let reply = try requirePlain(name)
        guard [H5T_FLOAT.rawValue, H5T_INTEGER.rawValue].contains(reply.type_class) else {
            throw contradiction(name, "it does not hold numbers")
        }
        try requireCount(reply, count, most: Self.mostValues, name)
        return count
    }

    private func readNumbers(_ name: String, _ element: ElementType, count: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        _ = try ask(CHDF5_READ_NUMBERS, name, element: element, count: count, into: bytes)
    }

    private func texts(_ bytes: [UInt8], count: Int, _ name: String) throws -> [String] {
        var texts: [String] = [], rest = bytes[...]
        while let end = rest.firstIndex(of: 0) {
            texts.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[(end + 1)...]
        }
        guard rest.isEmpty, texts.count == count else { throw contradiction(name, "its texts cannot be read") }
        return texts
    }

    private func attribute(_ name: String, of object: String) throws -> (reply: chdf5_reply, bytes: [UInt8])? {
        let answer = try ask(CHDF5_READ_ATTRIBUTE, object, attribute: name), (reply, bytes) = answer
        if reply.result == CHDF5_IS_MISSING.rawValue { return nil }
        // One text of variable length with its end, or values of the size that they say; none of other kinds.
        let isWhole = reply.is_variable_text != 0
            ? bytes.firstIndex(of: 0) == bytes.indices.last
            : Double(bytes.count) == Double(reply.type_size) * Double(reply.count)
        guard bytes.isEmpty || isWhole else { throw contradiction(name, "it is of another length than it says") }
        return answer
    }

    // MARK: - The child

    /// - Parameter target: what the answer's value has to fill exactly; without one it is returned.
    private func ask(
        _ operation: chdf5_operation, _ object: String, attribute: String = "", element: ElementType? = nil, count: Int = 0,
        box: GridBox? = nil, into target: UnsafeMutableRawBufferPointer? = nil, operation verb: String = "read"
    ) throws -> ConfinedChild.Answer {
        let question = Question(
            operation: Int32(operation.rawValue), object: object, attribute: attribute, element: element?.question ?? -1)
        if let answer = answerTold(question, count: count, into: target) { return answer }
        var request = chdf5_request()
        request.operation = question.operation
        request.element = question.element
        request.count = UInt64(bitPattern: Int64(count))
        let fits = withUnsafeMutableBytes(of: &request.object) { ConfinedChild.put(object, $0) }
            && withUnsafeMutableBytes(of: &request.attribute) { ConfinedChild.put(attribute, $0) }
        guard fits, box.map({ $0.starts.count <= Int(H5S_MAX_RANK) }) ?? true else {
            throw contradiction(object, "its name or its shape is none of a result's")
        }
        if let box {
            request.rank = Int32(box.starts.count)
            withUnsafeMutableBytes(of: &request.starts) { $0.copyBytes(from: box.starts.flatMap(Self.bytes)) }
            withUnsafeMutableBytes(of: &request.counts) { $0.copyBytes(from: box.counts.flatMap(Self.bytes)) }
        }
        let answer = try child.withLock { child in
            guard child != nil else { throw contradiction(object, "it is read no more") }
            return try child!.answer(request, into: target, most: Self.longestAnswer(operation))
        }
        if answer.reply.result < 0 { throw failure(answer.reply, verb, attribute.isEmpty ? object : attribute) }
        return answer
    }

    /// Bytes of a value.
    private static func longestAnswer(_ operation: chdf5_operation) -> Int {
        switch operation {
        case CHDF5_LOOK_QUICKLY, CHDF5_LOOK_THOROUGHLY: Int(CHDF5_MOST_TOLD.rawValue)
        case CHDF5_READ_SCALES: Int(H5S_MAX_RANK) << 10
        case CHDF5_READ_ATTRIBUTE: longestText + 1
        case CHDF5_READ_TEXTS: longestAnswer
        default: 0
        }
    }

    private static func bytes(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt64(number)) { Array($0) } }

    // MARK: - What was told

    private static func look(_ operation: chdf5_operation, _ child: inout ConfinedChild) throws -> [Question: ConfinedChild.Answer] {
        var request = chdf5_request()
        request.operation = Int32(operation.rawValue)
        let answer = try child.answer(request, most: longestAnswer(operation))
        if answer.reply.result != 0 { throw child.refusal(answer.reply) }
        guard let told = answer.bytes.withUnsafeBytes({ told($0) }) else { throw child.nonsense() }
        return told
    }

    /// `nil` where they are no answers.
    private static func told(_ bytes: UnsafeRawBufferPointer) -> [Question: ConfinedChild.Answer]? {
        var answers: [Question: ConfinedChild.Answer] = [:], place = 0
        func take(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count <= bytes.count - place else { return nil }
            defer { place += count }
            return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
        }
        while place < bytes.count {
            guard let one = take(MemoryLayout<chdf5_told>.size)?.loadUnaligned(as: chdf5_told.self),
                Int(one.head) <= MemoryLayout<chdf5_reply>.size, let head = take(Int(one.head)),
                let object = take(Int(one.object)), let attribute = take(Int(one.attribute))
            else { return nil }
            var reply = chdf5_reply()
            withUnsafeMutableBytes(of: &reply) { $0.copyMemory(from: head) }
            guard reply.result == 0, ConfinedChild.hasForm(reply), let value = take(Int(clamping: reply.size)) else { return nil }
            let question = Question(
                operation: one.operation, object: String(decoding: object, as: UTF8.self),
                attribute: String(decoding: attribute, as: UTF8.self), element: one.element)
            answers[question] = (reply, Array(value))
        }
        return answers
    }

    /// `nil` where it was not told, or something else was that does not fit.
    private func answerTold(
        _ question: Question, count: Int, into target: UnsafeMutableRawBufferPointer?
    ) -> ConfinedChild.Answer? {
        guard !told.isEmpty else { return nil }
        guard let answer = told[question] else {
            // One that has no attribute of that name.
            guard question.operation == Int32(CHDF5_READ_ATTRIBUTE.rawValue), let all = told[
                Question(operation: Int32(CHDF5_ALL_ATTRIBUTES.rawValue), object: question.object)]
            else { return nil }
            var reply = all.reply
            reply.result = Int32(CHDF5_IS_MISSING.rawValue)
            return (reply, [])
        }
        let isOfValues = [CHDF5_READ_NUMBERS, CHDF5_READ_TEXTS].contains { question.operation == Int32($0.rawValue) }
        guard !isOfValues || answer.reply.count == UInt64(count) else { return nil }
        guard let target else { return answer }
        guard target.count == answer.bytes.count else { return nil }
        target.copyBytes(from: answer.bytes)
        return (answer.reply, [])
    }

    /// The library refuses a part of it.
    private func failure(_ reply: chdf5_reply, _ operation: String, _ object: String) -> ResultStoreError {
        if reply.failure != 0 {
            return ResultStoreError(code: reply.failure, operation == "write" ? "write" : "read", object: object, path: path, isOutput: false)
        }
        let words = withUnsafeBytes(of: reply.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ResultStoreError(
            operation == "write" ? .inputOutput : .damaged, operation, object: object, path: path,
            reason: words.isEmpty ? "libhdf5 gives no reason" : words,
            remedy: operation == "read" ? "restore a copy, or have the damaged trials computed again with run and --repair" : "")
    }
}

extension chdf5_reply {
    fileprivate var shape: [Int] {
        withUnsafeBytes(of: lengths) { $0.bindMemory(to: UInt64.self).prefix(Int(rank)).map { Int(clamping: $0) } }
    }
}

extension ElementType {
    fileprivate init?(_ reply: chdf5_reply) {
        self.init(
            class: H5T_class_t(rawValue: reply.type_class), size: Int(clamping: reply.type_size), isSigned: reply.is_signed != 0,
            isVariableText: reply.is_variable_text != 0)
    }

    fileprivate var question: Int32? {
        switch self {
        case .float64: Int32(CHDF5_FLOAT64.rawValue)
        case .int64: Int32(CHDF5_INT64.rawValue)
        case .int32: Int32(CHDF5_INT32.rawValue)
        case .uint8: Int32(CHDF5_UINT8.rawValue)
        case .uint64: Int32(CHDF5_UINT64.rawValue)
        case .text: nil
        }
    }
}
