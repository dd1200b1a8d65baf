/*
 * ^C at every instruction at which the module can be hit, in every call it
 * makes, and at random moments; and termination of the debugger from a signal
 * handler at any of them.
 */

#include "hostile.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * SIGINT between two instructions that run with it unblocked. A run costs as
 * many traps as instructions before the one struck, so each row takes every
 * seventh, from a start of its own: the code is the same for all commands. Only
 * an exhaustive run takes each of one row.
 */
static void
every_instruction(const struct row *row, long start)
{
	long most = exhaustive ? 4000 : 1200;
	long pace = exhaustive && start == 0 ? 1 : 7;
	long count, hit = 0;

	cold();
	row_ready(row);
	steps_taken = 0;
	step_limit = -1;
	(void) row_run(row, NULL);
	step_limit = 0;
	count = steps_taken;
	row_undo(row);
	if (count < 50)
		complain("%s: only %ld instructions were stepped", row->label, count);
	for (long n = 1 + start % pace; n <= count && n <= most; n += pace) {
		struct result r;
		row_ready(row);
		steps_taken = 0;
		step_limit = n;
		r = row_run(row, NULL);
		step_limit = 0;
		hit += r.jumped == JUMP_SIGINT;
		count_blow("^C at an instruction");
		row_check(row, "^C at an instruction");
	}
	if (hit == 0)
		complain("%s: no ^C had an effect", row->label);
}

/* SIGINT inside each call: pending until the module has put away its things. */
static void
every_call(const struct row *row)
{
	for (enum call call = CALL_SNPRINTF; call < CALL_KINDS; call++) {
		struct blow none = { .how = HOW_NOT };
		long count;
		cold();
		(void) row_run(row, &none);
		count = calls[call];
		row_undo(row);
		for (long n = 1; n <= count; n = stride(n, 4, count)) {
			struct blow blow = { call, HOW_SIGINT, n, 0 };
			struct result r;
			cold();
			r = row_run(row, &blow);
			if (struck_already && r.jumped != JUMP_SIGINT)
				complain("%s: ^C in call %ld of %s is lost", row->label,
				    n, call_names[call]);
			count_blow("^C in a call");
			row_check(row, "^C in a call");
		}
	}
}

static double
seconds_of(const struct row *row)
{
	struct timespec a, b;

	cold();
	row_ready(row);
	clock_gettime(CLOCK_MONOTONIC, &a);
	(void) row_run(row, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	row_undo(row);
	return ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
}

/* A timer that raises this signal once, at a random moment of a run. */
static void
set_alarm(timer_t timer, double seconds)
{
	struct itimerspec at = { .it_value.tv_nsec = 1 + (long)(seconds * 1e9) *
	    (rand() % 1000) / 800 % 900000000 };

	timer_settime(timer, 0, &at, NULL);
}

static timer_t
make_timer(int signal)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = signal };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
		give_up("no timer is to be had");
	return (timer);
}

static void
random_moments(const struct row *row, timer_t timer)
{
	static const struct itimerspec off;
	double length = seconds_of(row);
	int tries = exhaustive ? 200 : 25;

	for (int i = 0; i < tries; i++) {
		cold();
		row_ready(row);
		set_alarm(timer, length);
		(void) row_run(row, NULL);
		timer_settime(timer, 0, &off, NULL);
		count_blow("^C at a random moment");
		row_check(row, "^C at a random moment");
	}
}

void
phase_signals(void)
{
	timer_t timer = make_timer(SIGINT);
	long start = 0;

	srand(20110520);
	for (size_t i = 0; i < row_count; i++) {
		if (!rows[i].main_row)
			continue;
		/* Valgrind runs no single steps. */
		if (getenv("HOSTILE_NO_STEPS") == NULL)
			every_instruction(&rows[i], start++);
		every_call(&rows[i]);
		random_moments(&rows[i], timer);
	}
	timer_delete(timer);
	settle("^C");
}

/*
 * What MDB does on SIGHUP or SIGTERM, wherever it is: the target is destroyed
 * first, then modules are unloaded, then the process exits. _mdb_fini may call
 * nothing but mdb_free(), and that not in the midst of the allocator.
 */
static void
terminate(void)
{
	target_gone = true;
	module_fini();
	_exit(0);
}

static void
on_terminate(int signal)
{
	(void) signal;
	terminate();
}

/* Runs a row in a child that is terminated in the course of it. */
static void
terminated(const struct row *row, const struct blow *blow, timer_t *timer,
    double length)
{
	int status;
	pid_t child;

	fflush(stdout);
	if ((child = fork()) == 0) {
		row_ready(row);
		/* Ends what hangs. */
		alarm(20);
		if (timer != NULL) {
			*timer = make_timer(SIGTERM);
			set_alarm(*timer, length);
		}
		(void) row_run(row, blow);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		complain("%s terminated in %s, call %ld: wait status %#x", row->label,
		    blow ? call_names[blow->call] : "its course",
		    blow ? blow->nth : 0, (unsigned)status);
	count_blow("termination from a signal handler");
}

void
phase_exits(void)
{
	struct sigaction action = { .sa_handler = on_terminate,
	    .sa_flags = SA_ONSTACK };

	sigfillset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	blow_exit = terminate;
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		timer_t timer;
		double length;
		if (!row->main_row)
			continue;
		length = seconds_of(row);
		for (enum call call = CALL_PRINTF; call < CALL_KINDS; call++) {
			struct blow none = { .how = HOW_NOT };
			(void) row_run(row, &none);
			long count = calls[call];
			row_undo(row);
			for (long n = 1; n <= count; n = stride(n, 3, count)) {
				struct blow blow = { call, HOW_EXIT, n, 0 };
				terminated(row, &blow, NULL, 0);
			}
		}
		for (int n = 0; n < (exhaustive ? 200 : 5); n++)
			terminated(row, NULL, &timer, length);
	}
	settle("terminations of others");
}
