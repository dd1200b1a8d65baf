/*
 * Preloaded into the Linux debugger to run the module built for illumos: makes
 * it look its names up in its own libc.so.1 first (shim.c). Otherwise those of
 * Linux' libc, which the program has loaded before, would be taken.
 */

#define	_GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

void *
dlopen(const char *path, int flags)
{
	static void *(*next)(const char *, int);
	const char *name;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "dlopen");
	name = path == NULL ? NULL : strrchr(path, '/');
	if (name != NULL && strcmp(name, "/v8.so") == 0)
		flags |= RTLD_DEEPBIND;
	return (next(path, flags));
}
