/*
 * Sizes and offsets of the module API's structures at either width. The
 * second number of each pair is that of a 32-bit debugger, where 64-bit
 * integers are aligned to 4 bytes.
 */
#include <stddef.h>
#include <mdb_libproc.h>
#include <mdb_modapi.h>

#define	PICK(lp64, ilp32) (sizeof (void *) == 8 ? (lp64) : (ilp32))
#define	SIZE(type, lp64, ilp32) \
	_Static_assert(sizeof (type) == PICK(lp64, ilp32), #type)
#define	AT(type, field, lp64, ilp32) \
	_Static_assert(offsetof(type, field) == PICK(lp64, ilp32), \
	    #type "." #field)

SIZE(mdb_modinfo_t, 24, 12);
AT(mdb_modinfo_t, mi_dvers, 0, 0);
AT(mdb_modinfo_t, mi_dcmds, 8, 4);
AT(mdb_modinfo_t, mi_walkers, 16, 8);

SIZE(mdb_dcmd_t, 48, 24);
AT(mdb_dcmd_t, dc_name, 0, 0);
AT(mdb_dcmd_t, dc_usage, 8, 4);
AT(mdb_dcmd_t, dc_descr, 16, 8);
AT(mdb_dcmd_t, dc_funcp, 24, 12);
AT(mdb_dcmd_t, dc_help, 32, 16);
AT(mdb_dcmd_t, dc_tabp, 40, 20);

SIZE(mdb_walker_t, 48, 24);
AT(mdb_walker_t, walk_name, 0, 0);
AT(mdb_walker_t, walk_descr, 8, 4);
AT(mdb_walker_t, walk_init, 16, 8);
AT(mdb_walker_t, walk_step, 24, 12);
AT(mdb_walker_t, walk_fini, 32, 16);
AT(mdb_walker_t, walk_init_arg, 40, 20);

SIZE(mdb_walk_state_t, 48, 24);
AT(mdb_walk_state_t, walk_callback, 0, 0);
AT(mdb_walk_state_t, walk_cbdata, 8, 4);
AT(mdb_walk_state_t, walk_addr, 16, 8);
AT(mdb_walk_state_t, walk_data, 24, 12);
AT(mdb_walk_state_t, walk_arg, 32, 16);
AT(mdb_walk_state_t, walk_layer, 40, 20);

SIZE(mdb_arg_t, 16, 12);
AT(mdb_arg_t, a_type, 0, 0);
AT(mdb_arg_t, a_un, 8, 4);

SIZE(mdb_bitmask_t, 24, 20);
AT(mdb_bitmask_t, bm_name, 0, 0);
AT(mdb_bitmask_t, bm_mask, 8, 4);
AT(mdb_bitmask_t, bm_bits, 16, 12);

SIZE(mdb_pipe_t, 16, 8);
AT(mdb_pipe_t, pipe_data, 0, 0);
AT(mdb_pipe_t, pipe_len, 8, 4);

SIZE(mdb_object_t, 32, 16);
AT(mdb_object_t, obj_name, 0, 0);
AT(mdb_object_t, obj_fullname, 8, 4);
AT(mdb_object_t, obj_base, 16, 8);
AT(mdb_object_t, obj_size, 24, 12);

SIZE(mdb_symbol_t, 32, 20);
AT(mdb_symbol_t, sym_name, 0, 0);
AT(mdb_symbol_t, sym_object, 8, 4);
AT(mdb_symbol_t, sym_sym, 16, 8);
AT(mdb_symbol_t, sym_table, 24, 12);
AT(mdb_symbol_t, sym_id, 28, 16);

SIZE(GElf_Sym, 24, 24);
AT(GElf_Sym, st_name, 0, 0);
AT(GElf_Sym, st_info, 4, 4);
AT(GElf_Sym, st_other, 5, 5);
AT(GElf_Sym, st_shndx, 6, 6);
AT(GElf_Sym, st_value, 8, 8);
AT(GElf_Sym, st_size, 16, 16);

SIZE(prmap_t, 104, 96);
AT(prmap_t, pr_vaddr, 0, 0);
AT(prmap_t, pr_size, 8, 4);
AT(prmap_t, pr_mapname, 16, 8);
AT(prmap_t, pr_offset, 80, 72);
AT(prmap_t, pr_mflags, 88, 80);
AT(prmap_t, pr_pagesize, 92, 84);
AT(prmap_t, pr_shmid, 96, 88);
AT(prmap_t, pr_filler, 100, 92);

/* The enumeration is as wide as the bindings have it. */
SIZE(mdb_type_t, 4, 4);
