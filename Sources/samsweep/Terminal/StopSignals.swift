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
    /// - Parameter onStop: hears the signal's name, once, after the flag was raised.
    static func watch(_ stop: StopFlag, onStop: @escaping @Sendable (String) -> Void) {
        let watched = signals.filter { $0.0 != SIGHUP || !isIgnored(SIGHUP) }
        var set = sigset_t()
        sigemptyset(&set)
        for (number, _) in watched {
            signal(number, SIG_DFL)
            sigaddset(&set, number)
        }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        startThread { [set] in
            var set = set
            var hasStopped = false
            while true {
                var number: Int32 = 0
                guard sigwait(&set, &number) == 0 else { return }
                if hasStopped {
                    if number == SIGINT { endAtOnce() }
                    continue
                }
                hasStopped = true
                stop.raise()
                onStop(signals.first { $0.0 == number }?.1 ?? "\(number)")
                startThread {
                    usleep(useconds_t(patience * 1e6))
                    _exit(ExitStatus.interrupted.rawValue)
                }
            }
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

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
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
        if failure != 0 { box.release() }
        pthread_attr_destroy(&attributes)
    }

    private final class ThreadBody: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
