/*
 * What goes wrong, and when.
 */

#include "hostile.h"
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const call_names[CALL_KINDS] = {
	"mdb_printf", "mdb_warn", "mdb_snprintf", "mdb_vread", "mdb_alloc",
	"mdb_free", "mdb_lookup_by_name", "mdb_lookup_by_addr",
	"mdb_symbol_iter", "mdb_get_xdata", "mdb_getareg", "mdb_get_state",
	"sigprocmask", "Pmapping_iter", "mdb_walk"
};

long calls[CALL_KINDS];
bool struck_already;
void (*blow_nest)(void);
void (*blow_exit)(void);
static struct blow armed;

void
blow_arm(const struct blow *blow)
{
	memset(calls, 0, sizeof (calls));
	struck_already = false;
	if (blow != NULL)
		armed = *blow;
	else
		armed.how = HOW_NOT;
}

void
blow_disarm(void)
{
	armed.how = HOW_NOT;
}

enum how
blow_how(void)
{
	return (armed.how);
}

/*
 * Counts a call and strikes when its time has come. Returns whether the call
 * is to fail; does not return when the call is jumped out of.
 */
bool
blow_falls(enum call call)
{
	/* When the debugger exits it destroys the target first. */
	if (target_gone && call != CALL_FREE && call != CALL_MASK)
		give_up("%s was called although the target is gone",
		    call_names[call]);
	calls[call]++;
	if (armed.how == HOW_NOT || call != armed.call)
		return (false);
	if (armed.how == HOW_FAIL_ON && calls[call] >= armed.nth) {
		struck_already = true;
		return (true);
	}
	if (calls[call] != armed.nth)
		return (false);
	struck_already = true;
	switch (armed.how) {
	case HOW_JUMP:
		blow_disarm();
		frame_jump(armed.code);
	case HOW_SIGINT:
		/* Kept pending while the module has it blocked. */
		blow_disarm();
		syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), SIGINT);
		return (false);
	case HOW_NEST:
		blow_disarm();
		blow_nest();
		return (false);
	case HOW_EXIT:
		blow_disarm();
		blow_exit();
		return (false);
	default:
		return (true);
	}
}
