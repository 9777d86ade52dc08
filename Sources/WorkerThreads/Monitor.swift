import Glibc

/// A lock one can wait at. `Synchronization.Mutex` has no condition variable, and Foundation's costs start-up time.
///
/// Unchecked: the state is only reached inside `withLock`.
public final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    public init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    public func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Changes the state and wakes everyone who waits for a change.
    public func update(_ body: (inout State) -> Void) {
        withLock(body)
        pthread_cond_broadcast(condition)
    }

    /// Asks `attempt` again after every update until it has an answer. The access to the state ends before each wait,
    /// so that the compiler may not assume it unchanged across one.
    public func waitFor<Answer>(_ attempt: (inout State) -> Answer?) -> Answer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let answer = attempt(&state) { return answer }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// The same, but gives up when so many seconds have passed.
    public func waitFor<Answer>(atMost seconds: Double, _ attempt: (inout State) -> Answer?) -> Answer? {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = Int(min(seconds, 1e9) * 1e9) + deadline.tv_nsec
        deadline.tv_sec += nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let answer = attempt(&state) { return answer }
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return attempt(&state) }
        }
    }
}
