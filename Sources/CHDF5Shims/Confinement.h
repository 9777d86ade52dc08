#pragma once
// Child processes that read what may be damaged.

/// To be called in a child: no core file and at most 4 GiB of memory; the program's own signal handlers are not the child's,
/// and what asks the program to stop does not end its children.
void chdf5_confine(void);

/// What a limit of seconds on the clock really is: longer under a sanitizer.
unsigned chdf5_clock_limit(unsigned seconds);

/// From now on at most so many seconds of processor time and so many on the clock; a signal ends a process that takes longer.
void chdf5_limit_time(unsigned processor_seconds, unsigned seconds);
