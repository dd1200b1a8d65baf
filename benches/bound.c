/*
 * The least that a search of V8's heap in a core can cost: maps the core, finds
 * the map that is its own, reads its readable memory once for all maps, which
 * point to that one, and once more to test of each word whether it points to one.
 *
 *	bound [-1] CORE
 *
 * With -1 it stops after the first of the two passes.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 1 << 18 };

static const uint8_t *file;
static const Elf64_Phdr *segments;
static int count, fd;
static uint64_t maps[SLOTS];		/* by hash; zero is empty */
static size_t map_count;

static uint64_t
word_of(off_t at)
{
	uint64_t word;

	memcpy(&word, file + at, 8);
	return (word);
}

static uint64_t *
slot(uint64_t word)
{
	size_t at = (word * 0x9e3779b97f4a7c15ULL) >> 46;

	while (maps[at] != 0 && maps[at] != word)
		at = (at + 1) % SLOTS;
	return (&maps[at]);
}

/* Memory of no file: V8's mappings are writable, but for its read-only pages. */
static int
is_searched(const Elf64_Phdr *s)
{
	return (s->p_type == PT_LOAD && s->p_filesz > 0 && (s->p_flags & PF_R));
}

/* Whether the map that begins here is its own: other maps follow it closely. */
static int
is_meta(const Elf64_Phdr *s, uint64_t at)
{
	uint64_t meta = s->p_vaddr + at + 1;

	if (word_of((off_t)(s->p_offset + at)) != meta)
		return (0);
	for (uint64_t next = at + 40; next <= at + 128 && next + 8 <= s->p_filesz; next += 8) {
		if (word_of((off_t)(s->p_offset + next)) == meta)
			return (1);
	}
	return (0);
}

/* Calls `each` for all words of a segment but those of holes, which cost nothing. */
static uint64_t
words(const Elf64_Phdr *s, void (*each)(uint64_t addr, uint64_t word))
{
	off_t at = (off_t)s->p_offset, end = at + (off_t)s->p_filesz;
	uint64_t bytes = 0;

	while ((at = lseek(fd, at, SEEK_DATA)) != -1 && at < end) {
		off_t hole = lseek(fd, at, SEEK_HOLE);
		if (hole == -1 || hole > end)
			hole = end;
		bytes += (uint64_t)(hole - at);
		for (; at + 8 <= hole; at += 8)
			each(s->p_vaddr + (uint64_t)at - s->p_offset, word_of(at));
		at = hole;
	}
	return (bytes);
}

static uint64_t meta, found;

static inline void
learn(uint64_t addr, uint64_t word)
{
	if (word == meta && map_count < SLOTS / 2) {
		*slot(addr + 1) = addr + 1;
		map_count++;
	}
}

static inline void
test(uint64_t addr, uint64_t word)
{
	(void) addr;
	if ((word & 7) == 1 && *slot(word) != 0)
		found++;
}

int
main(int argc, char **argv)
{
	struct stat st;
	uint64_t bytes = 0;
	int once = argc == 3 && strcmp(argv[1], "-1") == 0;

	fd = open(argc == 2 + once ? argv[1 + once] : "", O_RDONLY);
	if (fd == -1 || fstat(fd, &st) != 0 || (file = mmap(NULL,
	    (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
		fprintf(stderr, "usage: bound [-1] CORE\n");
		return (2);
	}
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
	segments = (const Elf64_Phdr *)(file + header->e_phoff);
	count = header->e_phnum;
	for (int i = 0; meta == 0 && i < count; i++) {
		const Elf64_Phdr *s = &segments[i];
		for (uint64_t at = 0; is_searched(s) && at + 8 <= s->p_filesz; at += 8) {
			if (is_meta(s, at)) {
				meta = s->p_vaddr + at + 1;
				break;
			}
		}
	}
	for (int i = 0; i < count; i++) {
		if (is_searched(&segments[i]))
			(void) words(&segments[i], learn);
	}
	for (int i = 0; !once && i < count; i++) {
		if (is_searched(&segments[i]))
			bytes += words(&segments[i], test);
	}
	printf("%llu bytes, %zu maps, %llu pointers to them\n",
	    (unsigned long long)bytes, map_count, (unsigned long long)found);
	return (meta == 0);
}
