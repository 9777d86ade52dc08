#pragma once

/* The commit this program was built from, with "-dirty" behind it where files were changed; "unknown" without git. */
const char *samsweep_build_commit(void);
