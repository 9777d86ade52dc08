#include "CHDF5Shims.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

size_t chdf5_packed_bound(size_t size) { return compressBound(size); }

size_t chdf5_pack(const unsigned char *bytes, size_t size, size_t element, int level, unsigned char *packed) {
    unsigned char *shuffled = malloc(size);
    if (!shuffled) return 0;
    if (element > 1) {
        size_t count = size / element;
        for (size_t place = 0; place < element; place++) {
            for (size_t index = 0; index < count; index++) {
                shuffled[place * count + index] = bytes[index * element + place];
            }
        }
    } else {
        memcpy(shuffled, bytes, size);
    }
    uLongf length = compressBound(size);
    int result = compress2(packed, &length, shuffled, size, level);
    free(shuffled);
    return result == Z_OK ? length : 0;
}
