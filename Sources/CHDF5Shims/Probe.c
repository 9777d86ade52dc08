#include "CHDF5Shims.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// A damaged file makes libhdf5 crash, loop or allocate without end. So a file that may be damaged is first read in a
// child process, where none of that hurts.

enum { LARGEST_READ = 1 << 20, PROCESSOR_SECONDS = 1 };

static void *allocate(size_t size) { return size > 0 && size <= LARGEST_READ ? malloc(size) : NULL; }

static herr_t read_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
    (void)info;
    (void)context;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return -1;
    hid_t stored = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hid_t type = stored < 0 ? -1 : H5Tget_native_type(stored, H5T_DIR_ASCEND);
    hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    herr_t result = -1;
    if (type >= 0 && count >= 0 && count < LARGEST_READ) {
        void *bytes = allocate(H5Tget_size(type) * (size_t)(count > 0 ? count : 1));
        if (bytes) result = H5Aread(attribute, type, bytes);
        free(bytes);
    }
    return result < 0 ? -1 : 0;
}

static int read_dataset(hid_t dataset) {
    hid_t stored = H5Dget_type(dataset), space = H5Dget_space(dataset);
    if (stored < 0 || space < 0) return -1;
    hid_t type = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    if (type < 0 || count < 0) return -1;
    // Coordinates and texts; the trials' rows are read elsewhere.
    if (count > LARGEST_READ / (hssize_t)H5Tget_size(type)) return 0;
    void *bytes = allocate(H5Tget_size(type) * (size_t)(count > 0 ? count : 1));
    int result = bytes ? H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) : -1;
    free(bytes);
    return result;
}

static herr_t read_link(const char *name, void *context);

static int read_object(hid_t object) {
    hsize_t index = 0;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &index, read_attribute, NULL) < 0) return -1;
    H5I_type_t type = H5Iget_type(object);
    if (type == H5I_DATASET) return read_dataset(object);
    return type == H5I_GROUP ? chdf5_each_link(object, read_link, &object) : 0;
}

static herr_t read_link(const char *name, void *context) {
    hid_t child = H5Oopen(*(hid_t *)context, name, H5P_DEFAULT);
    if (child < 0) return -1;
    int result = read_object(child);
    H5Oclose(child);
    return result < 0 ? -1 : 0;
}

static int read_file(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    chdf5_silence();
    chdf5_disable_file_locking(access);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (file < 0) return -1;
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
    return root < 0 ? -1 : read_object(root);
}

int chdf5_start_probe(const char *path, unsigned seconds) {
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0}, memory = {(rlim_t)8 << 30, (rlim_t)8 << 30}, time = {PROCESSOR_SECONDS, PROCESSOR_SECONDS};
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_DATA, &memory);
        setrlimit(RLIMIT_CPU, &time);
        // Whatever the program does on these signals is not for the child.
        int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU};
        for (unsigned index = 0; index < sizeof fatal / sizeof *fatal; index++) signal(fatal[index], SIG_DFL);
        sigset_t signals;
        sigemptyset(&signals);
        sigprocmask(SIG_SETMASK, &signals, NULL);
        alarm(seconds);
        _exit(read_file(path) < 0 ? 1 : 0);
    }
    return child;
}

int chdf5_finish_probe(int child) {
    if (child < 0) return -1;
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    if (WIFSIGNALED(status)) return WTERMSIG(status);
    return WEXITSTATUS(status) == 0 ? 0 : -1;
}
