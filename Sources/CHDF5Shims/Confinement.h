#pragma once
// Child processes that read what may be damaged.

/// To be called in a child: no core file, at most 4 GiB of memory and so many seconds of processor time and of time; the
/// program's own signal handlers are not the child's.
void chdf5_confine(unsigned processor_seconds, unsigned seconds);
