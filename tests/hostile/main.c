/*
 * The tally, and what is asked for on the command line.
 */

#include "hostile.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KINDS = 64, COMPLAINTS = 40 };

static struct { const char *kind; long count; } tally[KINDS];
static long complaints;

void
count_blow(const char *kind)
{
	size_t i = 0;

	while (tally[i].kind != NULL && strcmp(tally[i].kind, kind) != 0)
		i++;
	if (i + 1 == KINDS)
		give_up("more than %d kinds of blow", KINDS);
	tally[i].kind = kind;
	tally[i].count++;
}

void
complain(const char *format, ...)
{
	va_list args;

	/* The first few say what is wrong; the rest only how much of it. */
	if (++complaints > COMPLAINTS)
		return;
	va_start(args, format);
	fputs("WRONG: ", stdout);
	vprintf(format, args);
	fputc('\n', stdout);
	va_end(args);
	fflush(stdout);
}

void
give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("FATAL: ", stdout);
	vprintf(format, args);
	fputc('\n', stdout);
	va_end(args);
	fflush(stdout);
	abort();
}

int
main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } phases[] = {
		{ "output", phase_pager }, { "reads", phase_reads },
		{ "memory", phase_memory }, { "signals", phase_signals },
		{ "exits", phase_exits }, { "walks", phase_walks },
		{ "loads", phase_loads }, { "panic", phase_panic },
	};
	bool found = false;
	long blows = 0;

	if (argc < 5) {
		fprintf(stderr, "usage: %s CORE NODE MODULE PHASE...\n", argv[0]);
		return (2);
	}
	exhaustive = getenv("HOSTILE_FULL") != NULL;
	few = getenv("HOSTILE_FEW") != NULL;
	core_open(argv[1], argv[2]);
	module_path(argv[3]);
	signals_install();
	rows_make();
	printf("%zu rows\n", row_count);
	for (int i = 4; i < argc; i++) {
		for (size_t k = 0; k < sizeof (phases) / sizeof (phases[0]); k++) {
			clock_t start = clock();
			if (strcmp(argv[i], phases[k].name) != 0)
				continue;
			found = true;
			phases[k].run();
			printf("%s: %.1f s of CPU\n", argv[i],
			    (double)(clock() - start) / CLOCKS_PER_SEC);
		}
		if (!found)
			give_up("no phase %s", argv[i]);
	}
	module_unload(true);
	if (bytes_live != 0)
		complain("%zu bytes are held in the end", bytes_live);
	for (size_t i = 0; tally[i].kind != NULL; i++) {
		printf("%8ld  %s\n", tally[i].count, tally[i].kind);
		blows += tally[i].count;
	}
	printf("%ld blows, %ld wrong\n", blows, complaints);
	return (complaints != 0);
}
