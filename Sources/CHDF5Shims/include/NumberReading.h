#pragma once
// Reads datasets of numbers of files that others made.

#include <stddef.h>

enum { CHDF5_MOST_PARTS = 4, CHDF5_MOST_RANK = 2 };

/// A dataset of at most two dimensions; values row by row.
struct chdf5_numbers {
    int rank;
    size_t lengths[CHDF5_MOST_RANK];
    double *values;
};

struct chdf5_reading {
    /// 0: all were read. Positive: refused for `reason`. Negative: the library crashed or took too long.
    int status;
    /// The dataset that is refused.
    char object[64];
    /// For people, as "it is packed with the filter LZF …".
    char reason[512];
    int count;
    struct chdf5_numbers parts[CHDF5_MOST_PARTS];
    size_t mapped;
};

/// Reads the named datasets out of the bytes of an HDF5 file as netCDF does, in a child process: a damaged or hostile file
/// can neither crash this one nor take more than its share of memory (4 GiB) and time (2 minutes). Nothing outside the
/// bytes is looked at.
///
/// Packed values are unpacked (`scale_factor`, `add_offset`, `_Unsigned`); a value that its attributes mark as missing
/// (`_FillValue`, `missing_value`, `valid_min`, `valid_max`, `valid_range`, netCDF's defaults) is refused.
///
/// - most: numbers in one dataset.
///
/// Returns NULL where there is no memory for the reading; else it must be given to `chdf5_end_reading`.
struct chdf5_reading *chdf5_read_numbers(
    const void *bytes, size_t size, const char *const *names, int count, size_t most);

void chdf5_end_reading(struct chdf5_reading *reading);
