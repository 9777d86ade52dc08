import Glibc
import Synchronization

/// Threads for work, with which a program that may have no more goes on with those it has.
///
/// Dispatch, asked for work on another thread, tries for ever to start one where a limit of processes forbids it. Here a
/// thread that cannot be started is an answer.
public enum WorkerThreads {
    /// Starts a thread that ends with `body`.
    ///
    /// - Returns: 0, or the number of the error.
    public static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Kernels keep lanes of vectors on the stack.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let failure = pthread_create(&thread, &attributes, { argument in
            guard let argument else { return nil }
            Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        if failure != 0 { box.release() }
        return failure
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Processors of the machine that are switched on.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Calls `body` once with each number of 0 ..< `count`, on at most `threads` threads of which the caller is one, and
    /// returns when all calls have. Fewer threads than asked for, where there are no more, change nothing else.
    public static func perform(_ count: Int, threads: Int = processorCount, _ body: @Sendable (Int) -> Void) {
        guard count > 0 else { return }
        withoutActuallyEscaping(body) { body in
            let work = SharedWork(count, body)
            for _ in 1..<max(1, min(threads, count)) {
                work.running.update { $0 += 1 }
                guard start({ work.perform(); work.running.update { $0 -= 1 } }) == 0 else {
                    work.running.update { $0 -= 1 }
                    break
                }
            }
            work.perform()
            work.running.waitFor { $0 == 0 ? () : nil }
            work.forget()
        }
    }

    /// Numbers that threads take one after the other.
    private final class SharedWork: Sendable {
        private let next = Atomic(0)
        private let count: Int
        private let body: Mutex<(@Sendable (Int) -> Void)?>
        let running = Monitor(0)

        init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = Mutex(body)
        }

        func perform() {
            guard let body = body.withLock({ $0 }) else { return }
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index)
            }
        }

        /// The body does not outlive the call.
        func forget() { body.withLock { $0 = nil } }
    }
}
