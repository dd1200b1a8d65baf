/*
 * A module that calls every function of the module interface on a core of
 * programs/victim.c and says PASS or FAIL for each. The test that loads it
 * counts the lines and wants no FAIL.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mdb_modapi.h"

/* Newer than the header, or outside it. */
extern ssize_t mdb_ioread(void *, size_t, uintptr_t);
extern ssize_t mdb_iowrite(const void *, size_t, uintptr_t);
extern u_longlong_t mdb_argtoull(const mdb_arg_t *);
extern void mdb_nicetime(int64_t, char *, size_t);
extern int mdb_fpwalk_dcmd(const char *, const char *, int, const mdb_arg_t *,
    uintptr_t, uint_t);
extern int mdb_prop_datamodel;
extern void mdb_whatis_unregister(const char *);
extern uint_t mdb_whatis_flags(mdb_whatis_t *);
extern uint_t mdb_whatis_done(mdb_whatis_t *);
extern void mdb_whatis_report_address(mdb_whatis_t *, uintptr_t,
    const char *, ...);
extern void mdb_whatis_report_object(mdb_whatis_t *, uintptr_t, uintptr_t,
    const char *, ...);

typedef struct prmap {
	uintptr_t pr_vaddr;
	size_t pr_size;
	char pr_mapname[64];
	int64_t pr_offset;
	int pr_mflags;
	int pr_pagesize;
	int pr_shmid;
	int pr_filler[1];
} prmap_t;
extern int Pmapping_iter(void *, int (*)(void *, const prmap_t *, const char *),
    void *);

#define	EMDB_NOSYM	1000
#define	EMDB_NOOBJ	1001
#define	EMDB_NOMAP	1002
#define	EMDB_NODCMD	1003
#define	EMDB_NOWALK	1004
#define	EMDB_WALKEXISTS	1006
#define	EMDB_BADWCB	1015
#define	EMDB_WALKINIT	1018
#define	EMDB_WALKLOOP	1019
#define	EMDB_NOSYMADDR	1022
#define	EMDB_NOXD	1026
#define	EMDB_TGTNOTSUP	1028
#define	EMDB_TGTRDONLY	1029
#define	EMDB_BADREG	1030
#define	EMDB_EVAL	1034
#define	EMDB_PARTIAL	1036
#define	EMDB_DCFAIL	1037
#define	EMDB_DCUSAGE	1038
#define	EMDB_NOTHREAD	1051

static void
check(const char *name, int ok)
{
	mdb_printf("%s %s\n", ok ? "PASS" : "FAIL", name);
}

#define	FAILS(call, number) (errno = 0, (call) == -1 && errno == (number))

static GElf_Sym greeting, numbers, counter, first;

static void
test_memory(void)
{
	char buf[128], *big;
	long values[4];
	int number;

	check("mdb_readsym",
	    mdb_readsym(buf, 13, "greeting") == 13 &&
	    strcmp(buf, "hello, world") == 0);
	check("mdb_readsym unknown", FAILS(mdb_readsym(buf, 1, "nope"), EMDB_NOSYM));
	check("mdb_readvar", mdb_readvar(values, "numbers") == sizeof (values) &&
	    values[3] == 0x1122334455667788);
	check("mdb_readvar unknown", FAILS(mdb_readvar(buf, "nope"), EMDB_NOSYM));
	check("mdb_vread", mdb_vread(&number, sizeof (number),
	    counter.st_value) == sizeof (number) && number == 7);
	check("mdb_vread unmapped", FAILS(mdb_vread(buf, 8, 16), EMDB_NOMAP));
	check("mdb_vread nothing", FAILS(mdb_vread(buf, 0, 16), EMDB_NOMAP));
	big = mdb_alloc(1 << 24, UM_SLEEP);
	check("mdb_vread partly", FAILS(mdb_vread(big, 1 << 24,
	    counter.st_value), EMDB_PARTIAL) && *(int *)big == 7);
	mdb_free(big, 1 << 24);
	check("mdb_aread", mdb_aread(&number, sizeof (number),
	    counter.st_value, (void *)-1L) == sizeof (number) && number == 7);
	check("mdb_aread physical", FAILS(mdb_aread(buf, 1, 0, (void *)-4L),
	    EMDB_TGTNOTSUP));
	check("mdb_fread", mdb_fread(&number, sizeof (number),
	    counter.st_value) == sizeof (number) && number == 7);
	check("mdb_pread", FAILS(mdb_pread(buf, 1, 0), EMDB_TGTNOTSUP));
	check("mdb_pwrite", FAILS(mdb_pwrite(buf, 1, 0), EMDB_TGTNOTSUP));
	check("mdb_ioread", FAILS(mdb_ioread(buf, 1, 0), EMDB_TGTNOTSUP));
	check("mdb_iowrite", FAILS(mdb_iowrite(buf, 1, 0), EMDB_TGTNOTSUP));
	check("mdb_vwrite", FAILS(mdb_vwrite(buf, 1, counter.st_value),
	    EMDB_TGTRDONLY));
	check("mdb_fwrite", FAILS(mdb_fwrite(buf, 1, counter.st_value),
	    EMDB_TGTRDONLY));
	check("mdb_awrite", FAILS(mdb_awrite(buf, 1, counter.st_value,
	    (void *)-1L), EMDB_TGTRDONLY));
	check("mdb_writestr", FAILS(mdb_writestr("x", greeting.st_value),
	    EMDB_TGTRDONLY));
	check("mdb_writesym", FAILS(mdb_writesym(buf, 1, "greeting"),
	    EMDB_TGTRDONLY));
	check("mdb_writevar", FAILS(mdb_writevar(buf, "counter"),
	    EMDB_TGTRDONLY));
	check("mdb_readstr", mdb_readstr(buf, sizeof (buf),
	    greeting.st_value) == 12 && strcmp(buf, "hello, world") == 0);
	check("mdb_readstr cut", mdb_readstr(buf, 6, greeting.st_value) == 6 &&
	    strcmp(buf, "hello") == 0);
	check("mdb_readstr unmapped", FAILS(mdb_readstr(buf, 6, 16), EMDB_NOMAP));
}

static int
count_symbol(const mdb_symbol_t *sym, void *data)
{
	if (strcmp(sym->sym_name, "greeting") == 0 &&
	    sym->sym_sym->st_value == greeting.st_value &&
	    sym->sym_table == MDB_SYMTAB && sym->sym_object != NULL)
		++*(int *)data;
	return (0);
}

static int
stop_symbol(const mdb_symbol_t *sym, void *data)
{
	++*(int *)data;
	return (42);
}

static int
count_object(mdb_object_t *obj, void *data)
{
	if (strcmp(obj->obj_name, "victim") == 0 &&
	    greeting.st_value - obj->obj_base < obj->obj_size &&
	    obj->obj_fullname[0] == '/')
		++*(int *)data;
	return (0);
}

static int
stop_object(mdb_object_t *obj, void *data)
{
	return (43);
}

static void
test_symbols(void)
{
	char name[MDB_SYM_NAMLEN];
	GElf_Sym sym;
	int count = 0;

	check("mdb_lookup_by_name", mdb_lookup_by_name("greeting", NULL) == 0 &&
	    greeting.st_size == 13);
	check("mdb_lookup_by_name unknown",
	    FAILS(mdb_lookup_by_name("nope", &sym), EMDB_NOSYM));
	check("mdb_lookup_by_obj exec",
	    mdb_lookup_by_obj(MDB_OBJ_EXEC, "greeting", &sym) == 0 &&
	    sym.st_value == greeting.st_value);
	check("mdb_lookup_by_obj name",
	    mdb_lookup_by_obj("victim", "greeting", &sym) == 0);
	check("mdb_lookup_by_obj every",
	    mdb_lookup_by_obj(MDB_OBJ_EVERY, "greeting", &sym) == 0);
	check("mdb_lookup_by_obj libc",
	    mdb_lookup_by_obj("libc", "abort", &sym) == 0 &&
	    FAILS(mdb_lookup_by_obj("libc", "greeting", &sym), EMDB_NOSYM));
	check("mdb_lookup_by_obj unknown",
	    FAILS(mdb_lookup_by_obj("nope", "greeting", &sym), EMDB_NOOBJ));
	check("mdb_lookup_by_addr", mdb_lookup_by_addr(greeting.st_value + 2,
	    MDB_SYM_FUZZY, name, sizeof (name), &sym) == 0 &&
	    strcmp(name, "greeting") == 0 && sym.st_value == greeting.st_value);
	check("mdb_lookup_by_addr exact", FAILS(mdb_lookup_by_addr(
	    greeting.st_value + 2, MDB_SYM_EXACT, name, sizeof (name), &sym),
	    EMDB_NOSYMADDR));
	check("mdb_lookup_by_addr short", mdb_lookup_by_addr(greeting.st_value,
	    MDB_SYM_EXACT, name, 4, NULL) == 0 && strcmp(name, "gre") == 0);
	check("mdb_lookup_by_addr unknown", FAILS(mdb_lookup_by_addr(16,
	    MDB_SYM_FUZZY, name, sizeof (name), &sym), EMDB_NOSYMADDR));
	check("mdb_symbol_iter", mdb_symbol_iter(MDB_OBJ_EXEC, MDB_SYMTAB,
	    MDB_BIND_ANY | MDB_TYPE_OBJECT, count_symbol, &count) == 0 &&
	    count == 1);
	count = 0;
	check("mdb_symbol_iter functions", mdb_symbol_iter(MDB_OBJ_EXEC,
	    MDB_SYMTAB, MDB_BIND_ANY | MDB_TYPE_FUNC, count_symbol,
	    &count) == 0 && count == 0);
	count = 0;
	check("mdb_symbol_iter stops", mdb_symbol_iter(MDB_OBJ_EVERY,
	    MDB_DYNSYM, MDB_BIND_ANY | MDB_TYPE_ANY, stop_symbol,
	    &count) == 42 && count == 1);
	check("mdb_symbol_iter masks", FAILS(mdb_symbol_iter(MDB_OBJ_EXEC,
	    MDB_SYMTAB, MDB_BIND_ANY, count_symbol, &count), EINVAL));
	check("mdb_symbol_iter unknown", FAILS(mdb_symbol_iter("nope",
	    MDB_SYMTAB, MDB_BIND_ANY | MDB_TYPE_ANY, count_symbol, &count),
	    EMDB_NOOBJ));
	count = 0;
	check("mdb_object_iter", mdb_object_iter(count_object, &count) == 0 &&
	    count == 1 && mdb_object_iter(stop_object, NULL) == 43);
}

static int
anonymous(void *data, const prmap_t *map, const char *name)
{
	if (name == NULL && (map->pr_mflags & 0x04) != 0)
		++((int *)data)[0];
	if (name != NULL && strstr(name, "victim") != NULL)
		++((int *)data)[1];
	return (0);
}

static int
stop_mapping(void *data, const prmap_t *map, const char *name)
{
	return (44);
}

static void
test_state(void)
{
	uint64_t rip = 0, rsp = 0;
	void *handle = NULL;
	int counts[2] = { 0, 0 };
	char ehdr[64];

	check("mdb_getareg", mdb_getareg(1, "rip", &rip) == 0 && rip != 0 &&
	    mdb_getareg(1, "rsp", &rsp) == 0 && rsp != 0);
	check("mdb_getareg unknown", FAILS(mdb_getareg(1, "zap", &rip), EMDB_BADREG));
	check("mdb_getareg thread",
	    FAILS(mdb_getareg(99999999, "rip", &rip), EMDB_NOTHREAD));
	check("mdb_get_state", mdb_get_state() == MDB_STATE_DEAD);
	check("mdb_prop", mdb_prop_postmortem == 1 && mdb_prop_kernel == 0 &&
	    mdb_prop_datamodel == 2);
	check("mdb_get_xdata size", mdb_get_xdata("pshandle", NULL, 0) == 8);
	check("mdb_get_xdata", mdb_get_xdata("pshandle", &handle, 8) == 8);
	check("mdb_get_xdata ehdr", mdb_get_xdata("ehdr", ehdr, 64) == 64 &&
	    memcmp(ehdr, "\177ELF", 4) == 0);
	check("mdb_get_xdata unknown", FAILS(mdb_get_xdata("zap", NULL, 0), EMDB_NOXD));
	check("mdb_get_xdata missing", FAILS(mdb_get_xdata("cred", NULL, 0), ENODATA));
	check("Pmapping_iter", Pmapping_iter(handle, anonymous, counts) == 0 &&
	    counts[0] > 0 && counts[1] > 0);
	check("Pmapping_iter stops", Pmapping_iter(handle, stop_mapping, NULL) == 44);
	check("Pmapping_iter handle", Pmapping_iter(NULL, stop_mapping, NULL) == -1);
}

#define	FORMATS(expected, ...)						\
	(mdb_snprintf(buf, sizeof (buf), __VA_ARGS__) == strlen(expected) && \
	strcmp(buf, expected) == 0)

static const mdb_bitmask_t bits[] = {
	{ "ONE", 1, 1 }, { "TWO", 2, 2 }, { NULL, 0, 0 }
};

static void
test_formats(void)
{
	char buf[256];

	check("mdb_snprintf numbers", FORMATS("-1 4294967295 ff 0xff 017 0t10 3",
	    "%d %u %x %#x %#o %#d %hd", -1, -1, 255, 255, 15, 10, 0x10003));
	check("mdb_snprintf long", FORMATS("-1 ffffffffffffffff 1",
	    "%ld %llx %lu", -1L, -1LL, 1UL));
	check("mdb_snprintf many", FORMATS("1 2 3 4 5 6 7 8 9 10",
	    "%d %d %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
	check("mdb_snprintf doubles", FORMATS("a +1.5000000e+00 b -2.5000000e-01 7",
	    "%s %e %s %e %d", "a", 1.5, "b", -0.25, 7));
	check("mdb_snprintf long double", FORMATS("+1.5000000000000000e+00 9",
	    "%lg %d", 1.5L, 9));
	check("mdb_snprintf strings", FORMATS("<NULL>|  ab|ab  |   c",
	    "%s|%4s|%-4s|%*s", (char *)NULL, "ab", "ab", 4, "c"));
	check("mdb_snprintf pointers", FORMATS("1234             1234",
	    "%p %?p", 0x1234, (void *)0x1234));
	check("mdb_snprintf symbols", FORMATS("greeting+3 0x10 ",
	    "%a %a %A", greeting.st_value + 3, 16L, 16L));
	check("mdb_snprintf bits", FORMATS("ONE,TWO", "%b", 3, bits));
	check("mdb_snprintf no precision", FORMATS(".5s", "%.5s"));
	check("mdb_snprintf attributes", FORMATS("x", "%<b>x%</b>"));
	check("mdb_snprintf radix", FORMATS("10", "%r", 16));
	check("mdb_snprintf size", FORMATS("1.50K", "%H", 1536));
	check("mdb_snprintf cut", mdb_snprintf(buf, 4, "%s", "abcdef") == 6 &&
	    strcmp(buf, "abc") == 0);
	check("mdb_snprintf NULL", mdb_snprintf(NULL, 0, "%d", 123) == 3);
	check("mdb_inc_indent", mdb_inc_indent(4) == 0);
	mdb_printf("indented\n");
	check("mdb_dec_indent", mdb_dec_indent(4) == 4);
	mdb_printf("%s%8T|%d%%\n", "ab", 5);
	errno = ENOENT;
	mdb_warn("a warning about %s", "x");
	mdb_warn("a whole line\n");
	errno = EMDB_NOMAP;
	mdb_warn("cannot read %p", 16L);
	mdb_flush();
	check("mdb_warn", 1);
}

static ssize_t
dump_reader(void *buf, size_t size, uintptr_t addr, void *data)
{
	memset(buf, *(char *)data, size);
	return (size);
}

static ssize_t
dump64_reader(void *buf, size_t size, uint64_t addr, void *data)
{
	errno = EMDB_NOMAP;
	return (-1);
}

static void
test_numbers(void)
{
	mdb_arg_t arg;
	char buf[32];
	uint32_t word = 0x01020304, swapped = 0;

	check("mdb_strtoull", mdb_strtoull("10") == 16 &&
	    mdb_strtoull("0t10") == 10 && mdb_strtoull("") == 0);
	arg.a_type = MDB_TYPE_STRING;
	arg.a_un.a_str = "ff";
	check("mdb_argtoull string", mdb_argtoull(&arg) == 255);
	arg.a_type = MDB_TYPE_IMMEDIATE;
	arg.a_un.a_val = 5;
	check("mdb_argtoull value", mdb_argtoull(&arg) == 5);
	mdb_nhconvert(&swapped, &word, sizeof (word));
	check("mdb_nhconvert", swapped == 0x04030201);
	mdb_nhconvert(&word, &word, sizeof (word));
	check("mdb_nhconvert in place", word == 0x04030201);
	check("mdb_ffs", mdb_ffs(0) == 0 && mdb_ffs(8) == 4);
	check("mdb_one_bit", strcmp(mdb_one_bit(8, 2, 1), ".... .1..") == 0);
	check("mdb_inval_bits", strcmp(mdb_inval_bits(8, 0, 3), ".... xxxx") == 0);
	mdb_nicenum(1536, buf);
	check("mdb_nicenum", strcmp(buf, "1.50K") == 0);
	check("mdb_snprintfrac", mdb_snprintfrac(buf, sizeof (buf), 1, 3, 2) == 4 &&
	    strcmp(buf, "0.33") == 0);
	mdb_nicetime(1500000000LL, buf, sizeof (buf));
	check("mdb_nicetime", strcmp(buf, "t+1s500ms") == 0);
	check("mdb_dumpptr", mdb_dumpptr(greeting.st_value, 13,
	    MDB_DUMP_ASCII | MDB_DUMP_TRIM | MDB_DUMP_GROUP(4), NULL, NULL) == 0);
	check("mdb_dumpptr reader", mdb_dumpptr(0x1000, 16,
	    MDB_DUMP_ASCII | MDB_DUMP_GROUP(4), dump_reader, "A") == 0);
	check("mdb_dump64", mdb_dump64(0x1000, 16, 0, dump64_reader, NULL) == -1);
}

static void
test_options(void)
{
	mdb_arg_t args[5] = {
		{ MDB_TYPE_STRING, { .a_str = "-abx10" } },
		{ MDB_TYPE_STRING, { .a_str = "-s" } },
		{ MDB_TYPE_STRING, { .a_str = "text" } },
		{ MDB_TYPE_STRING, { .a_str = "-u" } },
		{ MDB_TYPE_IMMEDIATE, { .a_val = 9 } },
	};
	mdb_arg_t rest[2] = {
		{ MDB_TYPE_STRING, { .a_str = "-a" } },
		{ MDB_TYPE_STRING, { .a_str = "word" } },
	};
	mdb_arg_t wrong = { MDB_TYPE_STRING, { .a_str = "-z" } };
	uint_t set = 0, cleared = 7, given = 0;
	uintptr_t x = 0, u = 0;
	const char *s = NULL;
	int used;

	used = mdb_getopts(5, args, 'a', MDB_OPT_SETBITS, 4, &set,
	    'b', MDB_OPT_CLRBITS, 2, &cleared, 'x', MDB_OPT_UINTPTR, &x,
	    's', MDB_OPT_STR, &s, 'u', MDB_OPT_UINTPTR_SET, &given, &u, NULL);
	check("mdb_getopts", used == 5 && set == 4 && cleared == 5 && x == 16 &&
	    s != NULL && strcmp(s, "text") == 0 && given == 1 && u == 9);
	used = mdb_getopts(2, rest, 'a', MDB_OPT_SETBITS, 1, &set, NULL);
	check("mdb_getopts rest", used == 1);
	used = mdb_getopts(1, &wrong, 'a', MDB_OPT_SETBITS, 1, &set, NULL);
	check("mdb_getopts wrong", used == 0);
}

static void
test_alloc(void)
{
	char *block = mdb_zalloc(100, UM_SLEEP);

	check("mdb_zalloc", block != NULL && block[0] == 0 && block[99] == 0);
	mdb_free(block, 100);
	block = mdb_alloc(100, UM_NOSLEEP);
	check("mdb_alloc", block != NULL);
	mdb_free(block, 100);
	check("mdb_alloc nothing", mdb_alloc(0, UM_NOSLEEP) == NULL);
	check("mdb_alloc garbage", mdb_alloc(100, UM_SLEEP | UM_GC) != NULL);
}

/* A walk over the victim's list, from an address or from its first node. */
static int fini_calls, last_calls;

static int
node_init(mdb_walk_state_t *wsp)
{
	if (wsp->walk_addr == 0)
		wsp->walk_addr = first.st_value;
	if (wsp->walk_addr == 1)
		return (WALK_ERR);
	if (wsp->walk_addr == 2)
		return (WALK_DONE);
	wsp->walk_data = mdb_alloc(16, UM_SLEEP);
	return (WALK_NEXT);
}

static int
node_step(mdb_walk_state_t *wsp)
{
	uintptr_t node[2];

	if (wsp->walk_addr == 0)
		return (WALK_DONE);
	if (mdb_vread(node, sizeof (node), wsp->walk_addr) == -1)
		return (WALK_ERR);
	uintptr_t addr = wsp->walk_addr;
	wsp->walk_addr = node[0];
	return (wsp->walk_callback(addr, node, wsp->walk_cbdata));
}

static void
node_fini(mdb_walk_state_t *wsp)
{
	mdb_free(wsp->walk_data, 16);
	fini_calls++;
}

/* Layered on the first: delivers the values of the nodes. */
static int
value_init(mdb_walk_state_t *wsp)
{
	if (mdb_layered_walk("victim_node", wsp) == -1)
		return (WALK_ERR);
	return (WALK_NEXT);
}

static int
value_step(mdb_walk_state_t *wsp)
{
	const uintptr_t *node = wsp->walk_layer;

	return (wsp->walk_callback(node[1], NULL, wsp->walk_cbdata));
}

static int
loop_init(mdb_walk_state_t *wsp)
{
	return (FAILS(mdb_layered_walk("victim_loop", wsp), EMDB_WALKLOOP) ?
	    WALK_NEXT : WALK_ERR);
}

static int
loop_step(mdb_walk_state_t *wsp)
{
	return (WALK_DONE);
}

static int
sum(uintptr_t addr, const void *layer, void *data)
{
	*(uintptr_t *)data += addr;
	return (WALK_NEXT);
}

static int
stop_walk(uintptr_t addr, const void *layer, void *data)
{
	++*(int *)data;
	return (WALK_DONE);
}

static int
self_stop(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	last_calls++;
	return (last_calls == 2 ? DCMD_ABORT : DCMD_ERR);
}

static const mdb_walker_t extra_walker = {
	"victim_extra", "added while running", node_init, node_step, node_fini, NULL
};

static void
test_walks(void)
{
	mdb_walk_state_t state = { 0 };
	uintptr_t total = 0;
	int count = 0;

	check("mdb_walk", mdb_walk("victim_value", sum, &total) == 0 &&
	    total == 60 && fini_calls == 1);
	check("mdb_pwalk", mdb_pwalk("victim_node", stop_walk, &count,
	    first.st_value) == 0 && count == 1 && fini_calls == 2);
	check("mdb_walk unknown", FAILS(mdb_walk("nope", sum, &total), EMDB_NOWALK));
	check("mdb_pwalk init", FAILS(mdb_pwalk("victim_node", sum, &total, 1),
	    EMDB_WALKINIT) && fini_calls == 2);
	check("mdb_pwalk empty", mdb_pwalk("victim_node", sum, &total, 2) == 0 &&
	    fini_calls == 2);
	check("mdb_pwalk step fails",
	    mdb_pwalk("victim_node", sum, &total, 16) == 0 && fini_calls == 3);
	check("mdb_layered_walk loop",
	    mdb_walk("victim_loop", sum, &total) == 0);
	check("mdb_layered_walk state",
	    FAILS(mdb_layered_walk("victim_node", &state), EMDB_BADWCB));
	check("mdb_walk_dcmd",
	    mdb_walk_dcmd("victim_node", "selfstop", 0, NULL) == 0 &&
	    last_calls == 2 && fini_calls == 4);
	check("mdb_pwalk_dcmd unknown", FAILS(mdb_pwalk_dcmd("victim_node",
	    "nope", 0, NULL, 0), EMDB_NODCMD));
	check("mdb_pwalk_dcmd", mdb_pwalk_dcmd("victim_node", "echoaddr", 0,
	    NULL, first.st_value) == 0);
	check("mdb_fpwalk_dcmd", mdb_fpwalk_dcmd("victim_node", "echoaddr", 0,
	    NULL, first.st_value, DCMD_PIPE_OUT) == 0);
	check("mdb_add_walker", mdb_add_walker(&extra_walker) == 0 &&
	    FAILS(mdb_add_walker(&extra_walker), EMDB_WALKEXISTS));
	check("mdb_remove_walker", mdb_remove_walker("victim_extra") == 0 &&
	    FAILS(mdb_remove_walker("victim_extra"), EMDB_NOWALK));
}

static void
test_commands(void)
{
	mdb_arg_t arg = { MDB_TYPE_STRING, { .a_str = "word" } };

	check("mdb_eval", mdb_eval("::echo evaluated") == 0);
	check("mdb_eval dot", mdb_eval("1234") == 0 && mdb_get_dot() == 0x1234);
	check("mdb_eval error", FAILS(mdb_eval(")"), EMDB_EVAL));
	check("mdb_eval failing dcmd", mdb_eval("::echo; ::which nope") == 0);
	check("mdb_eval NULL", FAILS(mdb_eval(NULL), EINVAL));
	check("mdb_call_dcmd", mdb_call_dcmd("echo", 5, 0, 1, &arg) == 0 &&
	    mdb_get_dot() == 5);
	check("mdb_call_dcmd unknown",
	    FAILS(mdb_call_dcmd("nope", 0, 0, 0, NULL), EMDB_NODCMD));
	check("mdb_call_dcmd usage", FAILS(mdb_call_dcmd("echo", 0,
	    DCMD_ADDRSPEC, 1, &arg), EMDB_DCUSAGE));
	check("mdb_call_dcmd fails",
	    FAILS(mdb_call_dcmd("which", 0, 0, 1, &arg), EMDB_DCFAIL));
	mdb_set_dot(0x77);
	check("mdb_set_dot", mdb_get_dot() == 0x77);
}

static int prompts;

static void
on_prompt(void *data)
{
	prompts++;
}

static void
test_callbacks(void)
{
	void *handle = mdb_callback_add(MDB_CALLBACK_PROMPT, on_prompt, NULL);

	check("mdb_callback_add", handle != NULL);
	mdb_callback_remove(handle);
	check("mdb_callback_remove", prompts == 0);
	errno = 0;
	check("mdb_callback_add class",
	    mdb_callback_add(9, on_prompt, NULL) == NULL && errno == EINVAL);
}

static int
tab_nothing(mdb_tab_cookie_t *cookie, uint_t flags, int argc,
    const mdb_arg_t *argv)
{
	mdb_tab_setmbase(cookie, "ab");
	mdb_tab_insert(cookie, "abc");
	return (0);
}

static void
test_tab(void)
{
	mdb_arg_t args[3] = {
		{ MDB_TYPE_STRING, { .a_str = "struct" } },
		{ MDB_TYPE_STRING, { .a_str = "node" } },
		{ MDB_TYPE_STRING, { .a_str = "next" } },
	};
	const mdb_arg_t *argv = args;
	int argc = 3;
	char buf[32];

	check("mdb_tab_typename", mdb_tab_typename(&argc, &argv, buf,
	    sizeof (buf)) == 0 && strcmp(buf, "struct node") == 0 &&
	    argc == 1 && argv == &args[2]);
	mdb_tab_insert(NULL, "x");
	mdb_tab_setmbase(NULL, "x");
	check("mdb_tab_complete", mdb_tab_complete_type(NULL, "x", 0) == 0 &&
	    mdb_tab_complete_member(NULL, "x", "y") == 0 &&
	    mdb_tab_complete_mt(NULL, 0, 0, NULL) == 1);
}

static int
whatis(mdb_whatis_t *w, void *data)
{
	uintptr_t addr;

	if (mdb_whatis_done(w) || !mdb_whatis_overlaps(w, numbers.st_value,
	    numbers.st_size))
		return (WALK_NEXT);
	while (mdb_whatis_match(w, numbers.st_value, numbers.st_size, &addr)) {
		if (addr == numbers.st_value)
			mdb_whatis_report_address(w, addr, "the %s\n", "numbers");
		else
			mdb_whatis_report_object(w, addr, numbers.st_value,
			    "a number of flags %x\n", mdb_whatis_flags(w));
	}
	return (WALK_NEXT);
}

static int
apitest(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	if ((flags & DCMD_ADDRSPEC) || argc != 0)
		return (DCMD_USAGE);
	if (mdb_lookup_by_name("greeting", &greeting) != 0 ||
	    mdb_lookup_by_name("numbers", &numbers) != 0 ||
	    mdb_lookup_by_name("counter", &counter) != 0 ||
	    mdb_lookup_by_name("first", &first) != 0) {
		mdb_warn("cannot find the victim's symbols");
		return (DCMD_ERR);
	}
	test_memory();
	test_symbols();
	test_state();
	test_formats();
	test_numbers();
	test_options();
	test_alloc();
	test_walks();
	test_commands();
	test_callbacks();
	test_tab();
	mdb_whatis_unregister("nobody");
	return (DCMD_OK);
}

static int
echoaddr(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	mdb_printf("%lx %s%s%s%s%s\n", addr,
	    (flags & DCMD_ADDRSPEC) ? "A" : "-",
	    (flags & DCMD_LOOP) ? "L" : "-",
	    (flags & DCMD_LOOPFIRST) ? "F" : "-",
	    (flags & DCMD_PIPE) ? "P" : "-",
	    (flags & DCMD_PIPE_OUT) ? "O" : "-");
	return (DCMD_OK);
}

static int
takepipe(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	mdb_pipe_t p;

	mdb_get_pipe(&p);
	if (flags & DCMD_PIPE_OUT) {
		mdb_set_pipe(&p);
		return (DCMD_OK);
	}
	mdb_printf("%lu:", (ulong_t)p.pipe_len);
	for (size_t i = 0; i < p.pipe_len; i++)
		mdb_printf(" %lx", p.pipe_data[i]);
	mdb_printf("\n");
	return (DCMD_OK);
}

static int
status(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	mdb_printf("status at %lx\n", addr);
	return (argc == 1 ? (int)mdb_strtoull(argv[0].a_un.a_str) : DCMD_OK);
}

static int
dcmd_next(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	return (DCMD_NEXT);
}

static int
poke(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	int value = 99;

	if (mdb_writevar(&value, "counter") == -1) {
		mdb_warn("failed to write");
		return (DCMD_ERR);
	}
	value = 0;
	(void) mdb_readvar(&value, "counter");
	mdb_printf("counter is %d\n", value);
	return (DCMD_OK);
}

static int
forever(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	char c;

	mdb_printf("working\n");
	mdb_flush();
	errno = 0;
	while (mdb_vread(&c, 1, addr) != -1)
		continue;
	return (DCMD_ABORT);
}

static void
help(void)
{
	mdb_printf("First line.\n");
	(void) mdb_dec_indent(2);
	mdb_printf("%<b>OPTIONS%</b>\n");
	(void) mdb_inc_indent(2);
	mdb_printf("  -x  nothing\n");
}

static const mdb_dcmd_t dcmds[] = {
	{ "apitest", NULL, "call every function", apitest, help, tab_nothing },
	{ "echoaddr", "?", "show address and flags", echoaddr },
	{ "takepipe", "?", "show a whole pipe", takepipe },
	{ "selfstop", ":", "abort the second time", self_stop },
	{ "status", "?[code]", "return a code", status },
	{ "ret", ":[-x] code", "return a code", status, help },
	{ "unload", "name", "pass on to the next definition", dcmd_next },
	{ "poke", "", "write to the target", poke },
	{ "forever", "?", "work until interrupted", forever },
	{ NULL }
};

static const mdb_walker_t walkers[] = {
	{ "victim_node", "walk the list", node_init, node_step, node_fini, NULL },
	{ "victim_value", "walk the values", value_init, value_step, NULL, NULL },
	{ "victim_loop", "layer itself", loop_init, loop_step, NULL, NULL },
	{ NULL }
};

static const mdb_modinfo_t modinfo = { MDB_API_VERSION, dcmds, walkers };

const mdb_modinfo_t *
_mdb_init(void)
{
	mdb_printf("apitest loaded\n");
	(void) mdb_lookup_by_name("numbers", &numbers);
	(void) mdb_lookup_by_name("first", &first);
	mdb_whatis_register("numbers", whatis, NULL, 20, 0);
	return (&modinfo);
}

void
_mdb_fini(void)
{
	mdb_printf("apitest unloaded\n");
}
