/* An assertion that fails, to show that the others are looked at. */
#include <mdb_modapi.h>

_Static_assert(sizeof (mdb_pipe_t) == 3, "must not compile");
