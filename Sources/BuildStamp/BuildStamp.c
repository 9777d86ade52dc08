#include "BuildStamp.h"

/* Given by Package.swift, which knows it from git; not there when built from an archive. */
#ifndef SAMSWEEP_COMMIT
#define SAMSWEEP_COMMIT "unknown"
#endif

const char *samsweep_build_commit(void) { return SAMSWEEP_COMMIT; }
