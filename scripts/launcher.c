/* Starts the packaged samsweep: runs lib/samsweep.bin beside this program with the loader and the libraries that travel
 * with it, whatever the machine has. Linked statically, so it needs nothing itself.
 *
 * The loader is called lib/samsweep, which is what process lists show. SAMSWEEP_PROGRAM tells the program where this
 * launcher is: job scripts name it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what) {
    fprintf(stderr, "samsweep: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char **argv) {
    char self[PATH_MAX];
    if (argc < 1) return 1;
    /* /proc is missing in bare root file systems; the name it was called by is the next best. */
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) self[length] = 0;
    else if (!strchr(argv[0], '/') || !realpath(argv[0], self)) return fail("cannot find its own folder");

    char folder[PATH_MAX];
    strcpy(folder, self);
    *strrchr(folder, '/') = 0;
    char loader[PATH_MAX + 32], libraries[PATH_MAX + 32], program[PATH_MAX + 32];
    snprintf(loader, sizeof loader, "%s/lib/samsweep", folder);
    snprintf(libraries, sizeof libraries, "%s/lib", folder);
    snprintf(program, sizeof program, "%s/lib/samsweep.bin", folder);
    if (setenv("SAMSWEEP_PROGRAM", self, 1)) return fail("setenv");

    char **arguments = calloc((size_t)argc + 8, sizeof *arguments);
    if (!arguments) return fail("calloc");
    char **next = arguments;
    *next++ = loader;
    *next++ = "--library-path";
    *next++ = libraries;
    *next++ = "--argv0";
    *next++ = argv[0];
    *next++ = program;
    for (int i = 1; i < argc; i++) *next++ = argv[i];
    execv(loader, arguments);
    return fail(loader);
}
