/*
 * Loading again and again, into debuggers of several versions.
 */

#include "hostile.h"
#include <stdio.h>
#include <string.h>

static char first_text[4096];

static void
load_and_check(const char *after)
{
	if (!module_load(5))
		give_up("the module is refused");
	if (strcmp(output_text(), first_text) != 0)
		complain("loaded after %s it says \"%.300s\"", after, output_text());
}

/* A version the module does not know is refused before any command runs. */
static void
versions(void)
{
	for (int version = 1; version <= 5; version++) {
		module_unload(true);
		/* Version 4 was the first with completion, which makes a
		 * command's row longer: older debuggers must not read it. */
		if (module_load(version) != (version >= 4))
			complain("a debugger of version %d %s the module", version,
			    version >= 4 ? "refuses" : "accepts");
		count_blow("version of the debugger");
		if (version >= 4) {
			row_check(&rows[0], "a load into another version");
			continue;
		}
		/* Refused modules are closed without _mdb_fini. */
		heap_forget();
		load_and_check("a refusal");
		row_check(&rows[0], "a refusal");
	}
}

void
phase_loads(void)
{
	module_unload(true);
	(void) module_load(5);
	snprintf(first_text, sizeof (first_text), "%s", output_text());
	for (int i = 0; i < (few ? 8 : 100); i++) {
		/* Unloaded after a command, after a jump, after a panic, at once. */
		struct blow jump = { CALL_PRINTF, HOW_JUMP, 1, JUMP_PAGER };
		struct blow panic = { CALL_ALLOC, HOW_FAIL, 5, 0 };
		if (i % 4 == 1)
			row_check(&rows[(size_t)i % row_count], "a reload");
		else if (i % 4 == 2)
			(void) row_run(&rows[0], &jump);
		else if (i % 4 == 3)
			(void) row_run(&rows[0], &panic);
		module_unload(true);
		if (bytes_live != 0 || blocks_live != 0)
			complain("%zu bytes are held after ::unload", bytes_live);
		load_and_check("::unload");
		count_blow("unload and load");
	}
	versions();
	settle("reloads");
}
