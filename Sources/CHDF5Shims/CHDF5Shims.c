#include "CHDF5Shims.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

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
unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
unsigned chdf5_read_write(void) { return H5F_ACC_RDWR; }
unsigned chdf5_create_new(void) { return H5F_ACC_EXCL; }
unsigned chdf5_creation_order(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }
hsize_t chdf5_undefined_address(void) { return HADDR_UNDEF; }

herr_t chdf5_disable_file_locking(hid_t access) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0))
    return H5Pset_file_locking(access, 0, 1);
#else
    (void)access;
    return setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
#endif
}

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

struct name {
    char *text;
    size_t size;
    long length;
};

static herr_t take_name(hid_t dataset, unsigned dimension, hid_t scale, void *context) {
    struct name *name = context;
    (void)dataset;
    (void)dimension;
    name->length = H5Iget_name(scale, name->text, name->size);
    return 1;
}

long chdf5_scale_name(hid_t dataset, unsigned dimension, char *text, size_t size) {
    struct name name = {text, size, 0};
    text[0] = 0;
    if (H5DSget_num_scales(dataset, dimension) <= 0) return 0;
    herr_t result = H5DSiterate_scales(dataset, dimension, NULL, take_name, &name);
    return result < 0 ? -1 : name.length;
}

struct visitor {
    herr_t (*visit)(const char *, void *);
    void *context;
};

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
    struct visitor *visitor = context;
    (void)group;
    (void)info;
    return visitor->visit(name, visitor->context);
}

herr_t chdf5_each_link(hid_t group, herr_t (*visit)(const char *, void *), void *context) {
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
