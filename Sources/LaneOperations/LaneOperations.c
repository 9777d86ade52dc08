#include "LaneOperations.h"

/* All is inlined where it is used. */
