/*
 * The variadic functions of the module interface. Rust cannot define them, so
 * each passes its arguments on as a pointer to a va_list, from which Rust asks
 * for one argument at a time: the format is parsed in one place only.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct host_args {
	va_list ap;
};

extern void host_printf(const char *, struct host_args *);
extern void host_warn(const char *, struct host_args *);
extern size_t host_snprintf(char *, size_t, const char *, struct host_args *);
extern int host_getopts(int, const void *, struct host_args *);
extern void host_whatis_report(void *, uintptr_t, int, uintptr_t, const char *,
    struct host_args *);

#define	WITH_ARGS(last, call)			\
	do {					\
		struct host_args args;		\
		va_start(args.ap, last);	\
		call;				\
		va_end(args.ap);		\
	} while (0)

int
host_next_int(struct host_args *args)
{
	return (va_arg(args->ap, int));
}

long
host_next_long(struct host_args *args)
{
	return (va_arg(args->ap, long));
}

double
host_next_double(struct host_args *args)
{
	return (va_arg(args->ap, double));
}

double
host_next_long_double(struct host_args *args)
{
	return ((double)va_arg(args->ap, long double));
}

void *
host_next_pointer(struct host_args *args)
{
	return (va_arg(args->ap, void *));
}

void
mdb_printf(const char *format, ...)
{
	WITH_ARGS(format, host_printf(format, &args));
}

void
mdb_warn(const char *format, ...)
{
	WITH_ARGS(format, host_warn(format, &args));
}

size_t
mdb_snprintf(char *buf, size_t size, const char *format, ...)
{
	size_t length;

	WITH_ARGS(format, length = host_snprintf(buf, size, format, &args));
	return (length);
}

int
mdb_getopts(int argc, const void *argv, ...)
{
	int used;

	WITH_ARGS(argv, used = host_getopts(argc, argv, &args));
	return (used);
}

void
mdb_whatis_report_address(void *whatis, uintptr_t addr, const char *format, ...)
{
	WITH_ARGS(format,
	    host_whatis_report(whatis, addr, 0, 0, format, &args));
}

void
mdb_whatis_report_object(void *whatis, uintptr_t addr, uintptr_t base,
    const char *format, ...)
{
	WITH_ARGS(format,
	    host_whatis_report(whatis, addr, 1, base, format, &args));
}
