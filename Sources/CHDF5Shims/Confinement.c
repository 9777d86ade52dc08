#include "Confinement.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

void chdf5_confine(unsigned processor_seconds, unsigned seconds) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifdef IS_SANITIZED
    // A sanitizer's own memory is larger than any limit, and it is slow.
    processor_seconds *= 20;
    seconds *= 20;
#else
    struct rlimit memory = {(rlim_t)4 << 30, (rlim_t)4 << 30};
    setrlimit(RLIMIT_DATA, &memory);
#endif
    struct rlimit time = {processor_seconds, processor_seconds};
    setrlimit(RLIMIT_CPU, &time);
    // Whatever the program does on these signals is not for the child.
    int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU};
    for (unsigned index = 0; index < sizeof fatal / sizeof *fatal; index++) signal(fatal[index], SIG_DFL);
    sigset_t signals;
    sigemptyset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
    alarm(seconds);
}
