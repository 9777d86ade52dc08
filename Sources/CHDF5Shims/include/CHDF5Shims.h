#pragma once
// What Swift cannot see of libhdf5: macros, and calls whose form differs between 1.10, 1.12, 1.14 and 2.0.

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include "NumberReading.h"

// Types in memory and, little-endian, in files.
hid_t chdf5_native_double(void);
hid_t chdf5_float32_big_endian(void);
hid_t chdf5_native_int64(void);
hid_t chdf5_native_int32(void);
hid_t chdf5_native_uint8(void);
hid_t chdf5_native_uint64(void);
hid_t chdf5_file_double(void);
hid_t chdf5_file_int64(void);
hid_t chdf5_file_int32(void);
hid_t chdf5_file_uint8(void);
hid_t chdf5_file_uint64(void);
/// A new type, to be closed: variable-length UTF-8.
hid_t chdf5_make_text_type(void);

// Classes of property lists.
hid_t chdf5_class_file_create(void);
hid_t chdf5_class_file_access(void);
hid_t chdf5_class_group_create(void);
hid_t chdf5_class_dataset_create(void);

hid_t chdf5_no_properties(void);
hid_t chdf5_all_of_space(void);
unsigned chdf5_read_write(void);
unsigned chdf5_create_new(void);
unsigned chdf5_creation_order(void);

/// To be called before anything else of the library: at the end of the program, it does nothing.
void chdf5_prepare(void);

/// Opens files by a driver that keeps the numbers of system calls that fail, and takes no locks: see Driver.c.
herr_t chdf5_use_checked_driver(hid_t access);

/// The number of the last error of opening a file by this driver; 0 where that went well.
int chdf5_open_failure(void);

/// The number of the error of the first write that failed in an open file; 0 where none has. Later ones were not done.
int chdf5_write_failure(hid_t file);

/// The number of the error of the last read that failed since this was last asked; 0 where none has.
int chdf5_take_read_failure(hid_t file);

/// Closes a file; `failure` is the number of the error of the first write that failed, or of the close; 0 where none has.
herr_t chdf5_close_file(hid_t file, int *failure);

/// Stops libhdf5 from printing to stderr in this thread.
void chdf5_silence(void);
/// Forgets earlier errors of this thread.
void chdf5_clear_errors(void);
/// The innermost message of the last error, empty if there is none.
void chdf5_last_error(char *text, size_t size);

/// Bytes of the name of an object, with its 0.
enum chdf5_name_limit { CHDF5_LONGEST_NAME = 1024 };

/// The names of the scales attached to the dimensions of a dataset of a rank, each with its 0, empty without one, in room for
/// `rank` times CHDF5_LONGEST_NAME; returns their bytes, negative on error or where the list of scales is none for that rank.
long chdf5_scale_names(hid_t dataset, unsigned rank, char *names);

/// To be called where another file is opened: names of scales are kept for one file.
void chdf5_forget_scales(void);

/// Whether a path leads to an object by hard links alone: 1, 0 where it does not or there is none, negative on error.
int chdf5_is_in_file(hid_t file, const char *path);

/// What keeps a dataset's values from being read; soundness is for the caller to say.
enum chdf5_storage {
    CHDF5_STORAGE_PLAIN = 0,
    /// In other files, or put together from them.
    CHDF5_STORAGE_ELSEWHERE,
    /// By a filter other than shuffle, deflate and fletcher32.
    CHDF5_STORAGE_FILTERED,
    /// In chunks of more than 64 MiB.
    CHDF5_STORAGE_CHUNKS,
    /// Mapped from other datasets of the same file.
    CHDF5_STORAGE_MAPPED
};

/// One of `chdf5_storage`, negative on error; the number of a strange filter in `filter`, and whether it lies in chunks.
int chdf5_storage(hid_t dataset, int *filter, int *is_chunked);

/// Calls `visit` with the name of each link of a group and whether it is a hard one, in the order of their creation where the group
/// tracks it.
herr_t chdf5_each_link(hid_t group, herr_t (*visit)(const char *name, int is_hard, void *context), void *context);

/// What a child process that reads a file can be asked for.
enum chdf5_operation {
    /// To read all of the file but trials that lie in one piece; thoroughly: also to unpack large datasets. The value is a list of
    /// answers (`chdf5_told`) to what is likely to be asked next.
    CHDF5_LOOK_QUICKLY = 1,
    CHDF5_LOOK_THOROUGHLY,
    /// Whether there is a link of that name.
    CHDF5_FIND,
    /// What a dataset is.
    CHDF5_DESCRIBE,
    /// The names of the scales of its dimensions, each with its 0; empty without one.
    CHDF5_READ_SCALES,
    /// All `count` values of a dataset of numbers, as `element`.
    CHDF5_READ_NUMBERS,
    /// A box of them.
    CHDF5_READ_BOX,
    /// All `count` texts of variable length of a dataset, each with its 0.
    CHDF5_READ_TEXTS,
    /// What an attribute is and, of one text or of numbers, its value.
    CHDF5_READ_ATTRIBUTE,
    /// To give an attribute of one whole number of 32 bits the value `count` and to close the file, which was opened for that.
    CHDF5_WRITE_INTEGER,
    /// Never asked for: told where all attributes of an object are, so that one of another name is missing.
    CHDF5_ALL_ATTRIBUTES,
    /// To close its file and open another one, `object`; the answer is as the first one, to no request.
    CHDF5_OPEN_OTHER
};

enum chdf5_element { CHDF5_FLOAT64 = 0, CHDF5_INT64, CHDF5_INT32, CHDF5_UINT8, CHDF5_UINT64 };

/// Results other than 0 and the negative one of a failure.
enum chdf5_result { CHDF5_IS_MISSING = 1, CHDF5_IS_NO_DATASET };

struct chdf5_request {
    int operation, element, rank;
    char object[1024], attribute[256];
    /// Of a box.
    uint64_t starts[32], counts[32];
    uint64_t count;
};

struct chdf5_reply {
    /// 0, one of `chdf5_result`, or negative where it failed: then `failure` is the number of the error of a call to the
    /// system, else 0, and `reason` is in the library's words.
    int result, failure;
    /// Bytes of the value, which follow.
    uint64_t size;
    /// Of a dataset or an attribute: H5T_class_t, size in bytes, whether a whole number has a sign, whether it is a text of
    /// variable length, whether it is one of `chdf5_element` in this machine's form.
    int type_class, is_signed, is_variable_text, is_native;
    uint64_t type_size;
    /// Of a dataset: one of `chdf5_storage`, the number of a strange filter, the place in the file or -1.
    int storage, filter;
    int64_t offset;
    /// Whether it is a scalar or a grid; its values.
    int is_simple, rank;
    uint64_t count, lengths[32];
    char reason[256];
};

/// Bytes of all answers that are told before they are asked for: enough for all of a header.
enum chdf5_told_limit { CHDF5_MOST_TOLD = 4 << 20 };

/// An answer to a question that was not asked yet. What follows: the first `head` bytes of its reply (the rest is 0), the names of
/// the object and of the attribute, the value.

struct chdf5_told {
    int operation, element;
    unsigned head, object, attribute;
};

/// Starts a child process that opens a file with libhdf5, to read it (or to change it) for this one, and answers what it is
/// asked through a socket, whose own end is left in `socket`; returns the child, -1 where there is none. Its first answer,
/// to no request, is whether it could open the file. It has 4 GiB of memory, and for each answer `seconds` on the clock and
/// one of processor time, and more for large files. The caller must own the library: nobody may be inside it while the
/// process forks.
int chdf5_start_reader(const char *path, int writable, unsigned seconds, int *socket);

/// How an answer can fail to come.
enum chdf5_no_answer { CHDF5_HAS_ENDED = -1, CHDF5_IS_LATE = -2 };

/// How many seconds an answer may take: those that the child has for it on the clock and half as many more, so that the clock here
/// matters only where a child does not end by its own. `seconds` as given to `chdf5_start_reader`, `bytes` what is read.
double chdf5_patience(unsigned seconds, double bytes);

/// Asks a child, or waits for its first answer where `request` is NULL, for at most so many seconds: 0, or one of `chdf5_no_answer`.
int chdf5_ask(int socket, const struct chdf5_request *request, struct chdf5_reply *reply, double seconds);

/// Reads so many bytes of an answer's value, within so many seconds: 0, or one of `chdf5_no_answer`.
int chdf5_receive(int socket, void *bytes, size_t size, double seconds);

/// Ends a child, whatever it does, and its socket: 0, or the number of the signal that had ended it before; -1 where it had ended
/// with an error.
int chdf5_end_reader(int child, int socket);

/// Linux's fallocate, which Swift's Glibc does not show: 0 or the error's number.
int chdf5_reserve(int file, long long offset, long long length);

/// When a file was made, in nanoseconds, of a descriptor or, where that is below 0, of what a path leads to; 0 where the file system
/// does not say. Linux's statx, which Swift's Glibc does not show.
long long chdf5_time_of_making(int file, const char *path);

/// The room that `chdf5_pack` needs for `size` bytes.
size_t chdf5_packed_bound(size_t size);

/// Applies HDF5's filters shuffle (for elements of more than one byte; `size` is a multiple of `element`) and deflate,
/// so that chunks can be packed on all cores. Returns the packed length, 0 where memory is short.
size_t chdf5_pack(const unsigned char *bytes, size_t size, size_t element, int level, unsigned char *packed);
