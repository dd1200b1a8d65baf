/*
 * This Source Code Form is subject to the terms of the Mozilla Public
 * License, v. 2.0. If a copy of the MPL was not distributed with this
 * file, You can obtain one at http://mozilla.org/MPL/2.0/.
 */

/*
 * The user-level module API of MDB, version 4, for systems that have no
 * <sys/mdb_modapi.h> of their own. Written from the documented interface, for
 * modules that are to load both in illumos' debugger and in this project's
 * host; what the functions do is described in mdb-sys/src/bindings.rs and in
 * the Modular Debugger Guide.
 *
 * A function marked LJ may leave by a longjmp over its caller.
 */

#ifndef MDB_MODAPI_H
#define	MDB_MODAPI_H

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __sun
typedef unsigned int	uint_t;
typedef unsigned long	ulong_t;
typedef unsigned long long u_longlong_t;

/* A symbol of either ELF class, always in the 64-bit form. */
typedef struct GElf_Sym {
	uint32_t	st_name;
	unsigned char	st_info;
	unsigned char	st_other;
	uint16_t	st_shndx;
	/* 8-byte aligned at either width, as the 64-bit ELF structure is. */
	uint64_t	st_value;
	uint64_t	st_size;
} GElf_Sym;
#else
#include <gelf.h>
#endif

#define	MDB_API_VERSION	4

/* Flags a command is called with. */
#define	DCMD_ADDRSPEC	0x01	/* an address was given */
#define	DCMD_LOOP	0x02	/* one of several calls */
#define	DCMD_LOOPFIRST	0x04	/* the first of them */
#define	DCMD_PIPE	0x08	/* input comes from a pipe */
#define	DCMD_PIPE_OUT	0x10	/* output goes into a pipe */

/* True when a table's header is due. */
#define	DCMD_HDRSPEC(fl) (((fl) & DCMD_LOOPFIRST) || !((fl) & DCMD_LOOP))

/* What a command returns. */
#define	DCMD_OK		0
#define	DCMD_ERR	1
#define	DCMD_USAGE	2
#define	DCMD_NEXT	3
#define	DCMD_ABORT	4

/* Completion: the cursor stands after a blank. */
#define	DCMD_TAB_SPACE	0x01

/* What a walker and a walk's callback return. */
#define	WALK_ERR	-1
#define	WALK_NEXT	0
#define	WALK_DONE	1

/* Kinds of option mdb_getopts() knows. */
#define	MDB_OPT_SETBITS	1	/* uint_t *, after the bits */
#define	MDB_OPT_CLRBITS	2	/* uint_t *, after the bits */
#define	MDB_OPT_STR	3	/* const char ** */
#define	MDB_OPT_UINTPTR	4	/* uintptr_t * */
#define	MDB_OPT_UINT64	5	/* uint64_t * */
#define	MDB_OPT_UINTPTR_SET 6	/* boolean_t *, then uintptr_t * */

/* Flags of the allocator. */
#define	UM_NOSLEEP	0x0	/* may return NULL */
#define	UM_SLEEP	0x1	/* ends the debugger instead */
#define	UM_GC		0x2	/* freed when the statement ends */

/* Symbols and load objects. */
#define	MDB_SYM_NAMLEN	1024
#define	MDB_SYM_FUZZY	0
#define	MDB_SYM_EXACT	1

#define	MDB_OBJ_EXEC	((const char *)0L)
#define	MDB_OBJ_RTLD	((const char *)1L)
#define	MDB_OBJ_EVERY	((const char *)-1L)

#define	MDB_SYMTAB	1
#define	MDB_DYNSYM	2

#define	MDB_BIND_LOCAL	0x0001
#define	MDB_BIND_GLOBAL	0x0002
#define	MDB_BIND_WEAK	0x0004
#define	MDB_BIND_ANY	0x0007

#define	MDB_TYPE_NOTYPE	0x0100
#define	MDB_TYPE_OBJECT	0x0200
#define	MDB_TYPE_FUNC	0x0400
#define	MDB_TYPE_SECT	0x0800
#define	MDB_TYPE_FILE	0x1000
#define	MDB_TYPE_COMMON	0x2000
#define	MDB_TYPE_TLS	0x4000
#define	MDB_TYPE_ANY	0x7f00

/* Flags of mdb_dumpptr() and mdb_dump64(). */
#define	MDB_DUMP_RELATIVE 0x0001
#define	MDB_DUMP_ALIGN	0x0002
#define	MDB_DUMP_PEDANT	0x0004
#define	MDB_DUMP_ASCII	0x0008
#define	MDB_DUMP_HEADER	0x0010
#define	MDB_DUMP_TRIM	0x0020
#define	MDB_DUMP_SQUISH	0x0040
#define	MDB_DUMP_NEWDOT	0x0080
#define	MDB_DUMP_ENDIAN	0x0100
/* Paragraphs of 16 bytes per line, and bytes per group. */
#define	MDB_DUMP_WIDTH(n) ((((n) - 1) & 0xf) << 16)
#define	MDB_DUMP_GROUP(n) ((((n) - 1) & 0xff) << 20)

/* What mdb_get_state() returns. */
#define	MDB_STATE_IDLE	0
#define	MDB_STATE_RUNNING 1
#define	MDB_STATE_STOPPED 2
#define	MDB_STATE_UNDEAD 3
#define	MDB_STATE_DEAD	4
#define	MDB_STATE_LOST	5

/* Classes of mdb_callback_add(). */
#define	MDB_CALLBACK_STCHG 1
#define	MDB_CALLBACK_PROMPT 2

/* When functions of mdb_whatis_register() are asked, and for what. */
#define	WHATIS_PRIO_ALLOCATOR	20
#define	WHATIS_REG_NO_ID	2

#define	MDB_NICENUM_BUFLEN 6

typedef enum {
	MDB_TYPE_STRING,
	MDB_TYPE_IMMEDIATE,
	MDB_TYPE_CHAR
} mdb_type_t;

typedef union mdb_arg_un {
	const char	*a_str;
	uint64_t	a_val;
	char		a_char;
} mdb_arg_un;

typedef struct mdb_arg {
	mdb_type_t	a_type;
	mdb_arg_un	a_un;
} mdb_arg_t;

typedef struct mdb_tab_cookie mdb_tab_cookie_t;
typedef struct mdb_whatis mdb_whatis_t;
typedef int (*mdb_whatis_cb_f)(mdb_whatis_t *, void *);

typedef int mdb_dcmd_f(uintptr_t, uint_t, int, const mdb_arg_t *);
typedef int mdb_dcmd_tab_f(mdb_tab_cookie_t *, uint_t, int, const mdb_arg_t *);

/* An array of commands ends with one whose name is NULL. */
typedef struct mdb_dcmd {
	const char	*dc_name;
	const char	*dc_usage;
	const char	*dc_descr;
	mdb_dcmd_f	*dc_funcp;
	void		(*dc_help)(void);
	mdb_dcmd_tab_f	*dc_tabp;
} mdb_dcmd_t;

typedef int (*mdb_walk_cb_t)(uintptr_t, const void *, void *);

typedef struct mdb_walk_state {
	mdb_walk_cb_t	walk_callback;
	void		*walk_cbdata;
	uintptr_t	walk_addr;
	void		*walk_data;
	void		*walk_arg;
	const void	*walk_layer;
} mdb_walk_state_t;

typedef int mdb_walk_f(mdb_walk_state_t *);

/* An array of walkers ends with one whose name is NULL. */
typedef struct mdb_walker {
	const char	*walk_name;
	const char	*walk_descr;
	mdb_walk_f	*walk_init;
	mdb_walk_f	*walk_step;
	void		(*walk_fini)(mdb_walk_state_t *);
	void		*walk_init_arg;
} mdb_walker_t;

/* What _mdb_init() returns. */
typedef struct mdb_modinfo {
	uint16_t	mi_dvers;
	const mdb_dcmd_t *mi_dcmds;
	const mdb_walker_t *mi_walkers;
} mdb_modinfo_t;

typedef struct mdb_bitmask {
	const char	*bm_name;
	uint64_t	bm_mask;
	uint64_t	bm_bits;
} mdb_bitmask_t;

typedef struct mdb_pipe {
	uintptr_t	*pipe_data;
	size_t		pipe_len;
} mdb_pipe_t;

typedef struct mdb_object {
	const char	*obj_name;
	const char	*obj_fullname;
	uintptr_t	obj_base;
	uintptr_t	obj_size;
} mdb_object_t;

typedef struct mdb_symbol {
	const char	*sym_name;
	const char	*sym_object;
	const GElf_Sym	*sym_sym;
	uint32_t	sym_table;
	uint32_t	sym_id;
} mdb_symbol_t;

typedef int (*mdb_symbol_cb_t)(const mdb_symbol_t *, void *);
typedef int (*mdb_object_cb_t)(mdb_object_t *, void *);
typedef ssize_t (*mdb_dumpptr_cb_t)(void *, size_t, uintptr_t, void *);
typedef ssize_t (*mdb_dump64_cb_t)(void *, size_t, uint64_t, void *);
typedef void (*mdb_callback_f)(void *);

extern int mdb_prop_postmortem;
extern int mdb_prop_kernel;

/* Memory of the target. */
extern ssize_t mdb_vread(void *, size_t, uintptr_t);
extern ssize_t mdb_vwrite(const void *, size_t, uintptr_t);
extern ssize_t mdb_fread(void *, size_t, uintptr_t);
extern ssize_t mdb_fwrite(const void *, size_t, uintptr_t);
extern ssize_t mdb_aread(void *, size_t, uintptr_t, void *);
extern ssize_t mdb_awrite(const void *, size_t, uintptr_t, void *);
extern ssize_t mdb_pread(void *, size_t, uint64_t);
extern ssize_t mdb_pwrite(const void *, size_t, uint64_t);
extern ssize_t mdb_readstr(char *, size_t, uintptr_t);
extern ssize_t mdb_writestr(const char *, uintptr_t);
extern ssize_t mdb_readsym(void *, size_t, const char *);
extern ssize_t mdb_writesym(const void *, size_t, const char *);
extern ssize_t mdb_readvar(void *, const char *);
extern ssize_t mdb_writevar(const void *, const char *);

/* Symbols, load objects, registers, state. */
extern int mdb_lookup_by_name(const char *, GElf_Sym *);
extern int mdb_lookup_by_obj(const char *, const char *, GElf_Sym *);
extern int mdb_lookup_by_addr(uintptr_t, uint_t, char *, size_t, GElf_Sym *);
extern int mdb_symbol_iter(const char *, uint_t, uint_t, mdb_symbol_cb_t, void *);
extern int mdb_object_iter(mdb_object_cb_t, void *);
extern int mdb_getareg(uintptr_t, const char *, uint64_t *);
extern int mdb_get_state(void);
extern ssize_t mdb_get_xdata(const char *, void *, size_t);

/* Output. */
extern void mdb_printf(const char *, ...);				/* LJ */
extern void mdb_warn(const char *, ...);
extern size_t mdb_snprintf(char *, size_t, const char *, ...);
extern void mdb_flush(void);						/* LJ */
extern ulong_t mdb_inc_indent(ulong_t);
extern ulong_t mdb_dec_indent(ulong_t);
extern int mdb_dumpptr(uintptr_t, size_t, uint_t, mdb_dumpptr_cb_t, void *); /* LJ */
extern int mdb_dump64(uint64_t, uint64_t, uint_t, mdb_dump64_cb_t, void *); /* LJ */

/* Arguments and numbers. */
extern int mdb_getopts(int, const mdb_arg_t *, ...);			/* LJ */
extern u_longlong_t mdb_strtoull(const char *);				/* LJ */
extern void mdb_nhconvert(void *, const void *, size_t);
extern int mdb_ffs(uint64_t);
extern const char *mdb_one_bit(int, int, int);
extern const char *mdb_inval_bits(int, int, int);
extern void mdb_nicenum(uint64_t, char *);
extern int mdb_snprintfrac(char *, int, uint64_t, uint64_t, int);

/* Memory of the debugger. */
extern void *mdb_alloc(size_t, uint_t);
extern void *mdb_zalloc(size_t, uint_t);
extern void mdb_free(void *, size_t);

/* Commands and walks. */
extern int mdb_eval(const char *);					/* LJ */
extern int mdb_call_dcmd(const char *, uintptr_t, uint_t, int, const mdb_arg_t *); /* LJ */
extern int mdb_walk(const char *, mdb_walk_cb_t, void *);		/* LJ */
extern int mdb_pwalk(const char *, mdb_walk_cb_t, void *, uintptr_t);	/* LJ */
extern int mdb_walk_dcmd(const char *, const char *, int, const mdb_arg_t *); /* LJ */
extern int mdb_pwalk_dcmd(const char *, const char *, int, const mdb_arg_t *,
    uintptr_t);								/* LJ */
extern int mdb_layered_walk(const char *, mdb_walk_state_t *);
extern int mdb_add_walker(const mdb_walker_t *);
extern int mdb_remove_walker(const char *);
extern void mdb_set_dot(uint64_t);
extern uint64_t mdb_get_dot(void);
extern void mdb_get_pipe(mdb_pipe_t *);
extern void mdb_set_pipe(const mdb_pipe_t *);
extern void *mdb_callback_add(int, mdb_callback_f, void *);
extern void mdb_callback_remove(void *);
extern void mdb_whatis_register(const char *, mdb_whatis_cb_f, void *, uint_t,
    uint_t);
extern int mdb_whatis_overlaps(mdb_whatis_t *, uintptr_t, size_t);
extern int mdb_whatis_match(mdb_whatis_t *, uintptr_t, size_t, uintptr_t *);

/* Completion. */
extern void mdb_tab_insert(mdb_tab_cookie_t *, const char *);
extern void mdb_tab_setmbase(mdb_tab_cookie_t *, const char *);
extern int mdb_tab_complete_type(mdb_tab_cookie_t *, const char *, uint_t);
extern int mdb_tab_complete_member(mdb_tab_cookie_t *, const char *, const char *);
extern int mdb_tab_typename(int *, const mdb_arg_t **, char *, size_t);
extern int mdb_tab_complete_mt(mdb_tab_cookie_t *, uint_t, int, const mdb_arg_t *);

#ifdef __cplusplus
}
#endif

#endif /* MDB_MODAPI_H */
