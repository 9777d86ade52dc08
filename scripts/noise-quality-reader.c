// Preloaded into dieharder by scripts/noise-quality: dieharder calls fread for every 32-bit word; this one hands the words
// of standard input out of a large buffer and halves dieharder's time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[1 << 16];
static size_t next, end;

size_t fread(void *target, size_t size, size_t count, FILE *stream) {
    static size_t (*original)(void *, size_t, size_t, FILE *);
    if (stream != stdin || size * count != 4) {
        if (!original) original = dlsym(RTLD_NEXT, "fread");
        return original(target, size, count, stream);
    }
    while (end - next < 4) {
        memmove(buffer, buffer + next, end - next);
        end -= next;
        next = 0;
        ssize_t got = read(STDIN_FILENO, buffer + end, sizeof buffer - end);
        // Without words there is no result rather than a wrong one.
        if (got <= 0) _exit(1);
        end += got;
    }
    memcpy(target, buffer + next, 4);
    next += 4;
    return count;
}
