#include "Confinement.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifndef IS_SANITIZED
enum { MOST_MEMORY = 4 /* GiB */ };

// Bytes of data that the process has already: a child begins with all that its parent has.
static rlim_t data_bytes(void) {
    char text[256] = {0};
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    // Sizes in pages: program, resident, shared, text, library, data.
    char *place = text;
    for (int field = 0; field < 5 && length > 0; field++) strtoul(place, &place, 10);
    return length > 0 ? (rlim_t)strtoul(place, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}
#endif

#ifdef IS_SANITIZED
// It is slow.
enum { PATIENCE = 4 };
#else
enum { PATIENCE = 1 };
#endif

unsigned chdf5_clock_limit(unsigned seconds) { return PATIENCE * seconds; }

void chdf5_limit_time(unsigned processor_seconds, unsigned seconds) {
    processor_seconds *= PATIENCE;
    struct rusage used = {0};
    getrusage(RUSAGE_SELF, &used);
    // Whole seconds, to the nearest.
    long tenths = 10 * (used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 100000;
    struct rlimit time = {(rlim_t)(tenths + 5) / 10 + processor_seconds, RLIM_INFINITY};
    struct rlimit now;
    if (getrlimit(RLIMIT_CPU, &now) == 0) {
        time.rlim_max = now.rlim_max;
        if (time.rlim_cur > now.rlim_max) time.rlim_cur = now.rlim_max;
    }
    setrlimit(RLIMIT_CPU, &time);
    alarm(chdf5_clock_limit(seconds));
}

void chdf5_confine(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef IS_SANITIZED
    // A sanitizer's own memory is larger than any limit.
    rlim_t most = data_bytes() + ((rlim_t)MOST_MEMORY << 30);
    struct rlimit memory = {most, most};
    setrlimit(RLIMIT_DATA, &memory);
#endif
    // Whatever the program does on these signals is not for the child.
    int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU};
    for (unsigned index = 0; index < sizeof fatal / sizeof *fatal; index++) signal(fatal[index], SIG_DFL);
    // What asks the program to stop reaches its whole group; the program says when its children end.
    int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE};
    for (unsigned index = 0; index < sizeof requests / sizeof *requests; index++) signal(requests[index], SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
}
