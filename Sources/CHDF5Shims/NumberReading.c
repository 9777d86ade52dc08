#include "NumberReading.h"
#include "CHDF5Shims.h"
#include "Confinement.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 120, MOST_ATTRIBUTE_VALUES = 1024, DEEPEST_LINK = 8 };

static int refuse(struct chdf5_reading *reading, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->reason, sizeof reading->reason, format, arguments);
    va_end(arguments);
    return reading->status = 1;
}

static int refuse_damage(struct chdf5_reading *reading) {
    char text[200];
    chdf5_last_error(text, sizeof text);
    return refuse(reading, "libhdf5 cannot read it: %s", text[0] ? text : "it gives no reason");
}

/// Whether a path, by its links, leaves the file: 1 with the target in `where`, 0 where it does not, -1 on error.
static int leaves_file(hid_t file, const char *path, char *where, size_t size, int depth) {
    char part[1024], target[1024], next[2048];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part || depth > DEEPEST_LINK) return -1;
    for (size_t end = 1; end <= length; end++) {
        if (path[end] != '/' && path[end] != 0) continue;
        memcpy(part, path, end);
        part[end] = 0;
        if (strcmp(part, "/") == 0) continue;
        H5L_info_t info;
        if (H5Lget_info(file, part, &info, H5P_DEFAULT) < 0) return -1;
        if (info.type == H5L_TYPE_HARD) continue;
        if (info.type != H5L_TYPE_SOFT) {
            const char *name = NULL, *object = NULL;
            unsigned flags = 0;
            snprintf(where, size, "another file");
            if (info.type == H5L_TYPE_EXTERNAL && info.u.val_size <= sizeof target
                && H5Lget_val(file, part, target, sizeof target, H5P_DEFAULT) >= 0
                && H5Lunpack_elink_val(target, info.u.val_size, &flags, &name, &object) >= 0)
                snprintf(where, size, "%.200s", name);
            return 1;
        }
        if (info.u.val_size > sizeof target || H5Lget_val(file, part, target, sizeof target, H5P_DEFAULT) < 0) return -1;
        target[sizeof target - 1] = 0;
        const char *slash = strrchr(part, '/');
        int above = target[0] == '/' || !slash ? 0 : (int)(slash - part + 1);
        snprintf(next, sizeof next, "%.*s%s%s", above, part, target, path + end);
        return leaves_file(file, next, where, size, depth + 1);
    }
    return 0;
}

static const char *filter_name(H5Z_filter_t number) {
    switch (number) {
    case H5Z_FILTER_SZIP: return "szip";
    case 307: return "bzip2";
    case 32000: return "LZF";
    case 32001: return "Blosc";
    case 32004: return "LZ4";
    case 32008: return "bitshuffle";
    case 32013: return "zfp";
    case 32015: return "Zstandard";
    case 32026: return "Blosc2";
    default: return "number";
    }
}

/// How a dataset is stored: what lies elsewhere or is packed in an unknown way is refused.
static int check_storage(struct chdf5_reading *reading, hid_t dataset, size_t count) {
    hid_t properties = H5Dget_create_plist(dataset);
    if (properties < 0) return refuse_damage(reading);
    H5D_layout_t layout = H5Pget_layout(properties);
    if (layout == H5D_VIRTUAL)
        return refuse(reading, "it is a virtual dataset, whose numbers lie in other files: copy them into this file");
    if (H5Pget_external_count(properties) > 0)
        return refuse(reading, "its numbers lie in another file: copy them into this one");
    for (int index = 0; index < H5Pget_nfilters(properties); index++) {
        unsigned flags = 0, configuration = 0;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(properties, (unsigned)index, &flags, &values, NULL, 0, NULL, NULL);
        if (filter < 0) return refuse_damage(reading);
        if (H5Zfilter_avail(filter) <= 0 || H5Zget_filter_info(filter, &configuration) < 0
            || !(configuration & H5Z_FILTER_CONFIG_DECODE_ENABLED))
            return refuse(
                reading, "it is packed with the filter %s (%d), which libhdf5 does not have here: pack it with shuffle and "
                "deflate, as h5repack -f SHUF -f GZIP=4 and h5py's compression=\"gzip\" do", filter_name(filter), filter);
    }
    H5Pclose(properties);
    H5D_space_status_t status;
    if (H5Dget_space_status(dataset, &status) < 0) return refuse_damage(reading);
    if (count > 0 && status == H5D_SPACE_STATUS_NOT_ALLOCATED)
        return refuse(reading, "nothing was ever written to it");
    return 0;
}

/// The numbers of an attribute in a dataset's own type, as doubles.
struct attribute {
    int count;
    double values[MOST_ATTRIBUTE_VALUES];
};

/// Leaves `count` 0 where there is no such attribute.
static int read_attribute(
    struct chdf5_reading *reading, hid_t dataset, const char *name, hid_t through, struct attribute *attribute
) {
    attribute->count = 0;
    htri_t exists = H5Aexists(dataset, name);
    if (exists < 0) return refuse_damage(reading);
    if (exists == 0) return 0;
    hid_t id = H5Aopen(dataset, name, H5P_DEFAULT);
    hid_t type = id < 0 ? -1 : H5Aget_type(id), space = id < 0 ? -1 : H5Aget_space(id);
    if (type < 0 || space < 0) return refuse_damage(reading);
    H5T_class_t class = H5Tget_class(type);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    if ((class != H5T_FLOAT && class != H5T_INTEGER) || count < 0 || count > MOST_ATTRIBUTE_VALUES)
        return refuse(reading, "its attribute %s, which says what its numbers mean, is not a number", name);
    union { double number; char bytes[16]; } *buffer = malloc(sizeof *buffer * (size_t)(count > 0 ? count : 1));
    if (!buffer) return refuse(reading, "there is no memory to read it");
    // Through the dataset's own type, so that 0.1 as double and as float are the same missing value.
    hid_t read = through >= 0 ? through : H5T_NATIVE_DOUBLE;
    int result = H5Tget_size(read) <= sizeof *buffer && H5Aread(id, read, buffer) >= 0
        && (read == H5T_NATIVE_DOUBLE
            || H5Tconvert(read, H5T_NATIVE_DOUBLE, (size_t)count, buffer, NULL, H5P_DEFAULT) >= 0);
    if (result) {
        attribute->count = (int)count;
        memcpy(attribute->values, buffer, sizeof(double) * (size_t)count);
    }
    free(buffer);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(id);
    return result ? 0 : refuse_damage(reading);
}

static int attribute_says_true(hid_t dataset, const char *name) {
    char text[8] = {0};
    if (H5Aexists(dataset, name) <= 0) return 0;
    hid_t id = H5Aopen(dataset, name, H5P_DEFAULT), type = H5Aget_type(id), space = H5Aget_space(id);
    int result = 0;
    if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
        if (H5Tis_variable_str(type) > 0) {
            char *pointer = NULL;
            hid_t variable = H5Tcopy(type);
            if (H5Aread(id, variable, &pointer) >= 0 && pointer) result = strcasecmp(pointer, "true") == 0;
        } else if (H5Tget_size(type) < sizeof text && H5Aread(id, type, text) >= 0) {
            result = strncasecmp(text, "true", 4) == 0;
        }
    }
    return result;
}

/// netCDF's default fill values for integers of two and more bytes.
static int default_fill(hid_t type, double *fill) {
    int isSigned = H5Tget_sign(type) == H5T_SGN_2;
    switch (H5Tget_size(type)) {
    case 2: *fill = isSigned ? -32767 : 65535; return 1;
    case 4: *fill = isSigned ? -2147483647.0 : 4294967295.0; return 1;
    case 8: *fill = isSigned ? -9223372036854775806.0 : 18446744073709551614.0; return 1;
    default: return 0;
    }
}

/// Unpacks values by the attributes of their dataset; refuses missing ones.
static int decode(struct chdf5_reading *reading, hid_t file, hid_t dataset, hid_t type, double *values, size_t count) {
    static struct attribute fill, missing, low, high, range, scale, offset;
    if (read_attribute(reading, dataset, "_FillValue", type, &fill)
        || read_attribute(reading, dataset, "missing_value", type, &missing)
        || read_attribute(reading, dataset, "valid_min", -1, &low)
        || read_attribute(reading, dataset, "valid_max", -1, &high)
        || read_attribute(reading, dataset, "valid_range", -1, &range)
        || read_attribute(reading, dataset, "scale_factor", -1, &scale)
        || read_attribute(reading, dataset, "add_offset", -1, &offset)) return 1;
    if (scale.count > 1 || offset.count > 1 || low.count > 1 || high.count > 1 || (range.count != 0 && range.count != 2))
        return refuse(reading, "one of its attributes scale_factor, add_offset, valid_min, valid_max, valid_range has not "
                               "as many values as netCDF asks for");
    int isInteger = H5Tget_class(type) == H5T_INTEGER;
    double wrap = isInteger && H5Tget_sign(type) == H5T_SGN_2 && attribute_says_true(dataset, "_Unsigned")
        ? ldexp(1, 8 * (int)H5Tget_size(type)) : 0;
    double standard = isInteger ? NAN : 9.969209968386869e36;
    // Only netCDF fills integers so; elsewhere -32767 is a number.
    if (isInteger && H5Aexists(file, "_NCProperties") > 0 && !wrap) default_fill(type, &standard);
    double first = range.count ? range.values[0] : low.count ? low.values[0] : -INFINITY;
    double last = range.count ? range.values[1] : high.count ? high.values[0] : INFINITY;
    if (wrap && first < 0 && isfinite(first)) first += wrap;
    if (wrap && last < 0) last += wrap;
    double factor = scale.count ? scale.values[0] : 1, shift = offset.count ? offset.values[0] : 0;
    if (!isfinite(factor) || !isfinite(shift))
        return refuse(reading, "its attribute scale_factor or add_offset is not a finite number");
    for (size_t index = 0; index < count; index++) {
        double value = values[index];
        const char *mark = NULL;
        if (fill.count && value == fill.values[0]) mark = "its _FillValue";
        for (int k = 0; k < missing.count && !mark; k++) {
            if (value == missing.values[k]) mark = "its missing_value";
        }
        if (!mark && !fill.count && value == standard) mark = "netCDF's fill value";
        if (wrap && value < 0) value += wrap;
        if (!mark && (value < first || value > last)) mark = "outside its valid range";
        if (mark)
            return refuse(
                reading, "it has a missing value: position %zu is %.9g, %s. Leave out examples that are not complete",
                index, value, mark);
        values[index] = scale.count || offset.count ? value * factor + shift : value;
    }
    return 0;
}

/// h5py stores booleans as an enumeration of FALSE and TRUE.
static int is_boolean(hid_t type) {
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1) return 0;
    int result = 1;
    for (unsigned index = 0; index < 2; index++) {
        char *name = H5Tget_member_name(type, index);
        signed char value = -1;
        if (!name || H5Tget_member_value(type, index, &value) < 0
            || !((value == 0 && strcasecmp(name, "FALSE") == 0) || (value == 1 && strcasecmp(name, "TRUE") == 0)))
            result = 0;
        H5free_memory(name);
    }
    return result;
}

static int read_booleans(struct chdf5_reading *reading, hid_t dataset, hid_t type, double *values, size_t count) {
    signed char *bytes = malloc(count > 0 ? count : 1);
    if (!bytes) return refuse(reading, "there is no memory to read it");
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) return refuse_damage(reading);
    for (size_t index = 0; index < count; index++) values[index] = bytes[index] != 0;
    free(bytes);
    return 0;
}

/// MATLAB's own files hold matrices column by column.
static void transpose(struct chdf5_numbers *part, size_t count) {
    double *copy = malloc(sizeof *copy * count);
    if (!copy) _exit(1);
    memcpy(copy, part->values, sizeof *copy * count);
    size_t rows = part->lengths[1], columns = part->lengths[0];
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) part->values[i * columns + j] = copy[j * rows + i];
    }
    part->lengths[0] = rows;
    part->lengths[1] = columns;
    free(copy);
}

static int read_part(
    struct chdf5_reading *reading, hid_t file, const char *name, size_t most, struct chdf5_numbers *part
) {
    char where[256] = "";
    snprintf(reading->object, sizeof reading->object, "%s", name);
    if (H5Lexists(file, name, H5P_DEFAULT) <= 0) return refuse(reading, "there is no such dataset");
    int leaves = leaves_file(file, name, where, sizeof where, 0);
    if (leaves < 0) return refuse(reading, "it is a link that leads nowhere");
    if (leaves > 0) return refuse(reading, "it is a link into %s: copy the numbers into this file", where);
    hid_t dataset = H5Oopen(file, name, H5P_DEFAULT);
    if (dataset < 0) return refuse_damage(reading);
    if (H5Iget_type(dataset) != H5I_DATASET)
        return refuse(reading, H5Aexists(dataset, "MATLAB_sparse") > 0
            ? "it is a sparse matrix of MATLAB: save full(X)" : "it is not a dataset");
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    if (type < 0 || space < 0) return refuse_damage(reading);
    H5T_class_t class = H5Tget_class(type);
    int boolean = is_boolean(type);
    if (class == H5T_ENUM && !boolean) return refuse(reading, "it holds names (an enumeration), not numbers");
    if (class != H5T_FLOAT && class != H5T_INTEGER && !boolean) return refuse(reading, "it does not hold numbers");
    hsize_t lengths[H5S_MAX_RANK] = {0};
    int rank = H5Sget_simple_extent_type(space) == H5S_NULL ? -1 : H5Sget_simple_extent_dims(space, lengths, NULL);
    if (rank < 0) return refuse(reading, "it is empty");
    if (rank > CHDF5_MOST_RANK) return refuse(reading, "it has %d dimensions", rank);
    size_t count = 1;
    for (int index = 0; index < rank; index++) {
        part->lengths[index] = (size_t)lengths[index];
        if (__builtin_mul_overflow(count, (size_t)lengths[index], &count) || count > most)
            return refuse(reading, "it has more than %zu numbers", most);
    }
    part->rank = rank;
    if (check_storage(reading, dataset, count)) return 1;
    if (boolean) return read_booleans(reading, dataset, type, part->values, count);
    if (count > 0 && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, part->values) < 0)
        return refuse_damage(reading);
    hid_t native = H5Tget_native_type(type, H5T_DIR_ASCEND);
    if (native < 0 || decode(reading, file, dataset, native, part->values, count)) return native < 0 ? refuse_damage(reading) : 1;
    if (rank == 2 && H5Aexists(dataset, "MATLAB_class") > 0) transpose(part, count);
    return 0;
}

static void read_all(
    struct chdf5_reading *reading, const void *bytes, size_t size, const char *const *names, size_t most
) {
    chdf5_silence();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    // Of memory alone: no file is opened.
    if (access < 0 || H5Pset_fapl_core(access, 1 << 20, 0) < 0
        || H5Pset_file_image(access, (void *)bytes, size) < 0) {
        refuse_damage(reading);
        return;
    }
    hid_t file = H5Fopen("data", H5F_ACC_RDONLY, access);
    if (file < 0) {
        refuse_damage(reading);
        return;
    }
    for (int index = 0; index < reading->count; index++) {
        if (read_part(reading, file, names[index], most, &reading->parts[index])) return;
    }
    reading->status = 0;
}

struct chdf5_reading *chdf5_read_numbers(
    const void *bytes, size_t size, const char *const *names, int count, size_t most
) {
    if (count < 0 || count > CHDF5_MOST_PARTS) return NULL;
    size_t each = 0, all = 0, header = (sizeof(struct chdf5_reading) + 4095) / 4096 * 4096;
    if (__builtin_mul_overflow(most, sizeof(double), &each) || __builtin_mul_overflow(each, (size_t)count, &all)
        || __builtin_add_overflow(all, header, &all)) return NULL;
    // Pages that nobody writes to take no memory.
    char *memory = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    struct chdf5_reading *reading = (struct chdf5_reading *)memory;
    reading->mapped = all;
    reading->count = count;
    reading->status = -1;
    for (int index = 0; index < count; index++) reading->parts[index].values = (double *)(memory + header + each * (size_t)index);
    pid_t child = fork();
    if (child == 0) {
        chdf5_confine();
        chdf5_limit_time(SECONDS, SECONDS);
        read_all(reading, bytes, size, names, most);
        _exit(0);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) reading->status = -1;
    return reading;
}

void chdf5_end_reading(struct chdf5_reading *reading) { munmap(reading, reading->mapped); }
