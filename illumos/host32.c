/*
 * host32 MODULE [CORE]: just enough of a 32-bit debugger to run the module
 * built for 32-bit illumos on Linux, over a 32-bit core without symbols.
 *
 * Commands come from standard input, one a line: [ADDRESS]::NAME [WORD ...].
 * Its own is ::echo. It knows no pipes, walks or radixes. The Linux debugger proper is 64-bit, and
 * reading the same core must print the same: the tests compare the two.
 */

#define	_GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "mdb_libproc.h"
#include "mdb_modapi.h"

_Static_assert(sizeof (void *) == 4, "this program is 32-bit");

enum { MAX_SEGMENTS = 8192, MAX_FILES = 4096, MAX_WORDS = 16 };

/* Where the kernel and gcore(1) put the registers in a note of i386. */
enum { REGISTERS_AT = 72, REGISTERS = 17, ESP = 15 };

static const char *const register_names[REGISTERS] = {
	"ebx", "ecx", "edx", "esi", "edi", "ebp", "eax", "ds", "es", "fs",
	"gs", "orig_eax", "eip", "cs", "eflags", "esp", "ss",
};

static struct {
	int file;
	Elf32_Ehdr header;
	Elf32_Phdr segments[MAX_SEGMENTS];
	int count;
	uint32_t registers[REGISTERS];
	int has_registers;
	/* Ranges with a file behind them, and where the kernel's code is. */
	struct { uint32_t start, end, offset; } files[MAX_FILES];
	uint32_t file_count;
	uint32_t vdso;
} core = { .file = -1 };

static int
read_at(void *buf, size_t size, uint32_t offset)
{
	return (pread64(core.file, buf, size, offset) == (ssize_t)size);
}

static void
read_note(uint32_t type, uint32_t at, uint32_t size)
{
	uint32_t head[2];

	switch (type) {
	case NT_PRSTATUS:
		/* The first thread is the main one. */
		if (!core.has_registers &&
		    size >= REGISTERS_AT + sizeof (core.registers))
			core.has_registers = read_at(core.registers,
			    sizeof (core.registers), at + REGISTERS_AT);
		break;
	case NT_AUXV:
		for (; size >= sizeof (head); size -= sizeof (head)) {
			if (read_at(head, sizeof (head), at) &&
			    head[0] == AT_SYSINFO_EHDR)
				core.vdso = head[1];
			at += sizeof (head);
		}
		break;
	case NT_FILE:
		if (size >= sizeof (head) && read_at(head, sizeof (head), at) &&
		    head[0] <= MAX_FILES && read_at(core.files,
		    head[0] * sizeof (core.files[0]), at + sizeof (head)))
			core.file_count = head[0];
		break;
	}
}

static void
read_notes(const Elf32_Phdr *notes)
{
	uint32_t at = notes->p_offset;
	uint32_t end = at + notes->p_filesz;
	Elf32_Nhdr note;

	while (at + sizeof (note) <= end && read_at(&note, sizeof (note), at)) {
		uint32_t data = at + sizeof (note) + ((note.n_namesz + 3) & ~3u);

		read_note(note.n_type, data, note.n_descsz);
		at = data + ((note.n_descsz + 3) & ~3u);
	}
}

static void
open_core(const char *path)
{
	core.file = open64(path, O_RDONLY);
	if (core.file < 0 ||
	    !read_at(&core.header, sizeof (core.header), 0) ||
	    memcmp(core.header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    core.header.e_ident[EI_CLASS] != ELFCLASS32 ||
	    core.header.e_phnum > MAX_SEGMENTS ||
	    !read_at(core.segments, core.header.e_phnum * sizeof (Elf32_Phdr),
	    core.header.e_phoff)) {
		fprintf(stderr, "%s: no 32-bit core\n", path);
		exit(1);
	}
	core.count = core.header.e_phnum;
	for (int i = 0; i < core.count; i++) {
		if (core.segments[i].p_type == PT_NOTE)
			read_notes(&core.segments[i]);
	}
}

/* What the module calls. */

ssize_t
mdb_vread(void *buf, size_t size, uintptr_t addr)
{
	char *to = buf;
	size_t left = size;

	while (left > 0) {
		const Elf32_Phdr *found = NULL;
		size_t part;

		for (int i = 0; i < core.count && found == NULL; i++) {
			const Elf32_Phdr *one = &core.segments[i];

			if (one->p_type == PT_LOAD && addr >= one->p_vaddr &&
			    addr - one->p_vaddr < one->p_filesz)
				found = one;
		}
		if (found == NULL)
			return (-1);
		part = found->p_filesz - (addr - found->p_vaddr);
		if (part > left)
			part = left;
		if (!read_at(to, part, found->p_offset + (addr - found->p_vaddr)))
			return (-1);
		to += part;
		addr += part;
		left -= part;
	}
	return (size == 0 ? -1 : (ssize_t)size);
}

void *
mdb_alloc(size_t size, uint_t flags)
{
	(void) flags;
	return (malloc(size));
}

void
mdb_free(void *block, size_t size)
{
	(void) size;
	free(block);
}

/* Nobody asks. */
void
mdb_whatis_register(const char *name, int (*function)(mdb_whatis_t *, void *),
    void *data, uint_t priority, uint_t flags)
{
	(void) name, (void) function, (void) data, (void) priority, (void) flags;
}

int
mdb_whatis_overlaps(mdb_whatis_t *list, uintptr_t base, size_t size)
{
	(void) list, (void) base, (void) size;
	return (0);
}

int
mdb_whatis_match(mdb_whatis_t *list, uintptr_t base, size_t size, uintptr_t *at)
{
	(void) list, (void) base, (void) size, (void) at;
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

int
mdb_get_state(void)
{
	return (core.file < 0 ? MDB_STATE_IDLE : MDB_STATE_DEAD);
}

ssize_t
mdb_get_xdata(const char *name, void *buf, size_t size)
{
	const void *handle = &core;
	const void *from = &core.header;
	size_t length = sizeof (core.header);

	if (core.file < 0)
		return (-1);
	if (strcmp(name, "pshandle") == 0) {
		from = &handle;
		length = sizeof (handle);
	} else if (strcmp(name, "ehdr") != 0) {
		return (-1);
	}
	if (size > length)
		size = length;
	memcpy(buf, from, size);
	return ((ssize_t)size);
}

static const char *
file_at(uint32_t addr)
{
	if (addr == core.vdso)
		return ("[vdso]");
	for (uint32_t i = 0; i < core.file_count; i++) {
		if (addr - core.files[i].start <
		    core.files[i].end - core.files[i].start)
			return ("a file");
	}
	return (NULL);
}

/*
 * What has a name is what the core says of files; the stack is what the stack
 * pointer points into. The brk heap is not known.
 */
int
Pmapping_iter(struct ps_prochandle *process, proc_map_f *callback, void *data)
{
	uint32_t stack = core.registers[ESP];
	int status = 0;

	if ((const void *)process != &core)
		return (-1);
	for (int i = 0; i < core.count && status == 0; i++) {
		const Elf32_Phdr *one = &core.segments[i];
		prmap_t map = { .pr_vaddr = one->p_vaddr,
		    .pr_size = one->p_memsz, .pr_pagesize = 4096,
		    .pr_shmid = -1 };

		if (one->p_type != PT_LOAD || one->p_memsz == 0)
			continue;
		map.pr_mflags = (one->p_flags & PF_R ? MA_READ : 0) |
		    (one->p_flags & PF_W ? MA_WRITE : 0) |
		    (one->p_flags & PF_X ? MA_EXEC : 0);
		if (stack - one->p_vaddr < one->p_memsz)
			map.pr_mflags |= MA_STACK;
		status = callback(data, &map, file_at(one->p_vaddr));
	}
	return (status);
}

int
mdb_getareg(uintptr_t thread, const char *name, uint64_t *value)
{
	for (int i = 0; core.has_registers && thread == 1 && i < REGISTERS; i++) {
		if (strcmp(name, register_names[i]) == 0) {
			*value = core.registers[i];
			return (0);
		}
	}
	return (-1);
}

int
mdb_walk(const char *walker, mdb_walk_cb_t callback, void *data)
{
	if (strcmp(walker, "thread") != 0)
		return (-1);
	if (core.has_registers)
		(void) callback(1, NULL, data);
	return (0);
}

int
mdb_lookup_by_addr(uintptr_t addr, uint_t flags, char *name, size_t size,
    GElf_Sym *symbol)
{
	(void) addr, (void) flags, (void) name, (void) size, (void) symbol;
	return (-1);
}

int
mdb_lookup_by_name(const char *name, GElf_Sym *symbol)
{
	(void) name, (void) symbol;
	return (-1);
}

int
mdb_symbol_iter(const char *object, uint_t table, uint_t kind,
    mdb_symbol_cb_t callback, void *data)
{
	(void) object, (void) table, (void) kind, (void) callback, (void) data;
	return (0);
}

/* No command of the tests disassembles. */
void
mdb_set_dot(uint64_t addr)
{
	(void) addr;
}

uint64_t
mdb_get_dot(void)
{
	return (0);
}

int
mdb_eval(const char *command)
{
	(void) command;
	return (-1);
}

/* The left margin. */
static ulong_t margin;

ulong_t
mdb_inc_indent(ulong_t by)
{
	ulong_t before = margin;

	margin += by;
	return (before);
}

ulong_t
mdb_dec_indent(ulong_t by)
{
	ulong_t before = margin;

	margin = by < margin ? margin - by : 0;
	return (before);
}

void
mdb_printf(const char *format, ...)
{
	static int inside_line;
	va_list args;
	char *text;
	int length;

	/* Bold and plain, which a terminal would get. */
	if (strncmp(format, "%<", 2) == 0)
		return;
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	for (int i = 0; i < length; i++) {
		if (!inside_line && text[i] != '\n')
			printf("%*s", (int)margin, "");
		putchar(text[i]);
		inside_line = text[i] != '\n';
	}
	if (length >= 0)
		free(text);
}

void
mdb_warn(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("mdb: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (strchr(format, '\n') == NULL)
		fprintf(stderr, ": %s\n", strerror(errno));
}

size_t
mdb_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	if (strcmp(format, "%Y") == 0) {
		time_t when = va_arg(args, time_t);

		length = (int)strftime(buf, size, "%Y %b %e %T",
		    localtime(&when));
	} else {
		length = vsnprintf(buf, size, format, args);
	}
	va_end(args);
	return ((size_t)length);
}

/* Runs one line. */
static void
run(const mdb_modinfo_t *module, char *line)
{
	mdb_arg_t words[MAX_WORDS];
	int count = 0;
	char *rest = strstr(line, "::");
	char *name;
	uintptr_t addr;
	uint_t flags;

	if (rest == NULL)
		return;
	flags = rest == line ? 0 : DCMD_ADDRSPEC;
	addr = strtoul(line, NULL, 16);
	name = strtok(rest + 2, " \n");
	for (char *word; count < MAX_WORDS && name != NULL &&
	    (word = strtok(NULL, " \n")) != NULL; count++) {
		words[count].a_type = MDB_TYPE_STRING;
		words[count].a_un.a_str = word;
	}
	if (name != NULL && strcmp(name, "echo") == 0) {
		for (int i = 0; i < count; i++)
			printf("%s%s", i == 0 ? "" : " ", words[i].a_un.a_str);
		putchar('\n');
		fflush(stdout);
		return;
	}
	for (const mdb_dcmd_t *one = module->mi_dcmds; name != NULL &&
	    one->dc_name != NULL; one++) {
		if (strcmp(one->dc_name, name) == 0) {
			int status = one->dc_funcp(addr, flags, count, words);

			if (status == DCMD_USAGE)
				printf("Usage: ::%s %s\n", name, one->dc_usage);
			return;
		}
	}
	fprintf(stderr, "mdb: unknown command: %s\n", name);
}

/* A function of the module. */
static void *
function(void *module, const char *name)
{
	void *found = dlsym(module, name);

	if (found == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return (found);
}

int
main(int argc, char **argv)
{
	const mdb_modinfo_t *(*init)(void);
	void (*fini)(void);
	const mdb_modinfo_t *info;
	void *module;
	char line[512];

	if (argc < 2) {
		fprintf(stderr, "usage: host32 MODULE [CORE]\n");
		return (2);
	}
	if (argc > 2)
		open_core(argv[2]);
	/* Its own libc.so.1 first, see shim.c. */
	module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	if (module == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return (1);
	}
	*(void **)&init = function(module, "_mdb_init");
	*(void **)&fini = function(module, "_mdb_fini");
	info = init();
	if (info == NULL || info->mi_dvers > MDB_API_VERSION) {
		fprintf(stderr, "%s: not loaded\n", argv[1]);
		return (1);
	}
	while (fgets(line, sizeof (line), stdin) != NULL)
		run(info, line);
	fini();
	dlclose(module);
	return (fflush(stdout) == 0 ? 0 : 1);
}
