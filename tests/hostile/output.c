/*
 * Leaving the module while it prints: the pager's `q' and `a', a closed pipe,
 * and ^C, at every call that prints; and coming back into it from there.
 */

#include "hostile.h"
#include <stdio.h>
#include <string.h>

static const struct row *nested_row;

/* A jump out of each call of mdb_printf() of each row. */
static void
jumps(enum jump code, const char *kind)
{
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		long n, count = row->calls[CALL_PRINTF];
		for (n = 1; n <= count; n = stride(n, 8, count)) {
			struct blow blow = { CALL_PRINTF, HOW_JUMP, n, code };
			struct result r = row_run(row, &blow);
			if (r.jumped != (int)code)
				complain("%s: call %ld of mdb_printf was not reached",
				    row->label, n);
			count_blow(kind);
			row_check(row, kind);
		}
	}
	settle(kind);
}

/* SIGINT that comes inside each printing call, where MDB's handler jumps. */
static void
interrupts(enum call call, const char *kind)
{
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		long count = row->calls[call];
		for (long n = 1; n <= count; n = stride(n, 8, count)) {
			struct blow blow = { call, HOW_SIGINT, n, 0 };
			struct result r = row_run(row, &blow);
			if (r.jumped != JUMP_SIGINT)
				complain("%s: ^C in call %ld of %s is lost: %d",
				    row->label, n, call_names[call], r.jumped);
			count_blow(kind);
			row_check(row, kind);
		}
	}
	settle(kind);
}

static void
nest(void)
{
	const mdb_dcmd_t *dcmd = dcmd_named(nested_row->dcmd);

	(void) dcmd->dc_funcp(nested_row->addr, nested_row->flags,
	    nested_row->argc, nested_row->argv);
}

/* Lines that the expected text has and this one lacks. */
static bool
holds(const char *text, const char *expected, const char *inner)
{
	const char *at = strstr(text, inner);
	size_t before;

	/* What the outer command prints stands around what the inner one does. */
	while (at != NULL) {
		before = (size_t)(at - text);
		if (strncmp(text, expected, before) == 0 &&
		    strcmp(at + strlen(inner), expected + before) == 0)
			return (true);
		at = strstr(at + 1, inner);
	}
	return (false);
}

/* Another command runs in the midst of each printing call. */
static void
nests(void)
{
	nested_row = &rows[0];
	blow_nest = nest;
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		long count = row->calls[CALL_PRINTF];
		for (long n = 1; n <= count; n = stride(n, 8, count)) {
			struct blow blow = { CALL_PRINTF, HOW_NEST, n, 0 };
			struct result r = row_run(row, &blow);
			if (!row->changes && (r.status != row->status ||
			    !holds(r.text, row->expected, rows[0].expected)))
				complain("%s with a command inside its print %ld of "
				    "%ld: status %d, \"%.300s\"", row->label, n,
				    row->calls[CALL_PRINTF], r.status, r.text);
			count_blow("command inside a print");
			row_check(row, "a command inside a print");
		}
	}
	settle("commands inside prints");
}

void
phase_pager(void)
{
	jumps(JUMP_PAGER, "pager quit");
	jumps(JUMP_OUTPUT, "closed pipe");
	jumps(JUMP_ABORT, "pager abort");
	interrupts(CALL_PRINTF, "^C in mdb_printf");
	interrupts(CALL_WARN, "^C in mdb_warn");
	nests();
}
