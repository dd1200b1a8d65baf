/*
 * SIGINT at a chosen instruction. Where the module has SIGINT unblocked the
 * processor's trap flag is set, so that each instruction is counted; at the
 * chosen one SIGINT is raised, and comes before the next one runs. Timers hit
 * such a window of a few hundred instructions only by luck.
 */

#include "hostile.h"
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { TRAP_FLAG = 0x100 };

/* The instruction to strike at; 0 when nothing is stepped, -1 to count. */
long step_limit;
long steps_taken;

static void
on_trap(int signal, siginfo_t *info, void *context)
{
	ucontext_t *at = context;

	(void) signal;
	(void) info;
	if (step_limit == 0) {
		at->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
		return;
	}
	if (++steps_taken != step_limit)
		return;
	step_limit = 0;
	at->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
	struck_already = true;
	/* Blocked while this handler runs: delivered as it returns. */
	syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), SIGINT);
}

void
step_install(void)
{
	struct sigaction action = { .sa_sigaction = on_trap,
	    .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGINT);
	sigaction(SIGTRAP, &action, NULL);
}

void
step_start(void)
{
	if (step_limit == 0)
		return;
	/* Below the red zone, where the compiler may keep things. */
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\t"
	    "orq $0x100, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp"
	    ::: "memory", "cc");
}

void
step_stop(void)
{
	if (step_limit == 0)
		return;
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\t"
	    "andq $~0x100, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp"
	    ::: "memory", "cc");
}
