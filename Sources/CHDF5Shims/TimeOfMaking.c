#define _GNU_SOURCE
#include "CHDF5Shims.h"

#include <fcntl.h>
#include <sys/stat.h>

long long chdf5_time_of_making(int file, const char *path) {
    struct statx info;
    int failed = file < 0 ? statx(AT_FDCWD, path, 0, STATX_BTIME, &info) : statx(file, "", AT_EMPTY_PATH, STATX_BTIME, &info);
    if (failed || !(info.stx_mask & STATX_BTIME)) return 0;
    return info.stx_btime.tv_sec * 1000000000LL + info.stx_btime.tv_nsec;
}
