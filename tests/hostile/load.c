/*
 * Loading the module, calling its commands and walking its walks, as MDB's
 * loader, mdb_call() and mdb_run() do.
 */

#include "hostile.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TABLE = 256, WALKS = 16 };

static char path[4096];
static void *handle;
static void (*fini_function)(void);
/* Copies, whatever the stride of the module's own table. */
static mdb_dcmd_t dcmds[TABLE];
static mdb_walker_t walkers[TABLE];
static size_t dcmd_count, walker_count;

/*
 * Where a jump goes. Like illumos' setjmp() and longjmp(), these leave the
 * signal mask alone.
 */
static jmp_buf frame;
static volatile bool frame_set;

/* Walks whose walk_init returned and whose walk_fini is still owed. */
struct open_walk {
	const mdb_walker_t *walker;
	mdb_walk_state_t state;
};
static struct open_walk open_walks[WALKS];
static volatile int open_count;

void
module_path(const char *file)
{
	snprintf(path, sizeof (path), "%s", file);
}

/* Before version 4 a command had no completion function. */
static size_t
dcmd_size(const mdb_modinfo_t *info)
{
	return (info->mi_dvers < 4 ? offsetof(mdb_dcmd_t, dc_tabp) :
	    sizeof (mdb_dcmd_t));
}

static void
copy_tables(const mdb_modinfo_t *info)
{
	const char *at = (const char *)info->mi_dcmds;

	memset(dcmds, 0, sizeof (dcmds));
	for (dcmd_count = 0; ; dcmd_count++, at += dcmd_size(info)) {
		memcpy(&dcmds[dcmd_count], at, dcmd_size(info));
		const mdb_dcmd_t *d = &dcmds[dcmd_count];
		if (d->dc_name == NULL)
			break;
		if (d->dc_descr == NULL || d->dc_funcp == NULL ||
		    dcmd_count + 3 == TABLE)
			give_up("command %s is not acceptable", d->dc_name);
	}
	dcmds[dcmd_count++] = (mdb_dcmd_t){ .dc_name = "whatis", .dc_usage = ":",
	    .dc_descr = "ask the module", .dc_funcp = whatis };
	const mdb_walker_t *w = info->mi_walkers;
	for (walker_count = 0; w->walk_name != NULL; w++) {
		if (w->walk_descr == NULL || w->walk_step == NULL ||
		    walker_count + 2 == TABLE)
			give_up("walker %s is not acceptable", w->walk_name);
		walkers[walker_count++] = *w;
	}
}

/*
 * Loads the module into a debugger of this version; returns whether the
 * debugger accepts it. One that is refused is closed without _mdb_fini.
 */
bool
module_load(int host_version)
{
	const mdb_modinfo_t *(*init)(void);
	const mdb_modinfo_t *info;

	output_reset();
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		give_up("%s", dlerror());
	init = (const mdb_modinfo_t *(*)(void))(uintptr_t)
	    dlsym(handle, "_mdb_init");
	fini_function = (void (*)(void))(uintptr_t)dlsym(handle, "_mdb_fini");
	if (init == NULL || fini_function == NULL || (info = init()) == NULL)
		give_up("the module has no entry points that work");
	if (info->mi_dvers < 1 || info->mi_dvers > host_version) {
		module_unload(false);
		return (false);
	}
	copy_tables(info);
	return (true);
}

void
module_fini(void)
{
	fini_function();
}

void
module_unload(bool fini)
{
	if (fini)
		module_fini();
	if (dlclose(handle) != 0)
		give_up("%s", dlerror());
	if (dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL)
		give_up("the module stays in memory after ::unload");
	dcmd_count = walker_count = 0;
}

const mdb_dcmd_t *
dcmd_at(size_t i)
{
	return (i < dcmd_count ? &dcmds[i] : NULL);
}

const mdb_walker_t *
walker_at(size_t i)
{
	return (i < walker_count ? &walkers[i] : NULL);
}

const mdb_dcmd_t *
dcmd_named(const char *name)
{
	for (size_t i = 0; i < dcmd_count; i++) {
		if (strcmp(dcmds[i].dc_name, name) == 0)
			return (&dcmds[i]);
	}
	return (NULL);
}

bool
sigint_blocked(void)
{
	uint64_t set = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
	return ((set & 1ULL << (SIGINT - 1)) != 0);
}

void
sigint_unblock(void)
{
	uint64_t set = 1ULL << (SIGINT - 1);

	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
}

void
frame_jump(enum jump code)
{
	if (!frame_set)
		give_up("a jump without a frame");
	_longjmp(frame, code);
}

/* MDB's handler: away, with the signal still blocked. */
static void
on_sigint(int signal)
{
	(void) signal;
	step_stop();
	if (frame_set)
		frame_jump(JUMP_SIGINT);
}

void
signals_install(void)
{
	static char stack[64 << 10];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof (stack) };
	struct sigaction action = { .sa_handler = on_sigint,
	    .sa_flags = SA_RESTART | SA_ONSTACK };

	sigaltstack(&alternate, NULL);
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	step_install();
}

/* Ends the walks that a jump left open, innermost first. */
static void
purge_walks(void)
{
	while (open_count > 0) {
		struct open_walk *open = &open_walks[--open_count];
		if (open->walker->walk_fini != NULL)
			open->walker->walk_fini(&open->state);
	}
}

/* What is checked and tidied after every call, however it ended. */
static void
call_over(int code)
{
	step_stop();
	frame_set = false;
	blow_disarm();
	/* After ^C the handler's own mask is left, and mdb_run() undoes it. */
	if (code == JUMP_SIGINT)
		sigint_unblock();
	else if (sigint_blocked())
		complain("SIGINT is blocked after a call that ended with %d", code);
	sigint_unblock();
	if (code != 0)
		purge_walks();
	if (in_callback) {
		complain("the callback of an iteration was left by a jump");
		in_callback = false;
	}
}

struct result
dcmd_call(const mdb_dcmd_t *dcmd, uintptr_t addr, uint_t flags, int argc,
    const mdb_arg_t *argv, const struct blow *blow)
{
	volatile int status = -1;
	int code;

	output_reset();
	blow_arm(blow);
	if ((code = _setjmp(frame)) == 0) {
		frame_set = true;
		step_start();
		status = dcmd->dc_funcp(addr, flags, argc, argv);
	}
	call_over(code);
	return ((struct result){ status, code, output_text() });
}

struct result
help_call(const mdb_dcmd_t *dcmd, const struct blow *blow)
{
	int code;

	output_reset();
	blow_arm(blow);
	if ((code = _setjmp(frame)) == 0) {
		frame_set = true;
		step_start();
		if (dcmd->dc_help != NULL)
			dcmd->dc_help();
	}
	call_over(code);
	return ((struct result){ 0, code, output_text() });
}

struct result
tab_call(const mdb_dcmd_t *dcmd, uint_t flags, int argc, const mdb_arg_t *argv,
    const struct blow *blow)
{
	static char cookie;
	int code;

	output_reset();
	blow_arm(blow);
	if ((code = _setjmp(frame)) == 0) {
		frame_set = true;
		step_start();
		if (dcmd->dc_tabp != NULL)
			(void) dcmd->dc_tabp((mdb_tab_cookie_t *)&cookie, flags,
			    argc, argv);
	}
	call_over(code);
	return ((struct result){ 0, code, output_text() });
}

/*
 * Walks inside a call that is under way already. As in MDB, walk_fini is owed
 * only once walk_init has returned.
 */
int
walk_nested(const mdb_walker_t *walker, uintptr_t addr, mdb_walk_cb_t callback,
    void *data)
{
	struct open_walk *open = &open_walks[open_count];
	int status;

	if (open_count == WALKS)
		give_up("walks nest too deeply");
	*open = (struct open_walk){ walker, { .walk_callback = callback,
	    .walk_cbdata = data, .walk_addr = addr,
	    .walk_arg = walker->walk_init_arg } };
	if (walker->walk_init != NULL &&
	    (status = walker->walk_init(&open->state)) != WALK_NEXT)
		return (status);
	open_count++;
	do {
		status = walker->walk_step(&open->state);
	} while (status == WALK_NEXT);
	open_count--;
	if (walker->walk_fini != NULL)
		walker->walk_fini(&open->state);
	return (status);
}

struct result
walk_call(const mdb_walker_t *walker, uintptr_t addr, mdb_walk_cb_t callback,
    void *data, const struct blow *blow)
{
	volatile int status = -1;
	int code;

	output_reset();
	blow_arm(blow);
	if ((code = _setjmp(frame)) == 0) {
		frame_set = true;
		step_start();
		status = walk_nested(walker, addr, callback, data);
	}
	call_over(code);
	return ((struct result){ status, code, output_text() });
}
