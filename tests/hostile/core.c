/*
 * The target: an ELF64 core, mapped, and the executable behind it. No more of
 * ELF than the module can ask for.
 */

#include "hostile.h"
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <unistd.h>

/* A stretch of the target's memory that some file has. */
struct stretch {
	uint64_t start, end;
	const uint8_t *bytes;
	int flags;		/* MA_* */
	const char *name;	/* the executable, NULL for the core */
};

struct symbol {
	GElf_Sym sym;
	const char *name;
};

struct table {
	struct symbol *all;
	size_t count;
};

uint8_t core_header[64];
static struct stretch *stretches;
static size_t stretch_count;
static struct user_regs_struct registers;
static struct table dynsym, symtab;
static struct symbol *by_addr;
static size_t by_addr_count;
/* The same by name; of several of one name, the first in the table. */
static const struct symbol **by_name;

static const uint8_t *
map_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *base;

	if (fd == -1 || fstat(fd, &st) != 0)
		give_up("cannot open %s", path);
	base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (base == MAP_FAILED || memcmp(base, ELFMAG, SELFMAG) != 0 ||
	    ((const uint8_t *)base)[EI_CLASS] != ELFCLASS64)
		give_up("%s is not an ELF64 file", path);
	return (base);
}

static void
add_stretches(const uint8_t *file, const char *name)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(file + eh->e_phoff);

	stretches = realloc(stretches,
	    (stretch_count + eh->e_phnum) * sizeof (*stretches));
	for (int i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD || ph[i].p_filesz == 0)
			continue;
		stretches[stretch_count++] = (struct stretch){ ph[i].p_vaddr,
		    ph[i].p_vaddr + ph[i].p_filesz, file + ph[i].p_offset,
		    (ph[i].p_flags & PF_R ? MA_READ : 0) |
		    (ph[i].p_flags & PF_W ? MA_WRITE : 0) |
		    (ph[i].p_flags & PF_X ? MA_EXEC : 0), name };
	}
}

/* The registers of the main thread, whose id is the process's. */
static void
find_registers(const uint8_t *file)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(file + eh->e_phoff);
	bool found = false;
	pid_t pid = 0;

	for (int i = 0; i < eh->e_phnum; i++) {
		uint64_t at = ph[i].p_offset, end = at + ph[i].p_filesz;
		while (ph[i].p_type == PT_NOTE && at + sizeof (Elf64_Nhdr) < end) {
			const Elf64_Nhdr *nh = (const Elf64_Nhdr *)(file + at);
			const uint8_t *body = (const uint8_t *)(nh + 1) +
			    ((nh->n_namesz + 3) & ~3u);
			struct elf_prstatus status;
			struct elf_prpsinfo info;

			if (nh->n_type == NT_PRPSINFO) {
				memcpy(&info, body, sizeof (info));
				pid = info.pr_pid;
			} else if (nh->n_type == NT_PRSTATUS) {
				memcpy(&status, body, sizeof (status));
				if (!found || status.pr_pid == pid)
					memcpy(&registers, status.pr_reg,
					    sizeof (registers));
				found = true;
			}
			at = (uint64_t)(body - file) + ((nh->n_descsz + 3) & ~3u);
		}
	}
	if (!found)
		give_up("the core has no registers");
}

static int
compare_names(const void *a, const void *b)
{
	const struct symbol *x = *(const struct symbol *const *)a;
	const struct symbol *y = *(const struct symbol *const *)b;
	int order = strcmp(x->name, y->name);

	return (order != 0 ? order : (x > y) - (x < y));
}

static int
compare_values(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->sym.st_value < y->sym.st_value ? -1 :
	    x->sym.st_value > y->sym.st_value);
}

static void
read_symbols(const uint8_t *file, uint32_t type, struct table *table)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	const Elf64_Shdr *sh = (const Elf64_Shdr *)(file + eh->e_shoff);

	for (int i = 0; i < eh->e_shnum; i++) {
		if (sh[i].sh_type != type)
			continue;
		const Elf64_Sym *sym = (const Elf64_Sym *)(file + sh[i].sh_offset);
		const char *names =
		    (const char *)file + sh[sh[i].sh_link].sh_offset;
		size_t count = sh[i].sh_size / sizeof (*sym);

		table->all = calloc(count, sizeof (*table->all));
		for (size_t k = 0; k < count; k++) {
			int kind = ELF64_ST_TYPE(sym[k].st_info);
			if (sym[k].st_shndx == SHN_UNDEF ||
			    (kind != STT_OBJECT && kind != STT_FUNC))
				continue;
			struct symbol *s = &table->all[table->count++];
			s->name = names + sym[k].st_name;
			s->sym.st_info = sym[k].st_info;
			s->sym.st_value = sym[k].st_value;
			s->sym.st_size = sym[k].st_size;
		}
	}
}

void
core_open(const char *core, const char *executable)
{
	const uint8_t *file = map_file(core);
	const uint8_t *exe = map_file(executable);

	if (((const Elf64_Ehdr *)exe)->e_type != ET_EXEC)
		give_up("%s moves: take a node that is linked to an address",
		    executable);
	memcpy(core_header, exe, sizeof (core_header));
	/* What the core has comes before what the executable once had. */
	add_stretches(file, NULL);
	add_stretches(exe, executable);
	find_registers(file);
	read_symbols(exe, SHT_DYNSYM, &dynsym);
	read_symbols(exe, SHT_SYMTAB, &symtab);
	by_addr_count = symtab.count;
	by_addr = calloc(by_addr_count, sizeof (*by_addr));
	memcpy(by_addr, symtab.all, by_addr_count * sizeof (*by_addr));
	qsort(by_addr, by_addr_count, sizeof (*by_addr), compare_values);
	by_name = calloc(symtab.count, sizeof (*by_name));
	for (size_t i = 0; i < symtab.count; i++)
		by_name[i] = &symtab.all[i];
	qsort(by_name, symtab.count, sizeof (*by_name), compare_names);
}

/* Reads as far as there is memory; returns how many bytes. */
size_t
core_read(uint64_t addr, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		uint64_t at = addr + done;
		const struct stretch *s = NULL;
		for (size_t i = 0; i < stretch_count && s == NULL; i++) {
			if (at >= stretches[i].start && at < stretches[i].end)
				s = &stretches[i];
		}
		if (s == NULL)
			break;
		size_t take = s->end - at < n - done ? s->end - at : n - done;
		memcpy((char *)buf + done, s->bytes + (at - s->start), take);
		done += take;
	}
	return (done);
}

/*
 * Of the memory without a name, only the chunks of V8's heap that were asked for
 * are among the mappings, and the stack: a search of all of it at each blow would
 * take hours.
 */
enum { CHUNK = 1 << 18, CHUNKS = 16, PIECES = 512 };
static uint64_t chunks[CHUNKS];
static size_t chunk_count;
static struct stretch pieces[PIECES];
static size_t piece_count;

static void
add_piece(const struct stretch *s, uint64_t start, uint64_t end)
{
	if (piece_count == PIECES)
		give_up("more than %d mappings", PIECES);
	pieces[piece_count] = *s;
	pieces[piece_count].start = start > s->start ? start : s->start;
	pieces[piece_count].end = end < s->end ? end : s->end;
	if (pieces[piece_count].start < pieces[piece_count].end)
		piece_count++;
}

static void
make_pieces(void)
{
	piece_count = 0;
	for (size_t i = 0; i < stretch_count; i++) {
		const struct stretch *s = &stretches[i];
		if (s->name != NULL || chunk_count == 0 ||
		    (registers.rsp >= s->start && registers.rsp < s->end)) {
			add_piece(s, s->start, s->end);
			continue;
		}
		for (size_t k = 0; k < chunk_count; k++)
			add_piece(s, chunks[k], chunks[k] + CHUNK);
	}
}

/* Has the chunk with this address among the mappings. */
void
mappings_show(uint64_t addr)
{
	uint64_t chunk = addr & ~(uint64_t)(CHUNK - 1);

	for (size_t i = 0; i < chunk_count; i++) {
		if (chunks[i] == chunk)
			return;
	}
	if (chunk_count == CHUNKS)
		give_up("more than %d chunks", CHUNKS);
	chunks[chunk_count++] = chunk;
	make_pieces();
}

int
mappings_each(proc_map_f *callback, void *data, bool all)
{
	size_t count;
	int status = 0;

	if (piece_count == 0)
		make_pieces();
	count = all ? piece_count : piece_count / 2;
	for (size_t i = 0; i < count && status == 0; i++) {
		const struct stretch *s = &pieces[i];
		prmap_t map = { .pr_vaddr = s->start,
		    .pr_size = s->end - s->start, .pr_mflags = s->flags,
		    .pr_pagesize = 4096, .pr_shmid = -1 };
		status = callback(data, &map, s->name);
	}
	return (status);
}

bool
core_register(const char *name, uint64_t *value)
{
	if (strcmp(name, "rip") == 0)
		*value = registers.rip;
	else if (strcmp(name, "rsp") == 0)
		*value = registers.rsp;
	else if (strcmp(name, "rbp") == 0)
		*value = registers.rbp;
	else
		return (false);
	return (true);
}

int
symbols_each(uint_t which, uint_t kinds, mdb_symbol_cb_t callback, void *data)
{
	const struct table *table = which == MDB_DYNSYM ? &dynsym : &symtab;
	int status = 0;

	for (size_t i = 0; i < table->count && status == 0; i++) {
		const struct symbol *s = &table->all[i];
		uint_t kind = ELF64_ST_TYPE(s->sym.st_info) == STT_FUNC ?
		    MDB_TYPE_FUNC : MDB_TYPE_OBJECT;
		mdb_symbol_t symbol = { .sym_name = s->name,
		    .sym_object = "a.out", .sym_sym = &s->sym,
		    .sym_table = which, .sym_id = (uint32_t)i };
		if (kinds & kind)
			status = callback(&symbol, data);
	}
	return (status);
}

const GElf_Sym *
symbol_by_name(const char *name)
{
	size_t low = 0, high = symtab.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < symtab.count && strcmp(by_name[low]->name, name) == 0)
		return (&by_name[low]->sym);
	return (NULL);
}

const GElf_Sym *
symbol_by_addr(uint64_t addr, const char **name)
{
	size_t low = 0, high = by_addr_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_addr[middle].sym.st_value <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	while (low-- > 0 && addr - by_addr[low].sym.st_value < 0x100000) {
		if (addr - by_addr[low].sym.st_value < by_addr[low].sym.st_size) {
			*name = by_addr[low].name;
			return (&by_addr[low].sym);
		}
	}
	return (NULL);
}
