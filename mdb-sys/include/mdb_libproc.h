/*
 * This Source Code Form is subject to the terms of the Mozilla Public
 * License, v. 2.0. If a copy of the MPL was not distributed with this
 * file, You can obtain one at http://mozilla.org/MPL/2.0/.
 */

/*
 * What modules use of illumos' libproc, which the debugger is linked with, for
 * systems that have no <libproc.h>. See mdb-sys/src/libproc.rs.
 */

#ifndef MDB_LIBPROC_H
#define	MDB_LIBPROC_H

#include <stddef.h>
#include <stdint.h>

#define	MA_EXEC		0x01
#define	MA_WRITE	0x02
#define	MA_READ		0x04
#define	MA_SHARED	0x08
#define	MA_BREAK	0x10
#define	MA_STACK	0x20
#define	MA_ANON		0x40

/* A mapping, in the form of the debugger's own width. */
typedef struct prmap {
	uintptr_t	pr_vaddr;
	size_t		pr_size;
	char		pr_mapname[64];
	int64_t		pr_offset;
	int		pr_mflags;
	int		pr_pagesize;
	int		pr_shmid;
	int		pr_filler[1];
} prmap_t;

struct ps_prochandle;

/* The name is that of a load object, NULL for memory of no file. */
typedef int proc_map_f(void *data, const prmap_t *map, const char *name);

/* Stops when the function returns other than 0, and returns that. */
extern int Pmapping_iter(struct ps_prochandle *process, proc_map_f *function,
    void *data);

#endif /* MDB_LIBPROC_H */
