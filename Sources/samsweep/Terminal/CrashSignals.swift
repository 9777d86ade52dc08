import Glibc

/// Signals of crashes that another process sends end the program, as they end one without a crash handler.
///
/// Swift's crash handler, where the toolchain is installed, prints where the program was and returns: a fault is then met
/// again and ends the program, but a signal that was only sent is forgotten.
enum CrashSignals {
    private static let numbers = [SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP]
    /// What was there before, by number; read inside a signal handler, so that it lies still.
    nonisolated(unsafe) private static let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

    /// To be called before any other thread is started.
    static func endWhenSent() {
        var set = sigset_t()
        sigemptyset(&set)
        defer { pthread_sigmask(SIG_UNBLOCK, &set, nil) }
        for number in numbers {
            sigaction(number, nil, earlier + Int(number))
            let handler = unsafeBitCast(earlier[Int(number)].__sigaction_handler.sa_handler, to: Int.self)
            // Without a handler the signal ends the program, also where the one who started it does not hear it.
            if handler == 1 { signal(number, SIG_DFL) }
            sigaddset(&set, number)
            guard handler != 0, handler != 1 else { continue }
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | SA_ONSTACK
            action.__sigaction_handler.sa_sigaction = { number, info, _ in
                let isSent = info.map { $0.pointee.si_code <= 0 && $0.pointee._sifields._kill.si_pid != getpid() } ?? false
                if isSent {
                    signal(number, SIG_DFL)
                } else {
                    sigaction(number, CrashSignals.earlier + Int(number), nil)
                }
                // A fault is met again when this returns; what was sent is sent once more.
                if info.map({ $0.pointee.si_code <= 0 }) ?? true { raise(number) }
            }
            sigaction(number, &action, nil)
        }
    }
}
