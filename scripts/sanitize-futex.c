// Preloaded by scripts/sanitize: Swift's Mutex takes a lock that is held through the kernel (FUTEX_LOCK_PI), from within a
// library that is not instrumented, so that the thread sanitizer does not see it and reports what the lock protects. Here it
// is told. Locks that are free are taken by atomic operations in the program itself, which it sees.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

long syscall(long number, ...) {
    static long (*next)(long, ...);
    if (!next) next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long),
         f = va_arg(list, long);
    va_end(list);
    int operation = number == SYS_futex ? (int)b & FUTEX_CMD_MASK : -1;
    if (operation == FUTEX_UNLOCK_PI && __tsan_release) __tsan_release((void *)a);
    long result = next(number, a, b, c, d, e, f);
    int locks = operation == FUTEX_LOCK_PI || operation == FUTEX_TRYLOCK_PI;
    if (locks && result == 0 && __tsan_acquire) __tsan_acquire((void *)a);
    return result;
}
