/*
 * A libc.so.1 for Linux: lets the module that was built for illumos run in the
 * Linux debugger, so that the file that is shipped can be tested. It holds the
 * functions that the module uses and that differ between the two systems; all
 * others mean the same on both and come from Linux' own libc. The list `names'
 * says which is which.
 *
 * What differs: how the signal mask is changed (1, 2, 3 for block, unblock and
 * set; Linux has 0, 1, 2), the size of a signal set (16 bytes; Linux' libc has
 * 128), the numbers of most signals, how errno is found, the handles that
 * dlsym takes, and the flags of open.
 */

#define	_GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A signal set of illumos: signal N is bit N - 1. */
typedef struct {
	uint32_t bits[4];
} set_t;

/* What the kernel of Linux takes for one. */
typedef uint64_t mask_t;

enum { BLOCK = 1, UNBLOCK = 2, SETMASK = 3 };
enum { LINUX_BLOCK = 0, LINUX_SETMASK = 2 };
enum { LAST = 31 };

/* Linux' number of each signal of illumos, 0 where it has none. */
static const unsigned char linux_number[LAST + 1] = {
	[1] = 1,	/* HUP */
	[2] = 2,	/* INT */
	[3] = 3,	/* QUIT */
	[4] = 4,	/* ILL */
	[5] = 5,	/* TRAP */
	[6] = 6,	/* ABRT */
	[8] = 8,	/* FPE */
	[9] = 9,	/* KILL */
	[10] = 7,	/* BUS */
	[11] = 11,	/* SEGV */
	[12] = 31,	/* SYS */
	[13] = 13,	/* PIPE */
	[14] = 14,	/* ALRM */
	[15] = 15,	/* TERM */
	[16] = 10,	/* USR1 */
	[17] = 12,	/* USR2 */
	[18] = 17,	/* CLD */
	[19] = 30,	/* PWR */
	[20] = 28,	/* WINCH */
	[21] = 23,	/* URG */
	[22] = 29,	/* POLL */
	[23] = 19,	/* STOP */
	[24] = 20,	/* TSTP */
	[25] = 18,	/* CONT */
	[26] = 21,	/* TTIN */
	[27] = 22,	/* TTOU */
	[28] = 26,	/* VTALRM */
	[29] = 27,	/* PROF */
	[30] = 24,	/* XCPU */
	[31] = 25,	/* XFSZ */
};

static mask_t
mask_of(const set_t *set)
{
	mask_t mask = 0;

	for (int i = 1; i <= LAST; i++) {
		if (linux_number[i] != 0 && (set->bits[0] >> (i - 1) & 1) != 0)
			mask |= (mask_t)1 << (linux_number[i] - 1);
	}
	return (mask);
}

static void
set_of(mask_t mask, set_t *set)
{
	*set = (set_t){ { 0 } };
	for (int i = 1; i <= LAST; i++) {
		if (linux_number[i] != 0 &&
		    (mask >> (linux_number[i] - 1) & 1) != 0)
			set->bits[0] |= (uint32_t)1 << (i - 1);
	}
}

static int
is_signal(int number)
{
	if (number > 0 && number <= (int)sizeof (set_t) * 8)
		return (1);
	errno = EINVAL;
	return (0);
}

int
sigemptyset(set_t *set)
{
	*set = (set_t){ { 0 } };
	return (0);
}

int
sigaddset(set_t *set, int number)
{
	if (!is_signal(number))
		return (-1);
	set->bits[(number - 1) / 32] |= (uint32_t)1 << (number - 1) % 32;
	return (0);
}

int
sigismember(const set_t *set, int number)
{
	if (!is_signal(number))
		return (-1);
	return (set->bits[(number - 1) / 32] >> (number - 1) % 32 & 1);
}

int
sigprocmask(int how, const set_t *set, set_t *before)
{
	mask_t all = 0, old, new;

	if (syscall(SYS_rt_sigprocmask, LINUX_BLOCK, NULL, &old,
	    sizeof (old)) != 0)
		return (-1);
	if (set != NULL) {
		new = mask_of(set);
		for (int i = 1; i <= LAST; i++) {
			if (linux_number[i] != 0)
				all |= (mask_t)1 << (linux_number[i] - 1);
		}
		/* Signals that illumos does not know stay as they are. */
		switch (how) {
		case BLOCK:
			new = old | new;
			break;
		case UNBLOCK:
			new = old & ~new;
			break;
		case SETMASK:
			new = (old & ~all) | new;
			break;
		default:
			errno = EINVAL;
			return (-1);
		}
	}
	/* A signal that is let through may jump away, so this comes first. */
	if (before != NULL)
		set_of(old, before);
	if (set != NULL && syscall(SYS_rt_sigprocmask, LINUX_SETMASK, &new,
	    NULL, sizeof (new)) != 0)
		return (-1);
	return (0);
}

int
sigpending(set_t *set)
{
	mask_t mask;

	if (syscall(SYS_rt_sigpending, &mask, sizeof (mask)) != 0)
		return (-1);
	set_of(mask, set);
	return (0);
}

int *
___errno(void)
{
	return (&errno);
}

/*
 * A name anywhere in the process. Linux' own function of this name has to be
 * asked for by version, as this one comes first.
 */
void *
dlsym(void *handle, const char *name)
{
	void *(*next)(void *, const char *);
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	/* RTLD_DEFAULT of illumos; Linux has 0. */
	if (handle != (void *)-2 || libc == NULL)
		return (NULL);
	*(void **)&next = dlvsym(libc, "dlsym", "GLIBC_2.34");
	dlclose(libc);
	return (next == NULL ? NULL : next(RTLD_DEFAULT, name));
}

/* O_CREAT, O_TRUNC and O_EXCL of illumos; the access modes are the same. */
enum { CREAT = 0x100, TRUNC = 0x200, EXCL = 0x400 };

int
open(const char *path, int flags, ...)
{
	int mode = 0;
	int known = (flags & 3) | (flags & CREAT ? O_CREAT : 0) |
	    (flags & TRUNC ? O_TRUNC : 0) | (flags & EXCL ? O_EXCL : 0);
	va_list rest;

	if ((flags & ~(3 | CREAT | TRUNC | EXCL)) != 0) {
		errno = EINVAL;
		return (-1);
	}
	if ((flags & CREAT) != 0) {
		va_start(rest, flags);
		mode = va_arg(rest, int);
		va_end(rest);
	}
	return ((int)syscall(SYS_openat, AT_FDCWD, path, known, mode));
}
