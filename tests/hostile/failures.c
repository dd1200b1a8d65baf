/*
 * Calls that fail: memory of the target that cannot be read or comes in part,
 * symbols, registers and the executable's header that are not to be had, and
 * memory of the debugger itself that has run out.
 */

#include "hostile.h"
#include <stdio.h>
#include <string.h>

/* How many calls of this kind the row makes when nothing is cached. */
static long
calls_when_cold(const struct row *row, enum call call)
{
	struct blow none = { .how = HOW_NOT };
	long count;

	cold();
	(void) row_run(row, &none);
	count = calls[call];
	row_undo(row);
	return (count);
}

static void
failures_of(const struct row *row, enum call call, enum how how, long small,
    const char *kind)
{
	long count = calls_when_cold(row, call);

	if (count > MANY && !row->main_row && !exhaustive)
		return;
	for (long n = 1; n <= count; n = stride(n, small, count)) {
		struct blow blow = { call, how, n, 0 };
		struct result r;
		cold();
		r = row_run(row, &blow);
		if (r.jumped != 0)
			complain("%s jumps when call %ld of %s fails", row->label, n,
			    call_names[call]);
		if (!struck_already)
			complain("%s: call %ld of %s was not reached", row->label, n,
			    call_names[call]);
		count_blow(kind);
		/* What the cache took of the failure shows in a dead target. */
		row_check(row, kind);
	}
}

void
phase_reads(void)
{
	static const struct { enum call call; enum how how; const char *kind; } all[] = {
		{ CALL_READ, HOW_FAIL, "failed read" },
		{ CALL_READ, HOW_SHORT, "short read" },
		{ CALL_READ, HOW_FAIL_ON, "reads fail from here on" },
		{ CALL_BY_ADDR, HOW_FAIL, "failed look-up by address" },
		{ CALL_BY_NAME, HOW_FAIL, "failed look-up by name" },
		{ CALL_ITER, HOW_FAIL, "failed iteration over symbols" },
		{ CALL_REGISTER, HOW_FAIL, "failed register" },
		{ CALL_XDATA, HOW_FAIL, "failed xdata" },
		{ CALL_MAPPINGS, HOW_FAIL, "mappings that break off" },
		{ CALL_WALK, HOW_FAIL, "failed walk of threads" },
	};

	for (size_t k = 0; k < sizeof (all) / sizeof (all[0]); k++) {
		for (size_t i = 0; i < row_count; i++) {
			/* Other forms of a command ask the debugger for the same. */
			if (!rows[i].main_row && !exhaustive && all[k].call != CALL_READ)
				continue;
			failures_of(&rows[i], all[k].call, all[k].how,
			    rows[i].main_row ? 8 : 1, all[k].kind);
		}
		settle(all[k].kind);
	}
}

/* Loading, with one call after another failing; then a fresh load. */
static void
failures_at_load(enum call call, enum how how, long small)
{
	struct blow none = { .how = HOW_NOT };
	long count;

	module_unload(true);
	blow_arm(&none);
	(void) module_load(5);
	count = calls[call];
	for (long n = 1; n <= count; n = stride(n, small, count)) {
		struct blow blow = { call, how, n, 0 };
		module_unload(true);
		if (bytes_live != 0)
			complain("%zu bytes are held after ::unload", bytes_live);
		blow_arm(&blow);
		if (!module_load(5))
			complain("the module is refused");
		if (!struck_already)
			complain("loading: call %ld of %s was not reached", n,
			    call_names[call]);
		blow_disarm();
		count_blow("failure while loading");
		/* Nothing is promised of its output; but it must not fall. */
		(void) row_run(&rows[0], NULL);
		if (how == HOW_FAIL && call == CALL_ALLOC)
			row_check(&rows[0], "no memory while loading");
	}
	module_unload(true);
	(void) module_load(5);
	row_check(&rows[0], "failures while loading");
}

/* A command without memory says so in a line, and gives back all it had. */
static void
exhaustion_of(const struct row *row, enum how how, long small)
{
	const char *said = "v8: internal error, command abandoned: ";
	long count = calls_when_cold(row, CALL_ALLOC);

	for (long n = 1; n <= count; n = stride(n, small, count)) {
		struct blow blow = { CALL_ALLOC, how, n, 0 };
		struct result r;
		cold();
		r = row_run(row, &blow);
		count_blow("no memory");
		if (!struck_already) {
			row_undo(row);
			continue;
		}
		if (strstr(r.text, said) != NULL &&
		    (warnings != 1 || bytes_live != 0))
			complain("%s without memory at call %ld: %d warnings, %zu "
			    "bytes held: %.300s", row->label, n, warnings,
			    bytes_live, r.text);
		if (strstr(r.text, said) == NULL &&
		    (strcmp(r.text, row->expected) != 0 ||
		    r.status != row->status))
			complain("%s without memory at call %ld says \"%.300s\"",
			    row->label, n, r.text);
		row_check(row, "no memory");
	}
}

void
phase_memory(void)
{
	failures_at_load(CALL_READ, HOW_FAIL, 16);
	failures_at_load(CALL_READ, HOW_FAIL_ON, 4);
	failures_at_load(CALL_ALLOC, HOW_FAIL, 64);
	failures_at_load(CALL_ALLOC, HOW_FAIL_ON, 16);
	failures_at_load(CALL_BY_NAME, HOW_FAIL, 16);
	failures_at_load(CALL_ITER, HOW_FAIL, 16);
	failures_at_load(CALL_XDATA, HOW_FAIL, 16);
	for (size_t i = 0; i < row_count; i++) {
		if (exhaustive || rows[i].main_row)
			exhaustion_of(&rows[i], HOW_FAIL, 48);
		else
			exhaustion_of(&rows[i], HOW_FAIL_ON, 1);
	}
	settle("no memory");
}
