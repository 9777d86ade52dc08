// Preloaded by scripts/sanitize: Swift's Mutex takes a lock that is held through the kernel (FUTEX_LOCK_PI), from within a
// library that is not instrumented, so that the thread sanitizer does not see it and reports what the lock protects. Here it
// is told. Locks that are free are taken by atomic operations in the program itself, which it sees; one that becomes free
// while the library waits for it a thousand times around is taken by such an operation in the library, which it does not.
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

#ifdef __x86_64__
// Synchronization._MutexHandle._lockSlow(UInt32): the lock's address in r13, as Swift passes self, the thread in edi.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"

__attribute__((used)) static void *next_lock_slow(void) {
    static void *next;
    if (!next) next = dlsym(RTLD_NEXT, LOCK_SLOW);
    return next;
}

__attribute__((used)) static void taken(void *lock) {
    if (__tsan_acquire) __tsan_acquire(lock);
}

__asm__(".text\n.globl \"" LOCK_SLOW "\"\n.type \"" LOCK_SLOW "\", @function\n\"" LOCK_SLOW "\":\n"
        "push %rbp\nmov %rsp, %rbp\npush %r13\npush %rdi\n"
        "call next_lock_slow\n"
        "mov -16(%rbp), %rdi\nmov -8(%rbp), %r13\ncall *%rax\n"
        "mov -8(%rbp), %rdi\ncall taken\n"
        "mov -8(%rbp), %r13\nmov %rbp, %rsp\npop %rbp\nret\n");
#endif
