#pragma once
#include <hdf5.h>

/// A dataset that was read without an error.
struct chdf5_looked {
    hid_t dataset, type, space;
    /// See `chdf5_storage`.
    int storage, filter;
    /// The names of its scales: see `chdf5_scale_names`.
    const char *scales;
    size_t scale_bytes;
    /// All its values as the native form of its type; NULL where they were not kept.
    void *values;
};

/// Who hears of what is looked at, an object after the other: its attributes, what it is where it is a dataset, and that this was
/// all. Paths are as they are asked for: "/", then names without a slash before them.
struct chdf5_looker {
    /// Whether its value was read; else that is done here.
    int (*attribute)(hid_t attribute, const char *object, const char *name, void *context);
    void (*dataset)(const struct chdf5_looked *dataset, const char *path, void *context);
    void (*end)(const char *path, void *context);
    void *context;
};

/// Reads all that an open file holds, except for trials that lie in one piece: 0, or -1 where the library refuses it. Where not
/// `thorough`, large datasets that are packed are not unpacked, and only their chunks are looked up.
int chdf5_look(hid_t file, int thorough, const struct chdf5_looker *looker);
