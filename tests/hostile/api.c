/*
 * The module API, as far as the module names it. Functions that are to fail
 * fail as MDB's do.
 */

#include "hostile.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* MDB's own error numbers. */
enum { EMDB_NOSYM = 1000, EMDB_NOMAP = 1002, EMDB_NOSYMADDR = 1022,
    EMDB_NOWALK = 1004, EMDB_NOXD = 1026, EMDB_BADREG = 1030, EMDB_PARTIAL = 1036 };

/* What stands before a block, so that its end can be checked. */
struct block {
	struct block *previous, *next;
	size_t size;
	uint64_t mark;
};
#define	MARK	0x6d64625f616c6c6fULL

bool target_gone;
int target_state = MDB_STATE_DEAD;
size_t bytes_live;
long blocks_live;
bool in_callback;
int warnings;
static struct block *newest;
/* Set while the allocator is at work: a second entry would corrupt it. */
static volatile sig_atomic_t in_allocator;

/*
 * Output is collected without allocating: a longjmp or a signal may end
 * mdb_printf() at any instruction.
 */
static char output[8 << 20];
static volatile size_t output_length;

void
output_reset(void)
{
	output_length = 0;
	output[0] = '\0';
	warnings = 0;
}

const char *
output_text(void)
{
	return (output);
}

static void
put(const char *text, size_t length)
{
	size_t at = output_length;

	if (length >= sizeof (output) - at)
		give_up("a command prints more than %zu bytes", sizeof (output));
	memcpy(output + at, text, length);
	output[at + length] = '\0';
	output_length = at + length;
}

/* Only what the module uses of the format language; the rest is an error. */
static void
format(const char *text, va_list args)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "%");
		put(text, plain);
		text += plain;
		if (strncmp(text, "%s", 2) == 0) {
			const char *word = va_arg(args, const char *);
			put(word, strlen(word));
			text += 2;
		} else if (strncmp(text, "%llx", 4) == 0) {
			char digits[32];
			int length = snprintf(digits, sizeof (digits), "%llx",
			    va_arg(args, unsigned long long));
			put(digits, (size_t)length);
			text += 4;
		} else if (strncmp(text, "%<", 2) == 0) {
			size_t length = strcspn(text, ">") + 1;
			put(text, length);
			text += length;
		} else if (*text == '%') {
			give_up("format not known to this host: %s", text);
		}
	}
}

void
mdb_printf(const char *text, ...)
{
	va_list args;

	step_stop();
	/* Before the text is read: whoever is entered meanwhile may free it. */
	(void) blow_falls(CALL_PRINTF);
	va_start(args, text);
	format(text, args);
	va_end(args);
	step_start();
}

void
mdb_warn(const char *text, ...)
{
	va_list args;

	step_stop();
	(void) blow_falls(CALL_WARN);
	warnings++;
	put("mdb: ", 5);
	va_start(args, text);
	format(text, args);
	va_end(args);
	if (strchr(text, '\n') == NULL)
		give_up("a warning relies on errno: %s", text);
	step_start();
}

/* Completion: what may be typed is output here. */
void
mdb_tab_setmbase(mdb_tab_cookie_t *cookie, const char *text)
{
	(void) cookie;
	put(text, strlen(text));
	put(": ", 2);
}

void
mdb_tab_insert(mdb_tab_cookie_t *cookie, const char *text)
{
	(void) cookie;
	put(text, strlen(text));
	put(" ", 1);
}

/* The margin shows in no output here; the debugger resets it after a jump. */
static unsigned long margin;

unsigned long
mdb_inc_indent(unsigned long columns)
{
	unsigned long before = margin;

	margin += columns;
	return (before);
}

unsigned long
mdb_dec_indent(unsigned long columns)
{
	unsigned long before = margin;

	margin -= columns < margin ? columns : margin;
	return (before);
}

/* What the module evaluates: an instruction at dot, and to move on by it. */
static uint64_t dot;
enum { INSTRUCTION = 64 };

void
mdb_set_dot(uint64_t addr)
{
	dot = addr;
}

uint64_t
mdb_get_dot(void)
{
	return (dot);
}

int
mdb_eval(const char *command)
{
	step_stop();
	(void) blow_falls(CALL_PRINTF);
	if (strcmp(command, "/i") == 0)
		put("nop\n", 4);
	else if (strcmp(command, "+") == 0)
		dot += INSTRUCTION;
	else
		give_up("command not known to this host: %s", command);
	step_start();
	return (0);
}

size_t
mdb_snprintf(char *buf, size_t size, const char *text, ...)
{
	va_list args;
	char made[64] = "10";

	(void) blow_falls(CALL_SNPRINTF);
	va_start(args, text);
	if (strcmp(text, "%Y") == 0) {
		time_t at = va_arg(args, time_t);
		struct tm tm;
		if (gmtime_r(&at, &tm) == NULL ||
		    strftime(made, sizeof (made), "%Y %b %e %H:%M:%S", &tm) == 0)
			strcpy(made, "never");
	} else if (strcmp(text, "%r") != 0) {
		give_up("format not known to this host: %s", text);
	}
	va_end(args);
	if (size > 0) {
		strncpy(buf, made, size - 1);
		buf[size - 1] = '\0';
	}
	return (strlen(made));
}

ssize_t
mdb_vread(void *buf, size_t n, uintptr_t addr)
{
	size_t take = n;

	if (blow_falls(CALL_READ)) {
		if (blow_how() != HOW_SHORT) {
			errno = EMDB_NOMAP;
			return (-1);
		}
		/* What MDB leaves behind when half of the memory is there. */
		memset(buf, 0xa5, n / 2);
		errno = EMDB_PARTIAL;
		return (-1);
	}
	take = core_read(addr, buf, n);
	if (take == n && n > 0)
		return ((ssize_t)n);
	errno = take > 0 ? EMDB_PARTIAL : EMDB_NOMAP;
	return (-1);
}

int
mdb_lookup_by_name(const char *name, GElf_Sym *out)
{
	bool fails = blow_falls(CALL_BY_NAME);
	const GElf_Sym *sym = fails ? NULL : symbol_by_name(name);

	if (sym == NULL) {
		errno = EMDB_NOSYM;
		return (-1);
	}
	if (out != NULL)
		*out = *sym;
	return (0);
}

int
mdb_lookup_by_addr(uintptr_t addr, uint_t how, char *buf, size_t size, GElf_Sym *out)
{
	bool fails = blow_falls(CALL_BY_ADDR);
	const char *name = NULL;
	const GElf_Sym *sym = fails ? NULL : symbol_by_addr(addr, &name);

	(void) how;
	if (sym == NULL) {
		errno = EMDB_NOSYMADDR;
		return (-1);
	}
	if (size > 0) {
		strncpy(buf, name, size - 1);
		buf[size - 1] = '\0';
	}
	*out = *sym;
	return (0);
}

int
mdb_symbol_iter(const char *object, uint_t table, uint_t kinds,
    mdb_symbol_cb_t callback, void *data)
{
	int status;

	(void) object;
	if (blow_falls(CALL_ITER))
		return (-1);
	/* Who leaves the callback by a jump leaves this set. */
	in_callback = true;
	status = symbols_each(table, kinds, callback, data);
	in_callback = false;
	return (status);
}

/* Only the threads: the main one, and one whose registers are missing. */
int
mdb_walk(const char *walker, mdb_walk_cb_t callback, void *data)
{
	if (blow_falls(CALL_WALK) || strcmp(walker, "thread") != 0) {
		errno = EMDB_NOWALK;
		return (-1);
	}
	/* As for symbols. */
	in_callback = true;
	for (uintptr_t thread = 1; thread <= 2; thread++) {
		if (callback(thread, NULL, data) != WALK_NEXT)
			break;
	}
	in_callback = false;
	return (0);
}

int
mdb_getareg(uintptr_t thread, const char *name, uint64_t *value)
{
	if (blow_falls(CALL_REGISTER) || thread != 1 ||
	    !core_register(name, value)) {
		errno = EMDB_BADREG;
		return (-1);
	}
	return (0);
}

/* The target does not move, so the callback is not called. */
void *
mdb_callback_add(int class, mdb_callback_f function, void *data)
{
	static char handle;

	(void) class;
	(void) function;
	(void) data;
	return (&handle);
}

/* One address, and whether it was answered. */
struct mdb_whatis {
	uintptr_t addr;
	bool known;
};
static int (*whatis_function)(mdb_whatis_t *, void *);
static void *whatis_data;

void
mdb_whatis_register(const char *name, int (*function)(mdb_whatis_t *, void *),
    void *data, uint_t priority, uint_t flags)
{
	(void) name;
	(void) priority;
	(void) flags;
	whatis_function = function;
	whatis_data = data;
}

int
mdb_whatis_overlaps(mdb_whatis_t *w, uintptr_t base, size_t size)
{
	if (base + size - 1 < base)
		give_up("::whatis is asked for a range that overflows");
	return (!w->known && w->addr - base < size);
}

int
mdb_whatis_match(mdb_whatis_t *w, uintptr_t base, size_t size, uintptr_t *found)
{
	if (!mdb_whatis_overlaps(w, base, size))
		return (0);
	w->known = true;
	*found = w->addr;
	return (1);
}

/* ::whatis, which asks the module. */
int
whatis(uintptr_t addr, uint_t flags, int argc, const mdb_arg_t *argv)
{
	mdb_whatis_t w = { .addr = addr };

	(void) argv;
	if (!(flags & DCMD_ADDRSPEC) || argc != 0)
		return (DCMD_USAGE);
	return (whatis_function(&w, whatis_data) == 0 ? DCMD_OK : DCMD_ERR);
}

int
mdb_get_state(void)
{
	(void) blow_falls(CALL_STATE);
	return (target_state);
}

/* What "pshandle" points to. */
static char process;

ssize_t
mdb_get_xdata(const char *name, void *buf, size_t size)
{
	const void *handle = &process;
	const void *from = core_header;
	size_t length = sizeof (core_header);
	bool fails = blow_falls(CALL_XDATA);

	if (strcmp(name, "pshandle") == 0) {
		from = &handle;
		length = sizeof (handle);
		/* MDB takes no other buffer. */
		if (size != length)
			give_up("pshandle is asked for with %zu bytes", size);
	} else if (strcmp(name, "ehdr") != 0) {
		fails = true;
	}
	if (fails) {
		errno = EMDB_NOXD;
		return (-1);
	}
	if (size > length)
		size = length;
	memcpy(buf, from, size);
	return ((ssize_t)size);
}

int
Pmapping_iter(struct ps_prochandle *handle, proc_map_f *callback, void *data)
{
	int status;
	bool fails = blow_falls(CALL_MAPPINGS);

	if ((const char *)handle != &process)
		give_up("Pmapping_iter is called with another handle");
	in_callback = true;
	status = mappings_each(callback, data, !fails);
	in_callback = false;
	return (fails ? -1 : status);
}

static void
enter_allocator(void)
{
	if (in_allocator)
		give_up("memory is asked for or given back in the midst of the allocator");
	in_allocator = 1;
}

void *
mdb_alloc(size_t size, uint_t flags)
{
	struct block *block;

	enter_allocator();
	if (blow_falls(CALL_ALLOC) && (flags & UM_SLEEP) == 0) {
		in_allocator = 0;
		return (NULL);
	}
	if (flags & UM_SLEEP)
		give_up("the module would have the debugger exit without memory");
	block = malloc(sizeof (*block) + size);
	*block = (struct block){ NULL, newest, size, MARK };
	if (newest != NULL)
		newest->previous = block;
	newest = block;
	bytes_live += size;
	blocks_live++;
	in_allocator = 0;
	return (block + 1);
}

void
mdb_free(void *data, size_t size)
{
	struct block *block = (struct block *)data - 1;

	enter_allocator();
	if (block->mark != MARK || block->size != size)
		give_up("mdb_free of what is no block, or of the wrong size");
	(void) blow_falls(CALL_FREE);
	block->mark = 0;
	if (block->next != NULL)
		block->next->previous = block->previous;
	if (block->previous != NULL)
		block->previous->next = block->next;
	else
		newest = block->next;
	bytes_live -= size;
	blocks_live--;
	free(block);
	in_allocator = 0;
}

/* The end of a debugger whose module gave nothing back, or could not. */
void
heap_forget(void)
{
	while (newest != NULL)
		mdb_free(newest + 1, newest->size);
}

/*
 * The module's mask of signals goes through here, so that its windows can be
 * stepped through; see step.c. The module binds to this before libc's.
 */
int
sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
	long status;

	step_stop();
	(void) blow_falls(CALL_MASK);
	status = syscall(SYS_rt_sigprocmask, how, set, before, 8);
	if (!sigint_blocked())
		step_start();
	return ((int)status);
}
