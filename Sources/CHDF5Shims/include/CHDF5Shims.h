#pragma once
// What Swift cannot see of libhdf5: macros, and calls whose form differs between 1.10, 1.12, 1.14 and 2.0.

#include <hdf5.h>
#include <stddef.h>

#include "NumberReading.h"

// Types in memory and, little-endian, in files.
hid_t chdf5_native_double(void);
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
unsigned chdf5_read_only(void);
unsigned chdf5_read_write(void);
unsigned chdf5_create_new(void);
unsigned chdf5_creation_order(void);
hsize_t chdf5_undefined_address(void);

/// Opens without libhdf5's own file locks where the library can (from 1.10.7 on).
herr_t chdf5_disable_file_locking(hid_t access);

/// Stops libhdf5 from printing to stderr in this thread.
void chdf5_silence(void);
/// Forgets earlier errors of this thread.
void chdf5_clear_errors(void);
/// The innermost message of the last error, empty if there is none.
void chdf5_last_error(char *text, size_t size);

/// The name of the scale attached to a dimension of a dataset; returns its length, 0 without one, negative on error.
long chdf5_scale_name(hid_t dataset, unsigned dimension, char *name, size_t size);

/// Calls `visit` with the name of each link of a group, in the order of their creation where the group tracks it.
herr_t chdf5_each_link(hid_t group, herr_t (*visit)(const char *name, void *context), void *context);

/// Has libhdf5 read all objects of a file, their attributes and their smaller datasets, in a child process, for at most
/// `seconds` and one second of processor time (a damaged heap makes the library go in circles). Returns the child.
/// The caller must own the library: nobody may be inside it while the process forks.
int chdf5_start_probe(const char *path, unsigned seconds);

/// Waits for the child. Returns 0 if it could read the file, -1 if it failed, the signal's number if it crashed or
/// took too long.
int chdf5_finish_probe(int child);

/// Linux's fallocate, which Swift's Glibc does not show: 0 or the error's number.
int chdf5_reserve(int file, long long offset, long long length);

/// The room that `chdf5_pack` needs for `size` bytes.
size_t chdf5_packed_bound(size_t size);

/// Applies HDF5's filters shuffle (for elements of more than one byte; `size` is a multiple of `element`) and deflate,
/// so that chunks can be packed on all cores. Returns the packed length, 0 where memory is short.
size_t chdf5_pack(const unsigned char *bytes, size_t size, size_t element, int level, unsigned char *packed);
