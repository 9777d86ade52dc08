#include "CHDF5Shims.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

hid_t chdf5_float32_big_endian(void) { return H5T_IEEE_F32BE; }
hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
hid_t chdf5_file_double(void) { return H5T_IEEE_F64LE; }
hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }
hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
hid_t chdf5_file_uint64(void) { return H5T_STD_U64LE; }

hid_t chdf5_make_text_type(void) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

hid_t chdf5_class_file_create(void) { return H5P_FILE_CREATE; }
hid_t chdf5_class_file_access(void) { return H5P_FILE_ACCESS; }
hid_t chdf5_class_group_create(void) { return H5P_GROUP_CREATE; }
hid_t chdf5_class_dataset_create(void) { return H5P_DATASET_CREATE; }

hid_t chdf5_no_properties(void) { return H5P_DEFAULT; }
hid_t chdf5_all_of_space(void) { return H5S_ALL; }
unsigned chdf5_read_write(void) { return H5F_ACC_RDWR; }
unsigned chdf5_create_new(void) { return H5F_ACC_EXCL; }
unsigned chdf5_creation_order(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }

void chdf5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

void chdf5_clear_errors(void) { H5Eclear2(H5E_DEFAULT); }

struct message {
    char *text;
    size_t size;
};

static herr_t keep_first(unsigned depth, const H5E_error2_t *error, void *context) {
    struct message *message = context;
    (void)depth;
    if (message->text[0] == 0 && error->desc) {
        strncpy(message->text, error->desc, message->size - 1);
        message->text[message->size - 1] = 0;
    }
    return 0;
}

void chdf5_last_error(char *text, size_t size) {
    struct message message = {text, size};
    text[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &message);
}

// The attribute DIMENSION_LIST: for each dimension, references to its scales. Read here and not by the library's
// high-level part, which takes the file's word for how many there are.
static int read_scale_list(hid_t dataset, unsigned rank, hvl_t *lists, hid_t *type, hid_t *space) {
    int result = -1;
    hid_t attribute = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT);
    hid_t stored = attribute < 0 ? -1 : H5Aget_type(attribute);
    hid_t element = stored >= 0 && H5Tget_class(stored) == H5T_VLEN ? H5Tget_super(stored) : -1;
    *space = attribute < 0 ? -1 : H5Aget_space(attribute);
    *type = element >= 0 && H5Tequal(element, H5T_STD_REF_OBJ) > 0 ? H5Tvlen_create(H5T_STD_REF_OBJ) : -1;
    if (*type >= 0 && *space >= 0 && H5Sget_simple_extent_npoints(*space) == (hssize_t)rank) {
        result = H5Aread(attribute, *type, lists) < 0 ? -1 : 0;
    }
    if (element >= 0) H5Tclose(element);
    if (stored >= 0) H5Tclose(stored);
    if (attribute >= 0) H5Aclose(attribute);
    return result;
}

static void reclaim(hid_t type, hid_t space, void *values) {
#if H5_VERSION_GE(1, 12, 0)
    H5Treclaim(type, space, H5P_DEFAULT, values);
#else
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
#endif
}

// What references to scales lead to, for the file that is open: the library looks through all of it for a name, and every dataset
// asks for the same few. A reference is the scale's place in the file.
static struct {
    hobj_ref_t place;
    char *name;
} scales[64];
static unsigned scale_count;

void chdf5_forget_scales(void) {
    while (scale_count > 0) free(scales[--scale_count].name);
}

static long scale_name(hid_t dataset, const void *reference, char *text, size_t size) {
    hobj_ref_t place;
    memcpy(&place, reference, sizeof place);
    for (unsigned index = 0; index < scale_count; index++) {
        if (scales[index].place == place) return snprintf(text, size, "%s", scales[index].name);
    }
    hid_t scale = H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, reference);
    long length = scale < 0 ? -1 : (long)H5Iget_name(scale, text, size);
    if (scale >= 0) H5Oclose(scale);
    char *copy = length >= 0 && scale_count < sizeof scales / sizeof *scales ? strdup(text) : NULL;
    if (copy) {
        scales[scale_count].place = place;
        scales[scale_count++].name = copy;
    }
    return length;
}

long chdf5_scale_names(hid_t dataset, unsigned rank, char *text) {
    if (rank > H5S_MAX_RANK) return -1;
    memset(text, 0, (size_t)rank * CHDF5_LONGEST_NAME);
    htri_t exists = H5Aexists(dataset, "DIMENSION_LIST");
    if (exists < 0) return -1;
    if (exists == 0) return rank;
    hvl_t lists[H5S_MAX_RANK];
    hid_t type = -1, space = -1;
    long used = -1;
    memset(lists, 0, sizeof lists);
    if (read_scale_list(dataset, rank, lists, &type, &space) == 0) {
        used = 0;
        for (unsigned dimension = 0; dimension < rank && used >= 0; dimension++) {
            char *place = text + used;
            long length = lists[dimension].len == 0 ? 0 : scale_name(dataset, lists[dimension].p, place, CHDF5_LONGEST_NAME);
            place[CHDF5_LONGEST_NAME - 1] = 0;
            used = length < 0 ? -1 : used + (long)strlen(place) + 1;
        }
        reclaim(type, space, lists);
    }
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return used;
}

int chdf5_is_in_file(hid_t file, const char *path) {
    char part[1024];
    size_t length = strlen(path);
    if (length >= sizeof part) return 0;
    for (size_t end = 1; end <= length; end++) {
        if (path[end] != '/' && path[end] != 0) continue;
        memcpy(part, path, end);
        part[end] = 0;
        if (strcmp(part, "/") == 0) continue;
        htri_t exists = H5Lexists(file, part, H5P_DEFAULT);
        if (exists <= 0) return exists;
        H5L_info_t info;
        if (H5Lget_info(file, part, &info, H5P_DEFAULT) < 0) return -1;
        if (info.type != H5L_TYPE_HARD) return 0;
    }
    return 1;
}

static int chunk_storage(hid_t properties, hid_t dataset) {
    hsize_t chunk[H5S_MAX_RANK];
    int rank = H5Pget_chunk(properties, H5S_MAX_RANK, chunk);
    hid_t type = H5Dget_type(dataset);
    if (rank < 0 || type < 0) return -1;
    double bytes = (double)H5Tget_size(type);
    for (int index = 0; index < rank; index++) bytes *= (double)chunk[index];
    H5Tclose(type);
    return bytes <= 67108864.0 ? CHDF5_STORAGE_PLAIN : CHDF5_STORAGE_CHUNKS;
}

// Whether all that a virtual dataset shows lies in its own file.
static int maps_own_file(hid_t properties) {
    size_t count = 0;
    if (H5Pget_virtual_count(properties, &count) < 0) return -1;
    for (size_t index = 0; index < count; index++) {
        char name[2] = {0, 0};
        ssize_t length = H5Pget_virtual_filename(properties, index, name, sizeof name);
        if (length < 0) return -1;
        if (length != 1 || name[0] != '.') return 0;
    }
    return 1;
}

int chdf5_storage(hid_t dataset, int *filter, int *is_chunked) {
    hid_t properties = H5Dget_create_plist(dataset);
    if (properties < 0) return -1;
    H5D_layout_t layout = H5Pget_layout(properties);
    int filters = H5Pget_nfilters(properties);
    *is_chunked = layout == H5D_CHUNKED;
    int result = layout < 0 || filters < 0 ? -1 : CHDF5_STORAGE_PLAIN;
    if (layout != H5D_VIRTUAL && H5Pget_external_count(properties) != 0) result = CHDF5_STORAGE_ELSEWHERE;
    if (layout == H5D_VIRTUAL) {
        int isOwn = maps_own_file(properties);
        result = isOwn < 0 ? -1 : isOwn ? CHDF5_STORAGE_MAPPED : CHDF5_STORAGE_ELSEWHERE;
    }
    for (int index = 0; index < filters && result == CHDF5_STORAGE_PLAIN; index++) {
        unsigned flags, configuration;
        size_t count = 0;
        H5Z_filter_t kind = H5Pget_filter2(properties, (unsigned)index, &flags, &count, NULL, 0, NULL, &configuration);
        if (kind == H5Z_FILTER_DEFLATE || kind == H5Z_FILTER_SHUFFLE || kind == H5Z_FILTER_FLETCHER32) continue;
        *filter = kind;
        result = kind < 0 ? -1 : CHDF5_STORAGE_FILTERED;
    }
    if (result == CHDF5_STORAGE_PLAIN && layout == H5D_CHUNKED) result = chunk_storage(properties, dataset);
    H5Pclose(properties);
    return result;
}

struct visitor {
    herr_t (*visit)(const char *, int, void *);
    void *context;
};

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
    struct visitor *visitor = context;
    (void)group;
    return visitor->visit(name, info->type == H5L_TYPE_HARD, visitor->context);
}

herr_t chdf5_each_link(hid_t group, herr_t (*visit)(const char *, int, void *), void *context) {
    struct visitor visitor = {visit, context};
    hsize_t index = 0;
    H5_index_t order = H5_INDEX_CRT_ORDER;
    hid_t properties = H5Gget_create_plist(group);
    unsigned flags = 0;
    if (properties < 0 || H5Pget_link_creation_order(properties, &flags) < 0 || !(flags & H5P_CRT_ORDER_TRACKED))
        order = H5_INDEX_NAME;
    if (properties >= 0) H5Pclose(properties);
    return H5Literate(group, order, H5_ITER_INC, &index, visit_link, &visitor);
}
