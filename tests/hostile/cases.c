/*
 * What is run: every command of the module's table, with the arguments that
 * its own usage names, on addresses of every type, and every walker; and what
 * each prints on a fresh load.
 */

#include "hostile.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 2048, SAMPLES = 16, VARIANTS = 24 };

struct row rows[ROWS];
size_t row_count;
bool exhaustive, few;
static size_t idle_bytes;

/* Types of value to look for, and an address of each. */
static struct { const char *type; uintptr_t addr; } samples[SAMPLES] = {
	{ "JSFunction", 0 }, { "JSObject", 0 }, { "JSArray", 0 },
	{ "String", 0 }, { "FixedArray", 0 }, { "Oddball", 0 },
	{ "SharedFunctionInfo", 0 }, { "Map", 0 },
};
enum { SEARCHED = 8 };
static size_t sample_count;

uintptr_t
sample(const char *type)
{
	for (size_t i = 0; i < sample_count; i++) {
		if (strcmp(samples[i].type, type) == 0)
			return (samples[i].addr);
	}
	give_up("no sample of type %s", type);
}

/* Notes the value if it is of a type that is still looked for. */
static bool
look_at(uint64_t value)
{
	const mdb_dcmd_t *type = dcmd_named("v8type");
	struct result r;
	bool all = true;

	if ((value & 3) != 1)
		return (false);
	r = dcmd_call(type, value, DCMD_ADDRSPEC, 0, NULL, NULL);
	for (size_t i = 0; i < SEARCHED; i++) {
		/* The name may be the end of a longer one, as of ConsString. */
		const char *at = strstr(r.text, samples[i].type);
		size_t length = strlen(samples[i].type);
		if (r.status == DCMD_OK && samples[i].addr == 0 && at != NULL &&
		    !isalnum((unsigned char)at[length]))
			samples[i].addr = value;
		all = all && samples[i].addr != 0;
	}
	return (all);
}

/* Values of every type hang on the stack, at most two references away. */
static void
find_samples(void)
{
	uint64_t rsp, rbp, value, inner, words[64];
	bool all = false;

	if (dcmd_named("v8type") == NULL)
		give_up("the module has no ::v8type to find values with");
	core_register("rsp", &rsp);
	core_register("rbp", &rbp);
	for (uint64_t at = rsp; !all && at < rsp + 0x4000; at += 8) {
		if (core_read(at, &value, 8) != 8)
			break;
		all = look_at(value);
		if ((value & 3) != 1 ||
		    core_read(value - 1, words, sizeof (words)) != sizeof (words))
			continue;
		for (size_t i = 0; !all && i < 8; i++) {
			inner = words[i];
			all = look_at(inner);
		}
	}
	sample_count = SEARCHED;
	for (size_t i = 0; i < SEARCHED; i++) {
		if (samples[i].addr == 0)
			give_up("the core has no %s", samples[i].type);
	}
	/* Objects, their maps, and V8's read-only memory. */
	mappings_show(sample("JSObject"));
	if (core_read(sample("JSObject") - 1, &value, 8) == 8)
		mappings_show(value);
	mappings_show(sample("Oddball"));
	samples[sample_count].type = "frame";
	samples[sample_count++].addr = rbp;
	samples[sample_count].type = "smi";
	samples[sample_count++].addr = 7UL << 32;
	samples[sample_count].type = "garbage";
	samples[sample_count++].addr = 0xdeadbeefdeadbeefUL;
	samples[sample_count].type = "zero";
	samples[sample_count++].addr = 0;
}

static mdb_arg_t
word(const char *text)
{
	return ((mdb_arg_t){ MDB_TYPE_STRING, { .a_str = strdup(text) } });
}

/* Arguments of one call; wrong ones need not be tried everywhere. */
struct variant {
	int argc;
	mdb_arg_t argv[2];
	bool wrong;
};

static size_t
variant(struct variant *all, size_t count, bool wrong, const char *first,
    const char *second)
{
	if (count == VARIANTS)
		give_up("more than %d variants of arguments", VARIANTS);
	all[count] = (struct variant){ .wrong = wrong };
	if (first != NULL)
		all[count].argv[all[count].argc++] = word(first);
	if (second != NULL)
		all[count].argv[all[count].argc++] = word(second);
	return (count + 1);
}

/*
 * Arguments made of the usage, whose form is MDB's own: [-abc] [-x value]
 * [word ...]
 */
static size_t
variants(const char *usage, struct variant *all)
{
	const char *at = usage + strspn(usage, ":? ");
	char text[64], option[3] = "-x";
	size_t count = variant(all, 0, false, NULL, NULL);

	while (*at != '\0') {
		size_t length = strcspn(at, "] ");
		option[1] = at[0] == '[' ? at[2] : '-';
		snprintf(text, sizeof (text), "%.*s", (int)length - 1, at + 1);
		if (strncmp(at, "[-", 2) == 0 && at[length] == ' ') {
			count = variant(all, count, false, option, "2");
			count = variant(all, count, true, option, "?");
		} else if (strncmp(at, "[-", 2) == 0) {
			count = variant(all, count, false, text, NULL);
		} else {
			count = variant(all, count, false, "node-0.6", NULL);
		}
		at += strcspn(at, "]");
		at += strspn(at, "] ");
	}
	count = variant(all, count, true, "-~", NULL);
	count = variant(all, count, true, NULL, NULL);
	/* A number, as $[expression] hands it over. */
	all[count - 1].argc = 1;
	all[count - 1].argv[0] = (mdb_arg_t){ MDB_TYPE_IMMEDIATE, { .a_val = 3 } };
	return (count);
}

static struct row *
row_add(const struct row *row, const char *type)
{
	struct row *new = &rows[row_count];
	size_t n;

	if (++row_count == ROWS)
		give_up("more than %d rows", ROWS);
	*new = *row;
	n = (size_t)snprintf(new->label, sizeof (new->label), "%s%s%s%s",
	    type, row->help ? "::help " : row->tab ? "TAB ::" : row->walker ? "::walk " : "::",
	    row->walker ? row->walker : row->dcmd, row->argc ? " " : "");
	for (int i = 0; i < row->argc && n < sizeof (new->label); i++)
		n += (size_t)snprintf(new->label + n, sizeof (new->label) - n,
		    "%s ", row->argv[i].a_type == MDB_TYPE_STRING ?
		    row->argv[i].a_un.a_str : "$[3]");
	return (new);
}

/* What may follow the command, a dash, and each option that takes a value. */
static void
tab_rows(struct row *row, const char *usage)
{
	char option[3] = "-x";

	row->flags = DCMD_TAB_SPACE;
	row_add(row, "");
	row->argc = 1;
	for (const char *at = usage; (at = strstr(at, "-")) != NULL; at++) {
		/* Letters that stand together take none. */
		if (at[2] != ' ')
			continue;
		option[1] = at[1];
		row->argv[0] = word(option);
		row_add(row, "");
	}
	row->flags = 0;
	row->argv[0] = word("-");
	row_add(row, "");
}

static void
rows_of(const mdb_dcmd_t *dcmd)
{
	struct variant all[VARIANTS];
	const char *usage = dcmd->dc_usage ? dcmd->dc_usage : "";
	size_t count = variants(usage, all);
	bool takes_address = *usage == ':' || *usage == '?';
	struct row row = { .dcmd = strdup(dcmd->dc_name) };

	for (size_t v = 0; v < count; v++) {
		memcpy(row.argv, all[v].argv, sizeof (all[v].argv));
		row.argc = all[v].argc;
		row.flags = 0;
		row.addr = 0;
		if (v == 0 || (!few && *usage != ':'))
			row_add(&row, "");
		row.flags = DCMD_ADDRSPEC;
		for (size_t i = 0; i < sample_count; i++) {
			const char *type = samples[i].type;
			bool chosen = v == 0 && takes_address;
			/* With options some types do, with wrong ones one. */
			if (!all[v].wrong && takes_address)
				chosen = chosen || i == 0 || i == 3 ||
				    strcmp(type, "frame") == 0;
			if (!chosen && strcmp(type, "JSObject") != 0)
				continue;
			if (few && (v > 0 || (i > 1 && strcmp(type, "frame") != 0)))
				continue;
			row.addr = samples[i].addr;
			row_add(&row, type);
		}
	}
	row.argc = 0;
	row.flags = 0;
	row.help = true;
	row_add(&row, "");
	row.help = false;
	row.tab = true;
	tab_rows(&row, usage);
}

static int
print_address(uintptr_t addr, const void *layer, void *data)
{
	(void) layer;
	(void) data;
	mdb_printf("%s", addr % 2 ? "odd " : "even ");
	return (WALK_NEXT);
}

/* Files that commands write under the names that variants() hands over. */
static void
forget_files(void)
{
	static const char *const names[] = { "2", "3", "0x3", "?", "node-0.6" };

	for (size_t i = 0; i < sizeof (names) / sizeof (names[0]); i++)
		(void) unlink(names[i]);
}

/* Whether what others left behind was undone ahead of the next run. */
static bool is_ready;

/*
 * Undoes it now: a blow that may fall anywhere must not fall on the module while
 * it is loaded again.
 */
void
row_ready(const struct row *row)
{
	row_undo(row);
	is_ready = true;
}

struct result
row_run(const struct row *row, const struct blow *blow)
{
	forget_files();
	/* What others left behind may show in what it prints. */
	if (!is_ready)
		row_undo(row);
	is_ready = false;
	if (row->walker != NULL) {
		for (size_t i = 0; walker_at(i) != NULL; i++) {
			if (strcmp(walker_at(i)->walk_name, row->walker) == 0)
				return (walk_call(walker_at(i), row->addr,
				    print_address, NULL, blow));
		}
		give_up("no walker %s", row->walker);
	}
	const mdb_dcmd_t *dcmd = dcmd_named(row->dcmd);
	if (dcmd == NULL)
		give_up("no command %s", row->dcmd);
	if (row->help)
		return (help_call(dcmd, blow));
	if (row->tab)
		return (tab_call(dcmd, row->flags, row->argc, row->argv, blow));
	return (dcmd_call(dcmd, row->addr, row->flags, row->argc, row->argv,
	    blow));
}

/* Runs every row on a module just loaded, twice. */
static void
rows_expect(void)
{
	for (size_t i = 0; i < row_count; i++) {
		struct row *row = &rows[i];
		/* What changes no state leaves the load as good as fresh. */
		if (!few || (i > 0 && rows[i - 1].changes)) {
			module_unload(true);
			(void) module_load(5);
		}
		struct result r = row_run(row, NULL);
		row->expected = strdup(r.text);
		row->status = r.status;
		memcpy(row->calls, calls, sizeof (calls));
		r = row_run(row, NULL);
		row->changes = strcmp(r.text, row->expected) != 0 ||
		    r.status != row->status;
		if (row->dcmd == NULL || row->help || row->tab || row->argc > 0)
			row->main_row = row->walker != NULL &&
			    row->calls[CALL_PRINTF] > 0;
		/* Loading another layout also changes what the others print. */
		r = row_run(&rows[0], NULL);
		row->changes = row->changes || strcmp(r.text, rows[0].expected) != 0;
	}
	/* Of each command, the row that asks for most stands for it. */
	for (size_t i = 0; i < row_count; i++) {
		struct row *best = NULL;
		if (i > 0 && rows[i].dcmd != NULL && rows[i - 1].dcmd != NULL &&
		    strcmp(rows[i].dcmd, rows[i - 1].dcmd) == 0)
			continue;
		for (size_t k = i; rows[i].dcmd != NULL && k < row_count &&
		    rows[k].dcmd != NULL &&
		    strcmp(rows[k].dcmd, rows[i].dcmd) == 0; k++) {
			if (best == NULL ||
			    rows[k].calls[CALL_READ] + 64 * (rows[k].status == DCMD_OK) >
			    best->calls[CALL_READ] + 64 * (best->status == DCMD_OK))
				best = &rows[k];
		}
		if (best != NULL)
			best->main_row = true;
	}
}

/* Rows that leave another state behind need a load each time. */
static void
drop_changing_rows(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < row_count; i++) {
		if (!rows[i].changes)
			rows[kept++] = rows[i];
	}
	row_count = kept;
}

/*
 * Has the module forget what it read: a target that ran may have changed, so
 * one command in a running target empties the cache.
 */
static void
forget_pages(void)
{
	target_state = MDB_STATE_STOPPED;
	(void) help_call(dcmd_at(0), NULL);
	target_state = MDB_STATE_DEAD;
}

void
rows_make(void)
{
	struct row row = { 0 };

	(void) module_load(5);
	find_samples();
	/* The first row is the one that tells whether the layout changed. */
	row.dcmd = "jsprint";
	row.flags = DCMD_ADDRSPEC;
	row.addr = sample("JSObject");
	row_add(&row, "JSObject");
	for (size_t i = 0; dcmd_at(i) != NULL; i++)
		rows_of(dcmd_at(i));
	for (size_t i = 0; walker_at(i) != NULL; i++) {
		row = (struct row){ .walker = strdup(walker_at(i)->walk_name) };
		row_add(&row, "");
		for (size_t k = 0; k < sample_count; k++) {
			row.addr = samples[k].addr;
			row_add(&row, samples[k].type);
		}
	}
	rows_expect();
	if (few)
		drop_changing_rows();
	module_unload(true);
	(void) module_load(5);
	all_check("loading");
	module_unload(true);
	(void) module_load(5);
	forget_pages();
	idle_bytes = bytes_live;
}

/* A fresh load, where the row has left another state behind. */
void
row_undo(const struct row *row)
{
	if (!row->changes)
		return;
	module_unload(true);
	(void) module_load(5);
}

/* The row prints what it prints on a fresh load, now. */
void
row_check(const struct row *row, const char *after)
{
	struct result r;

	row_undo(row);
	r = row_run(row, NULL);
	if (strcmp(r.text, row->expected) != 0 || r.status != row->status) {
		size_t at = 0;
		while (r.text[at] == row->expected[at] && r.text[at] != '\0')
			at++;
		complain("%s after %s: status %d, not %d; from byte %zu on "
		    "\"%.200s\", not \"%.200s\"", row->label, after, r.status,
		    row->status, at, r.text + at, row->expected + at);
	}
	row_undo(row);
}

void
all_check(const char *after)
{
	for (size_t i = 0; i < row_count; i++)
		row_check(&rows[i], after);
}

void
cold(void)
{
	forget_pages();
	/* What was found in the heap it keeps all the same. */
	if (idle_bytes > 0 && bytes_live > idle_bytes + 4096) {
		module_unload(true);
		if (bytes_live != 0)
			complain("%zu bytes are held after ::unload", bytes_live);
		(void) module_load(5);
		forget_pages();
	}
}

/* After all kinds of blow no more memory is held than before. */
void
settle(const char *after)
{
	size_t once;

	all_check(after);
	once = bytes_live;
	all_check(after);
	if (bytes_live > once + 4096)
		complain("%zu bytes are held after %s, %zu once more", once, after,
		    bytes_live);
	cold();
	if (bytes_live > idle_bytes + 4096)
		complain("%zu bytes are held after %s, %zu before it", bytes_live,
		    after, idle_bytes);
}

/*
 * The next call to strike at, of so many: all small ones, then ever fewer. Every
 * one in an exhaustive run, but of rows that search the heap.
 */
long
stride(long nth, long small, long count)
{
	if (count > MANY)
		small = exhaustive ? 64 : 2;
	else if (exhaustive)
		small = count;
	return (nth < small ? nth + 1 : nth + 1 + nth / 2);
}
