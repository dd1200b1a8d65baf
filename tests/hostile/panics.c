/*
 * A panic of a command that does nothing else; only in a module built for it.
 */

#include "hostile.h"
#include <string.h>

void
phase_panic(void)
{
	const mdb_dcmd_t *dcmd = dcmd_named("v8panic");

	if (dcmd == NULL)
		give_up("this module has no command that panics");
	for (int i = 0; i < 100; i++) {
		const struct row *row = &rows[(size_t)i * 7 % row_count];
		struct result r = dcmd_call(dcmd, 0, 0, 0, NULL, NULL);
		const char *end = strchr(r.text, '\n');

		if (r.jumped != 0 || r.status != DCMD_ERR || warnings != 1 ||
		    end == NULL || end[1] != '\0' ||
		    strstr(r.text, "command abandoned") == NULL)
			complain("a panic returns %d and says \"%.300s\"", r.status,
			    r.text);
		if (bytes_live != 0)
			complain("%zu bytes are held after a panic", bytes_live);
		count_blow("panic");
		row_check(row, "a panic");
	}
	settle("panics");
}
