#pragma once
#include <hdf5.h>

/// Reads all that an open file holds, except for trials that lie in one piece: 0, or -1 where the library refuses it. Where not
/// `thorough`, large datasets that are packed are not unpacked, and only their chunks are looked up.
int chdf5_look(hid_t file, int thorough);
