/*
 * A way out of a Rust panic. Rust cannot call setjmp(3) (it returns twice),
 * and the module is built without an unwinder, so the one non-local exit the
 * module makes itself lives here.
 */

/* What __builtin_setjmp needs; see GCC's manual, "Nonlocal Gotos". */
typedef void *mdb_sys_jmp_t[5];

static mdb_sys_jmp_t *innermost;

/*
 * Calls fn(arg). Returns 0 when it returned, 1 when mdb_sys_escape() was
 * called below it. Calls nest.
 */
__attribute__((noinline)) int
mdb_sys_guard(void (*fn)(void *), void *arg)
{
	mdb_sys_jmp_t here;
	mdb_sys_jmp_t *volatile outer = innermost;

	if (__builtin_setjmp(here) != 0) {
		innermost = outer;
		return (1);
	}
	innermost = &here;
	fn(arg);
	innermost = outer;
	return (0);
}

/* Ends the innermost mdb_sys_guard() call; returns only if there is none. */
__attribute__((noinline)) void
mdb_sys_escape(void)
{
	if (innermost != 0)
		__builtin_longjmp(*innermost, 1);
}

/*
 * Forgets guards whose frames a longjmp of the host has removed. Called at
 * the start of every entry from the host.
 */
void
mdb_sys_guard_reset(void)
{
	innermost = 0;
}
