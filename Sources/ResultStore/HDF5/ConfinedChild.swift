import CHDF5
import CHDF5Shims
import Glibc

/// A process that reads an HDF5 file and answers questions about it.
///
/// Nothing it says is believed: an answer has one of the forms that there are and comes within a time on this process's own
/// clock, and whatever a child does, it can be ended.
struct ConfinedChild {
    typealias Answer = (reply: chdf5_reply, bytes: [UInt8])

    private var path: String
    /// Why the file may be damaged, in a sentence's second half; empty where nothing is known.
    private let suspicion: String
    private let seconds: UInt32
    /// Bytes of the file: more of them may take longer.
    private var size: Int
    private let process: Int32
    private let socket: Int32
    /// Why it does not answer any more.
    private var end: ResultStoreError?

    /// - Parameters:
    ///   - suspicion: why the file may be damaged; empty where nothing is known.
    ///   - seconds: on the clock, that an answer may take; those about large files have more.
    /// - Throws: `inputOutput` where no process can be had.
    static func start(_ path: String, suspicion: String = "", isWritable: Bool = false, seconds: UInt32) throws -> ConfinedChild {
        var socket: Int32 = -1
        let process = HDF5Library.exclusively { chdf5_start_reader(path, isWritable ? 1 : 0, seconds, &socket) }
        guard process >= 0 else {
            throw ResultStoreError(code: errno, "start a process to read", path: path, isOutput: false)
        }
        return ConfinedChild(path: path, suspicion: suspicion, seconds: seconds, process: process, socket: socket)
    }

    /// - Parameter process: a child of this one, at the other end of `socket`; both are given up to this one.
    init(path: String, suspicion: String, seconds: UInt32, process: Int32, socket: Int32) {
        self.path = path
        self.suspicion = suspicion
        self.seconds = seconds
        self.process = process
        self.socket = socket
        size = (try? Paths.size(path)) ?? 0
    }

    /// To be called once it is not asked any more.
    mutating func stop() {
        if end == nil { _ = finish(damaged("it is read no more")) }
    }

    /// What it says first: whether it could open the file.
    ///
    /// - Throws: `damaged` where the library refuses it; `inputOutput`.
    mutating func requireOpen() throws {
        let opened = try answer(nil, most: 0)
        if opened.reply.result != 0 { throw refusal(opened.reply) }
    }

    /// Has it close its file and open another one, about which it is asked from now on.
    ///
    /// Only for one that is no more than idle where it fails: what an earlier file has done to it is not known, so whatever goes
    /// wrong is nobody's fault but its own.
    mutating func open(_ other: String) throws {
        var request = chdf5_request()
        request.operation = Int32(CHDF5_OPEN_OTHER.rawValue)
        guard withUnsafeMutableBytes(of: &request.object, { Self.put(other, $0) }) else { throw nonsense() }
        path = other
        size = (try? Paths.size(other)) ?? 0
        let opened = try answer(request, most: 0)
        if opened.reply.result != 0 { throw finish(refusal(opened.reply)) }
    }

    /// Puts a text into a request; false where there is no room for it.
    static func put(_ text: String, _ place: UnsafeMutableRawBufferPointer) -> Bool {
        guard text.utf8.count < place.count, !text.utf8.contains(0) else { return false }
        place.copyBytes(from: text.utf8)
        return true
    }

    /// The library refuses the file as a whole.
    func refusal(_ reply: chdf5_reply) -> ResultStoreError {
        reply.failure != 0
            ? ResultStoreError(code: reply.failure, "read", path: path, isOutput: false) : damaged("libhdf5 cannot read it")
    }

    /// - Parameters:
    ///   - request: `nil` to hear what it says first.
    ///   - target: what the value has to fill exactly; without one it is returned.
    ///   - most: bytes of a value that is returned.
    /// - Returns: a reply of 0, of `chdf5_result`, or a negative one where the library fails; a value with 0 only.
    mutating func answer(
        _ request: chdf5_request?, into target: UnsafeMutableRawBufferPointer? = nil, most: Int
    ) throws -> Answer {
        if let end { throw end }
        let patience = chdf5_patience(seconds, Double(size) + 8 * Self.values(request))
        var reply = chdf5_reply()
        let outcome = request.map { withUnsafePointer(to: $0) { chdf5_ask(socket, $0, &reply, patience) } }
            ?? chdf5_ask(socket, nil, &reply, patience)
        if outcome != 0 { throw silence(outcome) }
        let known = [0, Int32(CHDF5_IS_MISSING.rawValue), Int32(CHDF5_IS_NO_DATASET.rawValue)]
        guard reply.result < 0 || known.contains(reply.result) && Self.hasForm(reply), reply.result == 0 || reply.size == 0 else {
            throw nonsense()
        }
        guard reply.result == 0 else { return (reply, []) }
        guard target.map({ reply.size == UInt64($0.count) }) ?? (reply.size <= UInt64(most)) else {
            throw finish(damaged("a part of it is of another length than it says"))
        }
        var bytes = [UInt8](repeating: 0, count: target == nil ? Int(reply.size) : 0)
        let received = target.map { chdf5_receive(socket, $0.baseAddress, $0.count, patience) }
            ?? bytes.withUnsafeMutableBytes { chdf5_receive(socket, $0.baseAddress, $0.count, patience) }
        if received != 0 { throw silence(received) }
        return (reply, bytes)
    }

    /// It is ended for what it has said.
    mutating func nonsense() -> ResultStoreError { finish(damaged("what libhdf5 makes of it contradicts itself")) }

    /// Whether it can be true: a grid has as many values as its lengths say.
    static func hasForm(_ reply: chdf5_reply) -> Bool {
        guard (0...Int32(H5S_MAX_RANK)).contains(reply.rank) else { return false }
        guard reply.is_simple != 0 else { return reply.rank == 0 }
        let lengths = withUnsafeBytes(of: reply.lengths) { $0.bindMemory(to: UInt64.self).prefix(Int(reply.rank)).map { $0 } }
        var count: UInt64 = 1
        for length in lengths {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            if overflows { return false }
            count = product
        }
        return reply.count == count
    }

    /// Of a box.
    private static func values(_ request: chdf5_request?) -> Double {
        guard var request, request.rank > 0 else { return 0 }
        return withUnsafeBytes(of: &request.counts) {
            $0.bindMemory(to: UInt64.self).prefix(Int(request.rank)).reduce(1) { $0 * Double($1) }
        }
    }

    // MARK: - The end

    /// Ends it, for a reason that everybody hears who asks on.
    private mutating func finish(_ reason: ResultStoreError) -> ResultStoreError {
        chdf5_end_reader(process, socket)
        end = reason
        return reason
    }

    /// It has given no answer.
    private mutating func silence(_ outcome: Int32) -> ResultStoreError {
        let outcome = outcome == CHDF5_IS_LATE.rawValue ? SIGALRM : chdf5_end_reader(process, socket)
        let error = reason(outcome)
        if outcome == SIGALRM, end == nil { return finish(error) }
        end = error
        return error
    }

    /// - Parameter outcome: the signal that ended it, 0 where it went of its own accord.
    private func reason(_ outcome: Int32) -> ResultStoreError {
        switch outcome {
        case SIGALRM:
            // Its processor time ends one that goes in circles; the clock ends what waits, and that is not the file's fault.
            failed("a look at it has not ended after \(seconds) s or more on the clock",
                   "the machine or the file system is busy: run the same command again")
        case SIGKILL:
            failed("the process that reads it was killed, as the system does where memory is short",
                   "run the same command again, with more memory where that does not help")
        case 0: failed("the process that reads it has ended without an answer", "run the same command again")
        case ..<0: damaged("libhdf5 cannot read it")
        default: damaged("libhdf5 crashes on it or does not come to an end (\(String(cString: strsignal(outcome))))")
        }
    }

    private func failed(_ reason: String, _ remedy: String) -> ResultStoreError {
        ResultStoreError(.inputOutput, "read", path: path, reason: reason, remedy: remedy)
    }

    private func damaged(_ detail: String) -> ResultStoreError {
        ResultStoreError(
            .damaged, "read", path: path, reason: detail + (suspicion.isEmpty ? "" : ", and \(suspicion)"),
            remedy: ResultStoreError.remedyOfDamage)
    }
}
