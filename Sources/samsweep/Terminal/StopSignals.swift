import Glibc
import Synchronization
import TrialContract

/// Turns the signals with which terminals and batch systems end a program into a raised `StopFlag`.
///
/// They are blocked in every thread and taken by one that waits for them, so that nothing runs in a signal handler.
enum StopSignals {
    /// Results are on disk as soon as they are stored: leaving late is never needed to keep them.
    static let patience = 1.7

    private static let signals = [
        (SIGINT, "INT"), (SIGTERM, "TERM"), (SIGHUP, "HUP"), (SIGUSR1, "USR1"), (SIGUSR2, "USR2"),
    ]

    /// To be called before any other thread is started: threads inherit the mask.
    ///
    /// What the process sends itself is no request: a crash handler raises such signals in it.
    ///
    /// - Parameter onStop: hears the signal's name, once, after the flag was raised.
    /// - Throws: where no thread can be started, so that nothing could stop the program.
    static func watch(_ stop: StopFlag, onStop: @escaping @Sendable (String) -> Void) throws {
        let watched = signals.filter { $0.0 != SIGHUP || !isIgnored(SIGHUP) }
        var set = sigset_t()
        sigemptyset(&set)
        for (number, _) in watched {
            signal(number, SIG_DFL)
            sigaddset(&set, number)
        }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        try startThread { [set] in
            var deadline: ContinuousClock.Instant?
            while true {
                guard let number = wait(for: set, until: deadline) else { _exit(ExitStatus.interrupted.rawValue) }
                if deadline != nil {
                    if number == SIGINT { endAtOnce() }
                    continue
                }
                deadline = .now + .seconds(patience)
                stop.raise()
                onStop(signals.first { $0.0 == number }?.1 ?? "\(number)")
            }
        }
    }

    /// The next signal that another process, a terminal or the system sends; `nil` at the deadline.
    private static func wait(for set: sigset_t, until deadline: ContinuousClock.Instant?) -> Int32? {
        var set = set
        while true {
            var info = siginfo_t()
            var number: Int32
            if let deadline {
                let left = ContinuousClock.now.duration(to: deadline)
                guard left > .zero else { return nil }
                var time = timespec(
                    tv_sec: Int(left.components.seconds), tv_nsec: Int(left.components.attoseconds / 1_000_000_000))
                number = sigtimedwait(&set, &info, &time)
            } else {
                number = sigwaitinfo(&set, &info)
            }
            // Interrupted, or the deadline, which is looked at again.
            guard number > 0 else { continue }
            if info._sifields._kill.si_pid != getpid() { return number }
        }
    }

    /// `nohup` starts programs with HUP ignored, and means it.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Ends the way INT ends a program that does not handle it.
    private static func endAtOnce() -> Never {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        kill(getpid(), SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        _exit(130)
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let failure = pthread_create(&thread, &attributes, { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        if failure != 0 {
            box.release()
            throw CommandError.output(
                "no thread can be started: \(String(cString: strerror(failure))); raise the limit of processes (ulimit -u, "
                    + "or the batch system's) and run the same command again")
        }
    }

    private final class ThreadBody: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
