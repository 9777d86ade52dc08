#define _GNU_SOURCE
#include "CHDF5Shims.h"

#include <errno.h>
#include <fcntl.h>

int chdf5_reserve(int file, long long offset, long long length) {
    int result;
    do {
        result = fallocate(file, 0, offset, length) == 0 ? 0 : errno;
    } while (result == EINTR);
    return result;
}
