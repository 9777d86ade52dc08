import Glibc

/// Standard input, output and error as descriptors that are open.
enum StandardDescriptors {
    /// Opens those that are closed onto `/dev/null`: the next file that the program opens would get their numbers, and
    /// messages would be printed into it. To be called before any file is opened.
    static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest number that is free is this one: those below are open.
            let opened = Glibc.open("/dev/null", O_RDWR)
            if opened != descriptor { _exit(ExitStatus.inputOutput.rawValue) }
        }
    }
}
