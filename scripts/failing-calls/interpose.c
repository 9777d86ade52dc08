// Makes chosen system calls of a program fail: preload it (LD_PRELOAD) and set
//
//   FAULT=CALL:N:ERROR[:M]   the N-th call of CALL (from 1) and the M - 1 after it fail with the number ERROR; with SHORT
//                            in its place, they transfer half of what was asked for
//   COUNT=FILE               when the program ends, how often each call was made is written there
//   FIXED_TIME=SECONDS       what time() and gettimeofday() say, so that files of two runs can be the same
//
// Opening what is below /proc, /sys, /usr, /etc and /dev is not counted: it is the language's business.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum call {
    PWRITE, FSYNC, FDATASYNC, FTRUNCATE, RENAME, OPEN, WRITE, FALLOCATE, PREAD, READ, CLOSE, UNLINK, MKDIR, FLOCK, FSTAT,
    STAT, LSTAT, CHMOD, STATVFS, SOCKETPAIR, FORK, SEND, RECV, PTHREAD_CREATE, CALLS
};
static const char *names[CALLS] = {
    "pwrite", "fsync", "fdatasync", "ftruncate", "rename", "open", "write", "fallocate", "pread", "read", "close",
    "unlink", "mkdir", "flock", "fstat", "stat", "lstat", "chmod", "statvfs", "socketpair", "fork",
    "send", "recv", "pthread_create",
};
// Shared with the children that read files for the program: their calls count as its own.
static _Atomic int *counts;
static int target = -1, first, last, number, isShort, isReady;
static pid_t own;

static void prepare(void) {
    if (isReady) return;
    isReady = 1;
    counts = mmap(NULL, CALLS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED) abort();
    own = getpid();
    const char *fault = getenv("FAULT");
    if (!fault) return;
    char text[100];
    strncpy(text, fault, sizeof text - 1);
    text[sizeof text - 1] = 0;
    char *call = strtok(text, ":"), *begin = strtok(NULL, ":"), *error = strtok(NULL, ":"), *many = strtok(NULL, ":");
    if (!call || !begin || !error) return;
    for (int index = 0; index < CALLS; index++) {
        if (strcmp(names[index], call) == 0) target = index;
    }
    first = atoi(begin);
    last = first + (many ? atoi(many) : 1);
    isShort = strcmp(error, "SHORT") == 0;
    number = atoi(error);
}

__attribute__((constructor)) static void begin(void) { prepare(); }

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("COUNT");
    if (!path || getpid() != own) return;
    target = -1;
    FILE *file = fopen(path, "w");
    if (!file) return;
    for (int index = 0; index < CALLS; index++) fprintf(file, "%s %d\n", names[index], counts[index]);
    fclose(file);
}

static int fails(enum call call) {
    prepare();
    int count = ++counts[call];
    return (int)call == target && count >= first && count < last;
}

#define REAL(type, name) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)
#define FAIL(call) if (fails(call) && !isShort) { errno = number; return -1; }

#define TRANSFER(name, call, parameters, whole, half) \
    ssize_t name parameters { \
        typedef ssize_t (*call_t) parameters; \
        REAL(call_t, #name); \
        if (!fails(call)) return real whole; \
        if (isShort) return real half; \
        errno = number; \
        return -1; \
    }
TRANSFER(pwrite, PWRITE, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at),
         (file, bytes, size > 1 ? size / 2 : size, at))
TRANSFER(pwrite64, PWRITE, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at),
         (file, bytes, size > 1 ? size / 2 : size, at))
TRANSFER(pread, PREAD, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at),
         (file, bytes, size > 1 ? size / 2 : size, at))
TRANSFER(pread64, PREAD, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at),
         (file, bytes, size > 1 ? size / 2 : size, at))
TRANSFER(write, WRITE, (int file, const void *bytes, size_t size), (file, bytes, size),
         (file, bytes, size > 1 ? size / 2 : size))
TRANSFER(read, READ, (int file, void *bytes, size_t size), (file, bytes, size), (file, bytes, size > 1 ? size / 2 : size))

TRANSFER(send, SEND, (int socket, const void *bytes, size_t size, int flags), (socket, bytes, size, flags),
         (socket, bytes, size > 1 ? size / 2 : size, flags))
TRANSFER(recv, RECV, (int socket, void *bytes, size_t size, int flags), (socket, bytes, size, flags),
         (socket, bytes, size > 1 ? size / 2 : size, flags))

#define SIMPLE(name, call, parameters, arguments) \
    int name parameters { \
        typedef int (*call_t) parameters; \
        REAL(call_t, #name); \
        FAIL(call) \
        return real arguments; \
    }
SIMPLE(fsync, FSYNC, (int file), (file))
SIMPLE(socketpair, SOCKETPAIR, (int domain, int type, int protocol, int ends[2]), (domain, type, protocol, ends))
SIMPLE(fork, FORK, (void), ())
SIMPLE(fdatasync, FDATASYNC, (int file), (file))
SIMPLE(ftruncate, FTRUNCATE, (int file, off_t size), (file, size))
SIMPLE(ftruncate64, FTRUNCATE, (int file, off_t size), (file, size))
SIMPLE(rename, RENAME, (const char *from, const char *to), (from, to))
SIMPLE(fallocate, FALLOCATE, (int file, int mode, off_t at, off_t size), (file, mode, at, size))
SIMPLE(fallocate64, FALLOCATE, (int file, int mode, off_t at, off_t size), (file, mode, at, size))
SIMPLE(unlink, UNLINK, (const char *path), (path))
SIMPLE(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))
SIMPLE(flock, FLOCK, (int file, int operation), (file, operation))
SIMPLE(fstat, FSTAT, (int file, struct stat *info), (file, info))
SIMPLE(stat, STAT, (const char *path, struct stat *info), (path, info))
SIMPLE(lstat, LSTAT, (const char *path, struct stat *info), (path, info))
SIMPLE(chmod, CHMOD, (const char *path, mode_t mode), (path, mode))
SIMPLE(statvfs, STATVFS, (const char *path, struct statvfs *info), (path, info))

// A close that fails has closed.
int close(int file) {
    typedef int (*call_t)(int);
    REAL(call_t, "close");
    int hit = fails(CLOSE), result = real(file);
    if (!hit || isShort) return result;
    errno = number;
    return -1;
}

// Says why by its result, not by errno.
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    typedef int (*call_t)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    REAL(call_t, "pthread_create");
    if (fails(PTHREAD_CREATE) && !isShort) return number;
    return real(thread, attributes, body, argument);
}

static int isForeign(const char *path) {
    static const char *places[] = {"/proc", "/sys", "/usr", "/etc", "/dev"};
    for (unsigned index = 0; index < sizeof places / sizeof *places; index++) {
        if (strncmp(path, places[index], strlen(places[index])) == 0) return 1;
    }
    return 0;
}

typedef int (*open_t)(const char *, int, ...);
int open(const char *path, int flags, ...) {
    REAL(open_t, "open");
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (!isForeign(path)) { FAIL(OPEN) }
    return real(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    REAL(open_t, "open64");
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (!isForeign(path)) { FAIL(OPEN) }
    return real(path, flags, mode);
}

time_t time(time_t *place) {
    typedef time_t (*call_t)(time_t *);
    REAL(call_t, "time");
    const char *fixed = getenv("FIXED_TIME");
    time_t now = fixed ? (time_t)atoll(fixed) : real(NULL);
    if (place) *place = now;
    return now;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    typedef int (*call_t)(struct timeval *restrict, void *restrict);
    REAL(call_t, "gettimeofday");
    const char *fixed = getenv("FIXED_TIME");
    if (!fixed) return real(now, zone);
    *now = (struct timeval){.tv_sec = (time_t)atoll(fixed)};
    return 0;
}
