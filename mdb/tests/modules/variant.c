/*
 * Modules that are old or wrong, one per value of VARIANT.
 */
#include <stddef.h>
#include "mdb_modapi.h"

static int
hello(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	mdb_printf("hello from version 3\n");
	return (DCMD_OK);
}

/* Before version 4 a command had no completion function. */
static const struct {
	const char *name, *usage, *descr;
	mdb_dcmd_f *function;
	void (*help)(void);
} old_dcmds[] = {
	{ "oldhello", NULL, "says hello", hello, NULL },
	{ "oldagain", NULL, "says hello as well", hello, NULL },
	{ NULL }
};

static const mdb_dcmd_t bad_name[] = { { "bad name", NULL, "x", hello }, { NULL } };
static const mdb_dcmd_t no_descr[] = { { "nodescr", NULL, NULL, hello }, { NULL } };
static const mdb_dcmd_t no_function[] = { { "nofunc", NULL, "x", NULL }, { NULL } };
static const mdb_walker_t no_step[] = { { "nostep", "x" }, { NULL } };
static const mdb_dcmd_t twice[] = {
	{ "twice", NULL, "first", hello }, { "twice", NULL, "second", hello },
	{ NULL }
};

static const mdb_modinfo_t infos[] = {
	{ 3, (const mdb_dcmd_t *)old_dcmds, NULL },
	{ 4, bad_name, NULL },
	{ 4, no_descr, NULL },
	{ 4, no_function, NULL },
	{ 4, NULL, no_step },
	{ 99, NULL, NULL },
	{ 0, NULL, NULL },
	{ 5, twice, NULL },
};

#if VARIANT == 100
const mdb_modinfo_t *
_mdb_init(void)
{
	return (NULL);
}
#elif VARIANT != 101
const mdb_modinfo_t *
_mdb_init(void)
{
	return (&infos[VARIANT]);
}
#endif
