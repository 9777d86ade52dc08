#pragma once
#include <hdf5.h>

/// Who hears of what was looked at. Paths are as they are asked for: "/", then names without a slash before them.
struct chdf5_looker {
    /// A dataset that was read without an error, or a group, with all its attributes.
    void (*object)(hid_t object, const char *path, void *context);
    void *context;
};

/// Reads all that an open file holds, except for trials that lie in one piece: 0, or -1 where the library refuses it. Where not
/// `thorough`, large datasets that are packed are not unpacked, and only their chunks are looked up.
int chdf5_look(hid_t file, int thorough, const struct chdf5_looker *looker);
