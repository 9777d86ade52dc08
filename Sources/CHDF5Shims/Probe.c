#include "Probe.h"
#include "CHDF5Shims.h"

#include <stdlib.h>
#include <string.h>

// A damaged file makes libhdf5 crash, loop or allocate without end, and whoever makes one on purpose makes its checksums
// right as well. So every file is first read as a whole in the child process that reads it for the program, where none of
// that hurts: damage is told before anything is made of a part of the file.

enum {
    LARGEST_READ = 1 << 20,
    LARGEST_PIECE = 64 << 20,
    // Of variable length: as many as are read later.
    MOST_TEXTS = 1 << 20,
    // Objects of a file.
    MOST_OBJECTS = 100000
};

static long objects;
// Whether also large datasets that are packed are unpacked; if not, their chunks are only looked up.
static int is_thorough;
static hsize_t file_bytes;
static const struct chdf5_looker *hearer;
// Of the object that is looked at; one with a longer path is looked at, too, but nobody hears of it.
static char object_path[1024];
static size_t path_length;

static int is_heard(void) { return path_length < sizeof object_path; }

static const char *heard_path(void) { return path_length == 0 ? "/" : object_path; }

// Room for values; NULL where there is none.
//
// What the library allocates for those of variable length is never given back: a damaged file can make it hand out pointers to what
// it has not allocated. A process reads a limited number of files.
static void *kept(hid_t type, hssize_t count) { return calloc((size_t)count, H5Tget_size(type)); }

static int try_attribute(hid_t attribute) {
    hid_t stored = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hid_t type = stored < 0 ? -1 : H5Tget_native_type(stored, H5T_DIR_ASCEND);
    hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    int result = type < 0 || count < 0 || H5Tget_size(type) == 0 ? -1 : 0;
    // A larger one is none of a result's, and is not read.
    if (result == 0 && count > 0 && count <= LARGEST_READ / (hssize_t)H5Tget_size(type)) {
        void *values = kept(type, count);
        result = values ? H5Aread(attribute, type, values) : -1;
        free(values);
    }
    if (type >= 0) H5Tclose(type);
    if (stored >= 0) H5Tclose(stored);
    if (space >= 0) H5Sclose(space);
    return result < 0 ? -1 : 0;
}

static herr_t read_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
    (void)info;
    (void)context;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return -1;
    int isRead = is_heard() && hearer->attribute(attribute, heard_path(), name, hearer->context);
    int result = isRead ? 0 : try_attribute(attribute);
    H5Aclose(attribute);
    return result;
}

// All values, a run of the first dimension at a time.
static int read_pieces(hid_t dataset, hid_t type, hid_t space, hssize_t count) {
    hsize_t lengths[H5S_MAX_RANK], starts[H5S_MAX_RANK] = {0}, counts[H5S_MAX_RANK];
    int rank = H5Sget_simple_extent_dims(space, lengths, NULL);
    if (rank < 1) return -1;
    double row = (double)H5Tget_size(type) * (double)count / (double)lengths[0];
    if (row > LARGEST_PIECE) return 0;
    hsize_t most = (hsize_t)(LARGEST_PIECE / row);
    void *bytes = malloc(LARGEST_PIECE);
    int result = bytes ? 0 : -1;
    for (int index = 1; index < rank; index++) counts[index] = lengths[index];
    for (hsize_t first = 0; first < lengths[0] && result == 0; first += counts[0]) {
        starts[0] = first;
        counts[0] = lengths[0] - first < most ? lengths[0] - first : most;
        hid_t memory = H5Screate_simple(rank, counts, NULL);
        if (memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, starts, NULL, counts, NULL) < 0
            || H5Dread(dataset, type, memory, space, H5P_DEFAULT, bytes) < 0) result = -1;
        H5Sclose(memory);
    }
    free(bytes);
    return result;
}

// What a look at the index of chunks says, beside 0 and -1.
enum { MUST_BE_READ = 1, IS_BOMB = -2, MOST_CHUNKS = 1 << 22, LARGEST_CHUNK = 1 << 20, LEAST_OF_A_CHUNK = 8 };

// Goes through the whole index, which may be damaged, and compares what each chunk takes with what it can: deflate makes a
// thousand times as much of a few bytes, and of larger chunks too much.
static int look_up_chunks(hid_t dataset, hid_t type, hid_t space) {
#if H5_VERSION_GE(1, 10, 2)
    hsize_t lengths[H5S_MAX_RANK], chunk[H5S_MAX_RANK], place[H5S_MAX_RANK] = {0};
    hid_t creation = H5Dget_create_plist(dataset);
    int rank = H5Sget_simple_extent_dims(space, lengths, NULL);
    int has_chunks = creation >= 0 && H5Pget_chunk(creation, H5S_MAX_RANK, chunk) == rank;
    if (creation >= 0) H5Pclose(creation);
    if (rank < 1 || !has_chunks) return -1;
    double chunks = 1, bytes = (double)H5Tget_size(type);
    for (int index = 0; index < rank; index++) {
        if (chunk[index] == 0) return -1;
        chunks *= (double)((lengths[index] + chunk[index] - 1) / chunk[index]);
        bytes *= (double)chunk[index];
    }
    // Each takes its place in the index at least: a small file that says it has millions would only take time.
    if (chunks > (double)file_bytes / LEAST_OF_A_CHUNK) return IS_BOMB;
    if (chunks > MOST_CHUNKS || bytes > LARGEST_CHUNK) return MUST_BE_READ;
    for (int dimension = 0; dimension >= 0;) {
        // Looked up alone; what else the library tells of a chunk, it finds by going through all of them, for each.
        hsize_t size = 0;
        if (H5Dget_chunk_storage_size(dataset, place, &size) < 0) return -1;
        if ((double)size > 2 * bytes + 4096) return IS_BOMB;
        // The next place, the last dimension first.
        for (dimension = rank - 1; dimension >= 0; dimension--) {
            place[dimension] += chunk[dimension];
            if (place[dimension] < lengths[dimension]) break;
            place[dimension] = 0;
        }
    }
    return 0;
#else
    return MUST_BE_READ;
#endif
}

// Leaves values that are few in `looked`, with the type that they are read as in `type`.
static int read_values(struct chdf5_looked *looked, int is_packed, hid_t *type) {
    hid_t dataset = looked->dataset;
    *type = H5Tget_native_type(looked->type, H5T_DIR_ASCEND);
    hssize_t count = H5Sget_simple_extent_npoints(looked->space);
    if (*type < 0 || count < 0 || H5Tget_size(*type) == 0) return -1;
    int isText = H5Tis_variable_str(*type) > 0;
    int result = is_packed ? look_up_chunks(dataset, looked->type, looked->space) : 0;
    hssize_t most = isText ? MOST_TEXTS : LARGEST_READ / (hssize_t)H5Tget_size(*type);
    if (result != IS_BOMB && count > 0 && count <= most) {
        looked->values = kept(*type, count);
        result = looked->values && H5Dread(dataset, *type, H5S_ALL, H5S_ALL, H5P_DEFAULT, looked->values) >= 0 ? 0 : -1;
        if (result < 0) {
            free(looked->values);
            looked->values = NULL;
        }
    } else if (count > 0 && is_packed && (result == MUST_BE_READ || (result == 0 && is_thorough))
               && H5Tdetect_class(*type, H5T_VLEN) <= 0 && !isText) {
        // What lies in one piece is read past the library.
        result = read_pieces(dataset, *type, looked->space, count);
    }
    // Chunks that are refused without a crash will be refused so again, and are for the program to repair.
    return is_packed && result != IS_BOMB ? 0 : result;
}

static int read_dataset(hid_t dataset) {
    static char scales[H5S_MAX_RANK * CHDF5_LONGEST_NAME];
    int isPacked = 0, result = -1;
    hid_t type = -1;
    struct chdf5_looked looked = {.dataset = dataset, .scales = scales};
    looked.storage = chdf5_storage(dataset, &looked.filter, &isPacked);
    if (looked.storage < 0) return -1;
    looked.type = H5Dget_type(dataset);
    looked.space = H5Dget_space(dataset);
    int rank = looked.space < 0 ? -1 : H5Sget_simple_extent_ndims(looked.space);
    long length = looked.type < 0 || rank < 0 ? -1 : chdf5_scale_names(dataset, (unsigned)rank, scales);
    if (length >= 0) {
        looked.scale_bytes = (size_t)length;
        // What is stored otherwise is not read later, either.
        result = looked.storage == CHDF5_STORAGE_PLAIN ? read_values(&looked, isPacked, &type) : 0;
    }
    if (result == 0 && is_heard()) hearer->dataset(&looked, heard_path(), hearer->context);
    free(looked.values);
    if (type >= 0) H5Tclose(type);
    if (looked.type >= 0) H5Tclose(looked.type);
    if (looked.space >= 0) H5Sclose(looked.space);
    return result;
}

static herr_t read_link(const char *name, int is_hard, void *context);

static int read_object(hid_t object) {
    if (++objects > MOST_OBJECTS) return -1;
    hsize_t index = 0;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &index, read_attribute, NULL) < 0) return -1;
    H5I_type_t type = H5Iget_type(object);
    if (type == H5I_DATASET && read_dataset(object) < 0) return -1;
    if (is_heard()) hearer->end(heard_path(), hearer->context);
    return type == H5I_GROUP ? chdf5_each_link(object, read_link, &object) : 0;
}

static herr_t read_link(const char *name, int is_hard, void *context) {
    hid_t group = *(hid_t *)context;
    // Nothing outside the file is looked at.
    if (!is_hard) return 0;
    hid_t child = H5Oopen(group, name, H5P_DEFAULT);
    if (child < 0) return -1;
    size_t own = path_length, length = strlen(name), start = own == 0 ? 0 : own + 1;
    path_length = start + length;
    if (path_length < sizeof object_path) {
        if (own > 0) object_path[own] = '/';
        memcpy(object_path + start, name, length + 1);
    }
    int result = read_object(child);
    path_length = own;
    if (own < sizeof object_path) object_path[own] = 0;
    H5Oclose(child);
    return result < 0 ? -1 : 0;
}

int chdf5_look(hid_t file, int thorough, const struct chdf5_looker *looker) {
    objects = 0;
    hearer = looker;
    object_path[path_length = 0] = 0;
    is_thorough = thorough;
    hid_t root = H5Fget_filesize(file, &file_bytes) < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
    int result = root < 0 ? -1 : read_object(root);
    if (root >= 0) H5Gclose(root);
    return result < 0 ? -1 : 0;
}
