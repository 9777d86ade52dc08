#define _GNU_SOURCE
#include "CHDF5Shims.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

// A file driver of libhdf5 that keeps the number of every system call that fails.
//
// Why not the library's own: an error of a write that is held back until an object is closed never reaches the caller,
// and a file that cannot be written cannot be closed, so that the library crashes when the program ends. Here a failed
// write is kept with the file, and the library is told that it went well, as all later ones, which are not done any
// more: it stays in good order, and whoever wrote the file asks for the number before the file is used. A failed read
// is told to the library, which fails, and its number is kept, so that a disk's failure is not taken for damage.
// Interrupted calls are made again, short ones continued. Nothing but regular files is opened.

struct checked_file {
    H5FD_t base;
    int descriptor;
    haddr_t allocated, length;
    dev_t device;
    ino_t inode;
    // Numbers of errors: of the first write that failed, of the last read that failed.
    int write_failure, read_failure;
};

// Of the last call to open or close a file. The library is used by one thread at a time.
static int open_failure, close_failure;

static struct checked_file *of(const H5FD_t *file) { return (struct checked_file *)file; }

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most) {
    (void)access;
    (void)most;
    int how = (flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK;
    if (flags & H5F_ACC_TRUNC) how |= O_TRUNC;
    if (flags & H5F_ACC_CREAT) how |= O_CREAT | O_NOFOLLOW;
    if (flags & H5F_ACC_EXCL) how |= O_EXCL;
    int descriptor;
    do {
        descriptor = open(name, how, 0666);
    } while (descriptor < 0 && errno == EINTR);
    open_failure = descriptor < 0 ? errno : 0;
    if (descriptor < 0) return NULL;
    struct stat info;
    struct checked_file *file = NULL;
    if (fstat(descriptor, &info) != 0) {
        open_failure = errno;
    } else if (!S_ISREG(info.st_mode)) {
        open_failure = ENXIO;
    } else if (!(file = calloc(1, sizeof *file))) {
        open_failure = ENOMEM;
    }
    if (!file) {
        close(descriptor);
        return NULL;
    }
    file->descriptor = descriptor;
    file->length = (haddr_t)info.st_size;
    file->device = info.st_dev;
    file->inode = info.st_ino;
    return &file->base;
}

static herr_t close_file(H5FD_t *base) {
    struct checked_file *file = of(base);
    // An interrupted close has closed.
    if (close(file->descriptor) != 0 && errno != EINTR && !file->write_failure) file->write_failure = errno;
    close_failure = file->write_failure;
    // A file whose beginning cannot be read is closed before the caller sees it.
    if (!open_failure) open_failure = file->read_failure;
    free(file);
    return 0;
}

static int compare_files(const H5FD_t *first, const H5FD_t *second) {
    const struct checked_file *a = of(first), *b = of(second);
    if (a->device != b->device) return a->device < b->device ? -1 : 1;
    return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

static herr_t features(const H5FD_t *file, unsigned long *flags) {
    (void)file;
    if (flags) {
        *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
            | H5FD_FEAT_AGGREGATE_SMALLDATA;
    }
    return 0;
}

static haddr_t get_allocated(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return of(file)->allocated;
}

static herr_t set_allocated(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
    (void)type;
    of(file)->allocated = address;
    return 0;
}

static haddr_t get_length(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return of(file)->length;
}

static herr_t get_failure_place(H5FD_t *file, hid_t access, void **place) {
    (void)access;
    *place = of(file);
    return 0;
}

static herr_t read_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *bytes) {
    (void)type;
    (void)transfer;
    struct checked_file *file = of(base);
    if (address > (haddr_t)INT64_MAX || size > (size_t)((haddr_t)INT64_MAX - address)) return -1;
    char *place = bytes;
    while (size > 0) {
        ssize_t count = pread(file->descriptor, place, size, (off_t)address);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            file->read_failure = errno;
            return -1;
        }
        if (count == 0) {
            // As the library's own driver: what was allocated and never written reads 0.
            memset(place, 0, size);
            return 0;
        }
        place += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    return 0;
}

static herr_t write_bytes(
    H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *bytes) {
    (void)type;
    (void)transfer;
    struct checked_file *file = of(base);
    const char *place = bytes;
    while (size > 0 && !file->write_failure) {
        ssize_t count = pwrite(file->descriptor, place, size, (off_t)address);
        if (count > 0) {
            place += count;
            address += (haddr_t)count;
            size -= (size_t)count;
            if (address > file->length) file->length = address;
        } else if (count == 0 || errno != EINTR) {
            file->write_failure = count == 0 ? ENOSPC : errno;
        }
    }
    return 0;
}

static herr_t truncate_file(H5FD_t *base, hid_t transfer, hbool_t closing) {
    (void)transfer;
    (void)closing;
    struct checked_file *file = of(base);
    if (file->allocated == file->length || file->write_failure) return 0;
    int result;
    do {
        result = ftruncate(file->descriptor, (off_t)file->allocated);
    } while (result != 0 && errno == EINTR);
    if (result != 0) file->write_failure = errno;
    else file->length = file->allocated;
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 2)
    .version = H5FD_CLASS_VERSION,
    // Of the range for drivers that are nobody else's.
    .value = (H5FD_class_value_t)511,
#endif
    .name = "samsweep",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_WEAK,
    .open = open_file,
    .close = close_file,
    .cmp = compare_files,
    .query = features,
    .get_eoa = get_allocated,
    .set_eoa = set_allocated,
    .get_eof = get_length,
    .get_handle = get_failure_place,
    .read = read_bytes,
    .write = write_bytes,
    .truncate = truncate_file,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

void chdf5_prepare(void) { H5dont_atexit(); }

herr_t chdf5_use_checked_driver(hid_t access) {
    static hid_t registered = -1;
    if (registered < 0) registered = H5FDregister(&driver);
    if (registered < 0) return -1;
    open_failure = 0;
    return H5Pset_driver(access, registered, NULL);
}

static struct checked_file *file_of(hid_t id) {
    void *place = NULL;
    return H5Fget_vfd_handle(id, H5P_DEFAULT, &place) < 0 ? NULL : place;
}

int chdf5_open_failure(void) { return open_failure; }

int chdf5_write_failure(hid_t id) {
    const struct checked_file *file = file_of(id);
    return file ? file->write_failure : 0;
}

int chdf5_take_read_failure(hid_t id) {
    struct checked_file *file = file_of(id);
    int code = file ? file->read_failure : 0;
    if (file) file->read_failure = 0;
    return code;
}

herr_t chdf5_close_file(hid_t id, int *failure) {
    close_failure = 0;
    int before = chdf5_write_failure(id);
    herr_t result = H5Fclose(id);
    *failure = before ? before : close_failure;
    return result;
}
