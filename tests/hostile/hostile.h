/*
 * The hostile host: a debugger that does to the module everything MDB may do
 * to one, at the worst moment, and then checks that nothing is the worse for
 * it. What each file does is said at its top.
 */

#ifndef HOSTILE_H
#define	HOSTILE_H

#include <mdb_libproc.h>
#include <mdb_modapi.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

/* core.c: the target. */
extern void core_open(const char *core, const char *executable);
extern size_t core_read(uint64_t addr, void *buf, size_t n);
extern bool core_register(const char *name, uint64_t *value);
/* Shows the mappings, or half of them; and which are shown. */
extern int mappings_each(proc_map_f *, void *, bool all);
extern void mappings_show(uint64_t addr);
extern int symbols_each(uint_t table, uint_t kinds, mdb_symbol_cb_t, void *);
extern const GElf_Sym *symbol_by_name(const char *name);
extern const GElf_Sym *symbol_by_addr(uint64_t addr, const char **name);
extern uint8_t core_header[64];

/*
 * blow.c: what goes wrong, and when. Calls of the module into the debugger are
 * counted by kind; a blow is struck at the nth call of one kind.
 */
enum call {
	CALL_PRINTF, CALL_WARN, CALL_SNPRINTF, CALL_READ, CALL_ALLOC, CALL_FREE,
	CALL_BY_NAME, CALL_BY_ADDR, CALL_ITER, CALL_XDATA, CALL_REGISTER,
	CALL_STATE, CALL_MASK, CALL_MAPPINGS, CALL_WALK, CALL_KINDS
};
enum how {
	HOW_NOT,	/* just count */
	HOW_FAIL,	/* the call fails */
	HOW_FAIL_ON,	/* it and all later ones of its kind fail */
	HOW_SHORT,	/* a read overwrites half of the buffer and fails */
	HOW_JUMP,	/* the call never returns */
	HOW_SIGINT,	/* SIGINT is raised in the call */
	HOW_NEST,	/* another command of the module runs in the call */
	HOW_EXIT	/* the debugger is terminated by a signal in the call */
};
/* Reasons of a longjmp, numbered as MDB numbers them. */
enum jump { JUMP_PAGER = 3, JUMP_SIGINT = 4, JUMP_ABORT = 8, JUMP_OUTPUT = 9 };

struct blow {
	enum call call;
	enum how how;
	long nth;	/* 1 is the first */
	enum jump code;	/* of HOW_JUMP */
};

extern const char *const call_names[CALL_KINDS];
extern long calls[CALL_KINDS];
extern bool struck_already;
extern void blow_arm(const struct blow *);
extern void blow_disarm(void);
extern bool blow_falls(enum call);
extern enum how blow_how(void);
extern void (*blow_nest)(void);
extern void (*blow_exit)(void);
extern void frame_jump(enum jump) __attribute__((noreturn));

/* api.c: the module API. */
extern bool target_gone;
extern int target_state;
extern size_t bytes_live;
extern long blocks_live;
extern bool in_callback;
extern void output_reset(void);
extern const char *output_text(void);
extern void heap_forget(void);
extern int warnings;
extern mdb_dcmd_f whatis;

/* load.c: loading, calling, walking. */
struct result {
	int status;	/* what the command returned */
	int jumped;	/* or the reason it was jumped out of */
	const char *text; /* all it printed; valid until the next call */
};
extern void module_path(const char *);
extern bool module_load(int host_version);
extern void module_unload(bool fini);
extern void module_fini(void);
extern const mdb_dcmd_t *dcmd_at(size_t);
extern const mdb_dcmd_t *dcmd_named(const char *);
extern const mdb_walker_t *walker_at(size_t);
extern struct result dcmd_call(const mdb_dcmd_t *, uintptr_t, uint_t flags,
    int argc, const mdb_arg_t *, const struct blow *);
extern struct result help_call(const mdb_dcmd_t *, const struct blow *);
extern struct result tab_call(const mdb_dcmd_t *, uint_t, int,
    const mdb_arg_t *, const struct blow *);
extern struct result walk_call(const mdb_walker_t *, uintptr_t, mdb_walk_cb_t,
    void *, const struct blow *);
extern int walk_nested(const mdb_walker_t *, uintptr_t, mdb_walk_cb_t, void *);
extern long step_limit, steps_taken;
extern bool sigint_blocked(void);
extern void sigint_unblock(void);
extern void signals_install(void);

/* step.c: one instruction at a time. */
extern void step_start(void);
extern void step_stop(void);
extern void step_install(void);

/* cases.c: what is run, and what it prints on a fresh load. */
struct row {
	const char *dcmd;	/* a command, by name: tables move on reload */
	const char *walker;	/* or a walker */
	bool help;		/* or the help of the command */
	bool tab;		/* or its completion */
	uintptr_t addr;
	uint_t flags;
	int argc;
	mdb_arg_t argv[4];
	char label[160];
	char *expected;
	int status;
	bool main_row;		/* the one row that stands for its command */
	bool changes;		/* it alters what later commands print */
	long calls[CALL_KINDS];
};
extern struct row rows[];
extern size_t row_count;
/* Strike at every call; and: do with few, where all is slow. */
extern bool exhaustive, few;
extern void rows_make(void);
extern struct result row_run(const struct row *, const struct blow *);
extern void row_ready(const struct row *);
extern void row_undo(const struct row *);
extern void row_check(const struct row *, const char *after);
extern void all_check(const char *after);
extern void settle(const char *after);
extern void cold(void);
/* Calls beyond which a row is one that searches the heap, as several do alike. */
enum { MANY = 150 };
extern long stride(long nth, long small, long count);
extern uintptr_t sample(const char *type);

/* The phases. */
extern void phase_pager(void);
extern void phase_reads(void);
extern void phase_memory(void);
extern void phase_signals(void);
extern void phase_exits(void);
extern void phase_walks(void);
extern void phase_loads(void);
extern void phase_panic(void);

/* main.c: the tally. */
extern void count_blow(const char *kind);
extern void complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
extern void give_up(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif /* HOSTILE_H */
