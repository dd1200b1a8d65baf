/*
 * Walks that do not end as they should: callbacks that jump away, give up or
 * run commands of the module, at every element of every walk; and pipes.
 */

#include "hostile.h"
#include <stdio.h>
#include <string.h>

/* What a callback does at which element. */
enum deed { DEED_JUMP, DEED_DONE, DEED_ERROR, DEED_COMMAND_JUMP, DEED_WALK_JUMP };
struct doing {
	enum deed deed;
	long at, seen;
};
static const mdb_walker_t *inner_walker;
static uintptr_t inner_addr;

static int
inner_jump(uintptr_t addr, const void *layer, void *data)
{
	(void) addr;
	(void) layer;
	(void) data;
	frame_jump(JUMP_PAGER);
}

static int
callback(uintptr_t addr, const void *layer, void *data)
{
	struct doing *doing = data;
	const mdb_dcmd_t *dcmd = dcmd_named("jsprint");

	(void) layer;
	/* A pipe: a command of the module at each element. */
	if (doing->deed == DEED_COMMAND_JUMP && doing->seen + 1 == doing->at) {
		struct blow blow = { CALL_PRINTF, HOW_JUMP, 1, JUMP_PAGER };
		blow_arm(&blow);
		(void) dcmd->dc_funcp(rows[0].addr, DCMD_ADDRSPEC | DCMD_LOOP |
		    DCMD_PIPE, 0, NULL);
		complain("a command in a walk printed nothing");
	} else if (doing->deed == DEED_COMMAND_JUMP) {
		(void) dcmd->dc_funcp(addr, DCMD_ADDRSPEC | DCMD_LOOP, 0, NULL);
	}
	if (++doing->seen != doing->at)
		return (WALK_NEXT);
	switch (doing->deed) {
	case DEED_JUMP:
		frame_jump(JUMP_PAGER);
	case DEED_DONE:
		return (WALK_DONE);
	case DEED_WALK_JUMP:
		/* A walk in a walk: both are owed their walk_fini. */
		(void) walk_nested(inner_walker, inner_addr, inner_jump, NULL);
		complain("a walk in a walk has no element");
		return (WALK_ERR);
	default:
		return (WALK_ERR);
	}
}

static const mdb_walker_t *
walker_of(const struct row *row)
{
	for (size_t i = 0; walker_at(i) != NULL; i++) {
		if (strcmp(walker_at(i)->walk_name, row->walker) == 0)
			return (walker_at(i));
	}
	give_up("no walker %s", row->walker);
}

static void
deeds_of(const struct row *row, long elements)
{
	static const char *const kinds[] = { "jump out of a walk",
	    "walk ended by its callback", "walk failed by its callback",
	    "jump out of a command in a walk", "jump out of a walk in a walk" };

	inner_walker = walker_of(row);
	inner_addr = row->addr;
	for (enum deed deed = DEED_JUMP; deed <= DEED_WALK_JUMP; deed++) {
		for (long n = 1; n <= elements; n = stride(n, 16, elements)) {
			struct doing doing = { deed, n, 0 };
			struct result r = walk_call(walker_of(row), row->addr,
			    callback, &doing, NULL);
			int wanted = deed == DEED_DONE || deed == DEED_ERROR ? 0 :
			    JUMP_PAGER;
			if (doing.seen != n - (deed == DEED_COMMAND_JUMP))
				complain("%s: %ld elements, %ld wanted", row->label,
				    doing.seen, n);
			if (r.jumped != wanted)
				complain("%s: ended with jump %d, not %d", row->label,
				    r.jumped, wanted);
			count_blow(kinds[deed]);
			row_check(row, kinds[deed]);
		}
	}
}

/*
 * A walk whose walk_init is jumped out of is never ended: MDB owes walk_fini
 * only to walks whose walk_init returned. What it held must not pile up.
 */
static void
walks_begun_only(const struct row *row)
{
	size_t before = 0, after;

	cold();
	for (int i = 0; i < (few ? 300 : 4096); i++) {
		mdb_walk_state_t state = { .walk_addr = row->addr };
		(void) walker_of(row)->walk_init(&state);
		count_blow("walk begun and never ended");
		if (i == 255)
			before = bytes_live;
	}
	after = bytes_live;
	if (after > before)
		complain("%s: 256 walks that MDB never ends hold %zu bytes, more "
		    "of them %zu", row->label, before, after);
	row_check(row, "walks never ended");
	module_unload(true);
	(void) module_load(5);
}

/* A hundred thousand addresses through one command, of every sort of flags. */
static void
pipes(void)
{
	static const uint_t flags[] = { DCMD_ADDRSPEC | DCMD_PIPE,
	    DCMD_ADDRSPEC | DCMD_PIPE | DCMD_PIPE_OUT, DCMD_ADDRSPEC,
	    DCMD_ADDRSPEC | DCMD_PIPE_OUT };
	uint64_t base = sample("JSObject") & ~0x3ffffULL;
	long length = few ? 2000 : 100000;
	size_t most = 0;

	for (size_t k = 0; k < sizeof (flags) / sizeof (flags[0]); k++) {
		const mdb_dcmd_t *dcmd = dcmd_named(k < 2 ? "v8type" : "jsframe");
		cold();
		for (long i = 0; i < length; i++) {
			uint_t loop = DCMD_LOOP | (i == 0 ? DCMD_LOOPFIRST : 0);
			uint64_t addr = base + (uint64_t)i * 8 % 0x40000 + 1;
			if (k >= 2 && i >= length / 10)
				break;
			(void) dcmd_call(dcmd, addr, flags[k] | loop, 0, NULL, NULL);
			if (i == length / 2)
				most = bytes_live;
		}
		count_blow("pipe of 100,000 addresses");
		/* By then the cache of pages is full, unless the pipe is short. */
		if (!few && k < 2 && bytes_live > most + 65536)
			complain("a pipe holds %zu bytes in its midst, %zu at its end",
			    most, bytes_live);
	}
	settle("pipes");
}

/* Every combination of flags, sensible or not. */
static void
flag_combinations(void)
{
	for (size_t i = 0; i < row_count; i++) {
		struct row row = rows[i];
		if (row.dcmd == NULL || row.help || row.tab || !row.main_row)
			continue;
		for (uint_t flags = 0; flags < 0x20; flags++) {
			row.flags = flags;
			struct result r = row_run(&row, NULL);
			if (r.status < DCMD_OK || r.status > DCMD_ABORT)
				complain("%s with flags %#x returns %d", row.label,
				    flags, r.status);
			count_blow("combination of flags");
			row_check(&rows[i], "a combination of flags");
		}
	}
	settle("combinations of flags");
}

void
phase_walks(void)
{
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		if (row->walker == NULL)
			continue;
		/* Each element prints once; see print_address() in cases.c. */
		deeds_of(row, row->calls[CALL_PRINTF]);
		if (row->calls[CALL_PRINTF] > 0)
			walks_begun_only(row);
	}
	settle("walks");
	flag_combinations();
	pipes();
}
