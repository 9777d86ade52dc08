#include "Confinement.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

void chdf5_confine(unsigned long processor_seconds, unsigned seconds) {
    struct rlimit none = {0, 0}, memory = {(rlim_t)4 << 30, (rlim_t)4 << 30};
    struct rlimit time = {processor_seconds, processor_seconds};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CPU, &time);
    int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU};
    for (unsigned index = 0; index < sizeof fatal / sizeof *fatal; index++) signal(fatal[index], SIG_DFL);
    sigset_t signals;
    sigemptyset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
    alarm(seconds);
}
