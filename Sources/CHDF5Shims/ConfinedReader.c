#define _GNU_SOURCE
#include "CHDF5Shims.h"
#include "Confinement.h"
#include "Probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Reads files with libhdf5 in a child process, for a parent that never lets the library near them.
//
// Why not try a file in a child and then read it here: where the library takes a number from the file without a look at
// it (an object's index in a global heap, say), what it does depends on what lay in memory before, and that of two
// processes is not the same. What the child survives may kill the parent. Here whatever the library reads is handed over
// through a socket, with lengths that the parent checks: the worst a file can do is to end the child.

enum {
    // Bytes of one answer: fifty million numbers of eight bytes.
    LARGEST_ANSWER = 400000000,
    MOST_TEXTS = 1 << 20,
    LARGEST_TEXT = 1 << 20,
    // Of processor time for a request: some, hundreds of times what a small file takes, and more for what is read.
    PROCESSOR_SECONDS = 1,
    BYTES_PER_SECOND = 20000000,
    // Of one value that is told before it is asked for; a larger coordinate or text is asked for by itself.
    LARGEST_TOLD = 1 << 16
};

static int send_all(int socket, const void *bytes, size_t size) {
    for (const char *place = bytes; size > 0;) {
        ssize_t count = send(socket, place, size, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return -1;
        place += count;
        size -= (size_t)count;
    }
    return 0;
}

static double now(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Whether there is something to receive (or the other end is closed) before a time; a negative time never comes.
static int wait_until(int socket, double end) {
    for (;;) {
        double rest = end < 0 ? -1 : end - now();
        if (end >= 0 && rest <= 0) return CHDF5_IS_LATE;
        struct pollfd one = {.fd = socket, .events = POLLIN};
        int count = poll(&one, 1, end < 0 ? -1 : rest > 1000 ? 1000000 : (int)(1000 * rest) + 1);
        if (count > 0) return 0;
        if (count < 0 && errno != EINTR) return CHDF5_HAS_ENDED;
    }
}

static int receive_until(int socket, void *bytes, size_t size, double end) {
    for (char *place = bytes; size > 0;) {
        // Most often it is there already.
        ssize_t count = recv(socket, place, size, end < 0 ? 0 : MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && end >= 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            int waited = wait_until(socket, end);
            if (waited != 0) return waited;
            continue;
        }
        if (count <= 0) return CHDF5_HAS_ENDED;
        place += count;
        size -= (size_t)count;
        if (end >= 0 && size > 0 && now() > end) return CHDF5_IS_LATE;
    }
    return 0;
}

int chdf5_receive(int socket, void *bytes, size_t size, double seconds) {
    return receive_until(socket, bytes, size, now() + seconds);
}

// MARK: what the child does

struct answer {
    struct chdf5_reply head;
    // Allocated; `head.size` bytes of it are sent.
    char *bytes;
};

// Room for an answer of so many bytes; NULL where it is too long.
static char *room(struct answer *answer, double size) {
    if (size < 0 || size > LARGEST_ANSWER) return NULL;
    answer->bytes = malloc(size < 1 ? 1 : (size_t)size);
    answer->head.size = answer->bytes ? (uint64_t)size : 0;
    return answer->bytes;
}

static hid_t native(int element) {
    switch (element) {
    case CHDF5_FLOAT64: return H5T_NATIVE_DOUBLE;
    case CHDF5_INT64: return H5T_NATIVE_INT64;
    case CHDF5_INT32: return H5T_NATIVE_INT32;
    case CHDF5_UINT8: return H5T_NATIVE_UINT8;
    case CHDF5_UINT64: return H5T_NATIVE_UINT64;
    default: return -1;
    }
}

static int tell_type(hid_t type, struct chdf5_reply *head) {
    int isText = H5Tis_variable_str(type);
    if (isText < 0) return -1;
    head->is_variable_text = isText;
    head->type_class = H5Tget_class(type);
    head->type_size = H5Tget_size(type);
    head->is_signed = head->type_class == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2;
    head->is_native = 0;
    if (head->type_class != H5T_INTEGER && head->type_class != H5T_FLOAT) return head->type_class < 0 ? -1 : 0;
    for (int element = CHDF5_FLOAT64; element <= CHDF5_UINT64; element++) {
        if (H5Tequal(type, native(element)) > 0) head->is_native = 1;
    }
    return head->type_class < 0 ? -1 : 0;
}

static int tell_space(hid_t space, struct chdf5_reply *head) {
    hsize_t lengths[H5S_MAX_RANK];
    H5S_class_t kind = H5Sget_simple_extent_type(space);
    head->is_simple = kind == H5S_SCALAR || kind == H5S_SIMPLE;
    hssize_t count = H5Sget_simple_extent_npoints(space);
    int rank = head->is_simple ? H5Sget_simple_extent_dims(space, lengths, NULL) : 0;
    if (rank < 0 || count < 0) return -1;
    head->rank = rank;
    head->count = (uint64_t)count;
    for (int index = 0; index < rank; index++) head->lengths[index] = lengths[index];
    return 0;
}

static int tell_stored(hid_t dataset, hid_t type, hid_t space, struct chdf5_reply *head) {
    if (tell_type(type, head) < 0 || tell_space(space, head) < 0) return -1;
    haddr_t offset = H5Dget_offset(dataset);
    head->offset = offset == HADDR_UNDEF || offset > INT64_MAX ? -1 : (int64_t)offset;
    return 0;
}

static int tell_dataset(hid_t dataset, struct chdf5_reply *head) {
    int filter = 0, isChunked = 0;
    head->storage = chdf5_storage(dataset, &filter, &isChunked);
    head->filter = filter;
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    int result = head->storage < 0 || type < 0 || space < 0 ? -1 : tell_stored(dataset, type, space, head);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return result;
}

// A dataset that hard links lead to, and what it is; -1 with `head->result` where it is none.
static hid_t open_dataset(hid_t file, const char *name, struct chdf5_reply *head) {
    int isInFile = chdf5_is_in_file(file, name);
    head->result = isInFile < 0 ? -1 : isInFile == 0 ? CHDF5_IS_MISSING : 0;
    if (head->result != 0) return -1;
    hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (object < 0) {
        head->result = -1;
    } else if (H5Iget_type(object) != H5I_DATASET) {
        head->result = CHDF5_IS_NO_DATASET;
    } else if (tell_dataset(object, head) < 0) {
        head->result = -1;
    } else {
        return object;
    }
    if (object >= 0) H5Oclose(object);
    return -1;
}

static int read_scales(hid_t dataset, struct answer *answer) {
    unsigned rank = (unsigned)answer->head.rank;
    char *place = room(answer, (double)rank * CHDF5_LONGEST_NAME);
    long used = place ? chdf5_scale_names(dataset, rank, place) : -1;
    answer->head.size = used < 0 ? 0 : (uint64_t)used;
    return used < 0 ? -1 : 0;
}

static int read_numbers(hid_t dataset, const struct chdf5_request *request, struct answer *answer) {
    hid_t type = native(request->element);
    int typeClass = answer->head.type_class;
    if (type < 0 || (typeClass != H5T_INTEGER && typeClass != H5T_FLOAT) || answer->head.count != request->count) return -1;
    char *place = room(answer, (double)request->count * (double)H5Tget_size(type));
    if (!place) return -1;
    return request->count == 0 ? 0 : H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, place);
}

static int read_box(hid_t dataset, const struct chdf5_request *request, struct answer *answer) {
    hid_t type = native(request->element);
    int rank = answer->head.rank, typeClass = answer->head.type_class, result = -1;
    if (type < 0 || (typeClass != H5T_INTEGER && typeClass != H5T_FLOAT) || rank < 1 || rank != request->rank) return -1;
    hsize_t starts[H5S_MAX_RANK], counts[H5S_MAX_RANK], count = 1;
    double size = (double)H5Tget_size(type);
    for (int index = 0; index < rank; index++) {
        starts[index] = request->starts[index];
        counts[index] = request->counts[index];
        if (starts[index] > answer->head.lengths[index] || counts[index] > answer->head.lengths[index] - starts[index]) return -1;
        size *= (double)counts[index];
        count *= counts[index];
    }
    char *place = room(answer, size);
    if (!place || count == 0) return place ? 0 : -1;
    hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(1, &count, NULL);
    if (space >= 0 && memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, starts, NULL, counts, NULL) >= 0)
        result = H5Dread(dataset, type, memory, space, H5P_DEFAULT, place);
    if (space >= 0) H5Sclose(space);
    if (memory >= 0) H5Sclose(memory);
    return result;
}

// Puts texts one after the other, each with its 0.
static int join(char **texts, size_t count, struct answer *answer) {
    double size = 0;
    for (size_t index = 0; index < count; index++) size += texts[index] ? (double)strlen(texts[index]) + 1 : 1;
    char *place = room(answer, size);
    for (size_t index = 0; place && index < count; index++) {
        size_t length = texts[index] ? strlen(texts[index]) : 0;
        memcpy(place, texts[index] ? texts[index] : "", length + 1);
        place += length + 1;
    }
    return place ? 0 : -1;
}

static int read_texts(hid_t dataset, const struct chdf5_request *request, struct answer *answer) {
    if (!answer->head.is_variable_text || answer->head.count != request->count || request->count > MOST_TEXTS) return -1;
    size_t count = (size_t)request->count;
    char **texts = calloc(count + 1, sizeof *texts);
    hid_t type = chdf5_make_text_type();
    int isRead = texts && type >= 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0;
    int result = isRead ? join(texts, count, answer) : -1;
    // The texts themselves are not given back: see Probe.c.
    free(texts);
    if (type >= 0) H5Tclose(type);
    return result;
}

static int read_attribute_value(hid_t attribute, hid_t stored, struct answer *answer) {
    struct chdf5_reply *head = &answer->head;
    if (head->is_variable_text) {
        if (head->count != 1) return 0;
        char *text = NULL;
        hid_t type = chdf5_make_text_type();
        int result = type >= 0 && H5Aread(attribute, type, &text) >= 0 ? join(&text, 1, answer) : -1;
        if (type >= 0) H5Tclose(type);
        return result;
    }
    int isText = head->type_class == H5T_STRING, isNumber = head->type_class == H5T_INTEGER || head->type_class == H5T_FLOAT;
    double size = (double)head->type_size * (double)head->count;
    if ((!isText && !isNumber) || size < 1 || size > LARGEST_TEXT) return 0;
    hid_t type = isText ? H5Tcopy(stored) : H5Tget_native_type(stored, H5T_DIR_ASCEND);
    int result = -1;
    // A native type may be wider than the stored one.
    if (type >= 0) {
        head->type_size = H5Tget_size(type);
        char *place = room(answer, (double)head->type_size * (double)head->count);
        if (place) result = H5Aread(attribute, type, place);
        H5Tclose(type);
    }
    return result;
}

// What it is and, of one text or of numbers, its value.
static int tell_open_attribute(hid_t attribute, struct answer *answer) {
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    int result = -1;
    if (type >= 0 && space >= 0 && tell_type(type, &answer->head) == 0 && tell_space(space, &answer->head) == 0)
        result = read_attribute_value(attribute, type, answer);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    return result < 0 ? -1 : 0;
}

static int read_attribute(hid_t file, const struct chdf5_request *request, struct answer *answer) {
    const char *object = request->object, *name = request->attribute;
    int isInFile = strcmp(object, "/") == 0 ? 1 : chdf5_is_in_file(file, object);
    htri_t exists = isInFile > 0 ? H5Aexists_by_name(file, object, name, H5P_DEFAULT) : isInFile;
    if (exists <= 0) return exists < 0 ? -1 : CHDF5_IS_MISSING;
    hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    int result = attribute < 0 ? -1 : tell_open_attribute(attribute, answer);
    if (attribute >= 0) H5Aclose(attribute);
    return result;
}

static int write_integer(hid_t *file, const struct chdf5_request *request, struct answer *answer) {
    hid_t attribute = H5Aopen_by_name(*file, request->object, request->attribute, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute), space = attribute < 0 ? -1 : H5Aget_space(attribute);
    int32_t value = (int32_t)request->count;
    int result = -1, failure = 0;
    if (type >= 0 && space >= 0 && tell_type(type, &answer->head) == 0 && tell_space(space, &answer->head) == 0
        && answer->head.type_class == H5T_INTEGER && answer->head.type_size == 4 && answer->head.count == 1)
        result = H5Awrite(attribute, H5T_NATIVE_INT32, &value);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
    // On its way only when the file is closed; nothing else is asked for then.
    if (H5Fflush(*file, H5F_SCOPE_GLOBAL) < 0) result = -1;
    if (chdf5_close_file(*file, &failure) < 0 || failure) result = -1;
    answer->head.failure = failure;
    *file = -1;
    return result < 0 ? -1 : 0;
}

// MARK: what is told before it is asked for

// Answers as `chdf5_told`, one after the other, in room of their own.
struct told {
    char *bytes;
    size_t size;
    // Whether there is no room for more; whether an attribute of the present object is not told.
    int is_full, lacks_attribute;
};

// What there is no room for is asked for later: -1.
static int tell(
    struct told *told, int operation, int element, const char *object, const char *attribute, const struct answer *answer) {
    struct chdf5_told one = {
        .operation = operation,
        .element = element,
        .head = (unsigned)(offsetof(struct chdf5_reply, lengths) + sizeof answer->head.lengths[0] * (size_t)answer->head.rank),
        .object = (unsigned)strlen(object),
        .attribute = (unsigned)strlen(attribute),
    };
    size_t value = (size_t)answer->head.size;
    if (value > LARGEST_TOLD) return -1;
    told->is_full |= told->size + sizeof one + one.head + one.object + one.attribute + value > CHDF5_MOST_TOLD;
    if (told->is_full) return -1;
    const void *parts[] = {&one, &answer->head, object, attribute, answer->bytes};
    size_t sizes[] = {sizeof one, one.head, one.object, one.attribute, value};
    for (int part = 0; part < 5; part++) {
        if (sizes[part] > 0) memcpy(told->bytes + told->size, parts[part], sizes[part]);
        told->size += sizes[part];
    }
    return 0;
}

static int hear_attribute(hid_t attribute, const char *object, const char *name, void *context) {
    struct told *told = context;
    struct answer answer = {0};
    if (told->is_full) return 0;
    int result = tell_open_attribute(attribute, &answer), isRead = result == 0 && answer.bytes;
    if (result < 0 || tell(told, CHDF5_READ_ATTRIBUTE, -1, object, name, &answer) < 0) told->lacks_attribute = 1;
    free(answer.bytes);
    return isRead;
}

static void tell_values(struct told *told, const struct chdf5_looked *dataset, const char *path, const struct chdf5_reply *head) {
    struct answer answer = {.head = *head};
    if (!dataset->values || head->storage != CHDF5_STORAGE_PLAIN || head->count > LARGEST_TOLD / 8) return;
    if (head->is_variable_text) {
        if (join(dataset->values, (size_t)head->count, &answer) == 0) tell(told, CHDF5_READ_TEXTS, -1, path, "", &answer);
        free(answer.bytes);
    } else if (head->is_native) {
        int element = CHDF5_FLOAT64;
        while (element < CHDF5_UINT64 && H5Tequal(dataset->type, native(element)) <= 0) element++;
        answer.bytes = dataset->values;
        answer.head.size = head->count * head->type_size;
        tell(told, CHDF5_READ_NUMBERS, element, path, "", &answer);
    }
}

static void hear_dataset(const struct chdf5_looked *dataset, const char *path, void *context) {
    struct told *told = context;
    struct answer answer = {.head = {.storage = dataset->storage, .filter = dataset->filter}};
    if (told->is_full || tell_stored(dataset->dataset, dataset->type, dataset->space, &answer.head) < 0) return;
    tell(told, CHDF5_DESCRIBE, -1, path, "", &answer);
    tell_values(told, dataset, path, &answer.head);
    answer.bytes = (char *)dataset->scales;
    answer.head.size = dataset->scale_bytes;
    if (dataset->scale_bytes > 0) tell(told, CHDF5_READ_SCALES, -1, path, "", &answer);
}

// All that an object says was looked at.
static void hear_end(const char *path, void *context) {
    struct told *told = context;
    struct answer answer = {0};
    if (!told->is_full && !told->lacks_attribute) tell(told, CHDF5_ALL_ATTRIBUTES, -1, path, "", &answer);
    told->lacks_attribute = 0;
    chdf5_clear_errors();
}

static int look(hid_t file, int thorough, struct answer *answer) {
    struct told told = {.bytes = malloc(CHDF5_MOST_TOLD)};
    struct chdf5_looker looker = {hear_attribute, hear_dataset, hear_end, &told};
    if (!told.bytes) return -1;
    answer->bytes = told.bytes;
    int result = chdf5_look(file, thorough, &looker);
    answer->head.size = told.size;
    return result;
}

static int serve(hid_t *file, const struct chdf5_request *request, struct answer *answer) {
    switch (request->operation) {
    case CHDF5_LOOK_QUICKLY: return look(*file, 0, answer);
    case CHDF5_LOOK_THOROUGHLY: return look(*file, 1, answer);
    case CHDF5_FIND: {
        htri_t exists = H5Lexists(*file, request->object, H5P_DEFAULT);
        return exists < 0 ? -1 : exists ? 0 : CHDF5_IS_MISSING;
    }
    case CHDF5_READ_ATTRIBUTE: return read_attribute(*file, request, answer);
    case CHDF5_WRITE_INTEGER: return write_integer(file, request, answer);
    default: break;
    }
    hid_t dataset = open_dataset(*file, request->object, &answer->head);
    if (dataset < 0) return answer->head.result;
    int result = 0, isPlain = answer->head.storage == CHDF5_STORAGE_PLAIN;
    switch (request->operation) {
    case CHDF5_DESCRIBE: break;
    case CHDF5_READ_SCALES: result = read_scales(dataset, answer); break;
    case CHDF5_READ_NUMBERS: result = isPlain ? read_numbers(dataset, request, answer) : -1; break;
    case CHDF5_READ_BOX: result = isPlain ? read_box(dataset, request, answer) : -1; break;
    case CHDF5_READ_TEXTS: result = isPlain ? read_texts(dataset, request, answer) : -1; break;
    default: result = -1;
    }
    H5Oclose(dataset);
    return result < 0 ? -1 : 0;
}

// What an answer may take.
static unsigned seconds_more(double bytes) { return (unsigned)(bytes / BYTES_PER_SECOND); }

static void limit_time(unsigned seconds, double bytes) {
    chdf5_limit_time(PROCESSOR_SECONDS + seconds_more(bytes), seconds + 5 * seconds_more(bytes));
}

double chdf5_patience(unsigned seconds, double bytes) { return 1.5 * chdf5_clock_limit(seconds + 5 * seconds_more(bytes)); }

static int answer_one(hid_t *file, int socket, const struct chdf5_request *request) {
    struct answer answer = {0};
    chdf5_clear_errors();
    int result = *file < 0 ? -1 : serve(file, request, &answer);
    if (*file >= 0 && !answer.head.failure) answer.head.failure = chdf5_take_read_failure(*file);
    if (result < 0 || answer.head.failure) {
        chdf5_last_error(answer.head.reason, sizeof answer.head.reason);
        result = -1;
        answer.head.size = 0;
    }
    answer.head.result = result;
    int sent = send_all(socket, &answer.head, sizeof answer.head);
    if (sent == 0 && answer.head.size > 0) sent = send_all(socket, answer.bytes, (size_t)answer.head.size);
    free(answer.bytes);
    return sent;
}

// The file that a child has open, at most one at a time.
struct opened {
    hid_t access, file;
    double bytes;
};

// Answers whether it could open a file: what is sent, or -1.
static int open_and_answer(struct opened *opened, const char *path, int writable, unsigned seconds, int socket) {
    struct stat info = {0};
    opened->bytes = stat(path, &info) == 0 ? (double)info.st_size : 0;
    limit_time(seconds, opened->bytes);
    struct chdf5_reply reply = {0};
    chdf5_clear_errors();
    chdf5_forget_scales();
    int failure = 0, isClosed = opened->file < 0 || chdf5_close_file(opened->file, &failure) >= 0;
    opened->file = -1;
    if (isClosed && opened->access >= 0) opened->file = H5Fopen(path, writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY, opened->access);
    if (opened->file < 0) {
        reply.result = -1;
        reply.failure = chdf5_open_failure();
        chdf5_last_error(reply.reason, sizeof reply.reason);
    }
    return send_all(socket, &reply, sizeof reply);
}

static void child_reads(const char *path, int writable, unsigned seconds, int socket) {
    chdf5_confine();
    // The library's own beginning is limited, too.
    limit_time(seconds, 0);
    struct opened opened = {H5Pcreate(H5P_FILE_ACCESS), -1, 0};
    chdf5_silence();
    // As the program itself opens files: one that it has open already is not opened again in another way.
    if (H5Pset_libver_bounds(opened.access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110) < 0 || chdf5_use_checked_driver(opened.access) < 0
        || H5Pset_fclose_degree(opened.access, H5F_CLOSE_STRONG) < 0) opened.access = -1;
    if (open_and_answer(&opened, path, writable, seconds, socket) < 0) _exit(0);
    struct chdf5_request request;
    for (;;) {
        alarm(0);
        if (receive_until(socket, &request, sizeof request, -1) < 0) _exit(0);
        request.object[sizeof request.object - 1] = request.attribute[sizeof request.attribute - 1] = 0;
        if (request.operation == CHDF5_OPEN_OTHER) {
            if (open_and_answer(&opened, request.object, 0, seconds, socket) < 0) _exit(0);
            continue;
        }
        int looks = request.operation == CHDF5_LOOK_QUICKLY || request.operation == CHDF5_LOOK_THOROUGHLY;
        double bytes = opened.bytes;
        for (int index = 0; !looks && index < request.rank && index < H5S_MAX_RANK; index++) bytes += 8.0 * (double)request.counts[index];
        limit_time(seconds, bytes);
        if (answer_one(&opened.file, socket, &request) < 0) _exit(0);
    }
}

int chdf5_start_reader(const char *path, int writable, unsigned seconds, int *own) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    // Nothing of the program's is held open by its children: not its locks, not the ends of other children. Only where the
    // library itself has files open, theirs must stay.
    int holdsNone = H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_FILE) == 0;
    pid_t child = fork();
    if (child == 0) {
#ifdef SYS_close_range
        int socket = ends[1];
        if (holdsNone) {
            if (socket > 3) syscall(SYS_close_range, 3u, (unsigned)socket - 1, 0u);
            syscall(SYS_close_range, (unsigned)socket + 1, ~0u, 0u);
        } else {
            close(ends[0]);
        }
#else
        (void)holdsNone;
        close(ends[0]);
#endif
        child_reads(path, writable, seconds, ends[1]);
        _exit(0);
    }
    int failure = errno;
    close(ends[1]);
    if (child < 0) close(ends[0]);
    else *own = ends[0];
    errno = failure;
    return child;
}

int chdf5_ask(int socket, const struct chdf5_request *request, struct chdf5_reply *reply, double seconds) {
    if (request && send_all(socket, request, sizeof *request) < 0) return CHDF5_HAS_ENDED;
    memset(reply, 0, sizeof *reply);
    int result = chdf5_receive(socket, reply, sizeof *reply, seconds);
    reply->reason[sizeof reply->reason - 1] = 0;
    return result;
}

int chdf5_end_reader(int child, int socket) {
    // Also where another child has this end open, too.
    shutdown(socket, SHUT_RDWR);
    close(socket);
    // It has nothing to lose, and may be busy, stopped or worse. What has ended already keeps the reason why.
    kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) == 0 ? 0 : -1;
}
