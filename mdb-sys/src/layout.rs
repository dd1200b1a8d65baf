//! Sizes and offsets of the ABI, checked at compile time at either width.
//!
//! Source: illumos `<sys/mdb_modapi.h>` (API version 4 and 5), `<gelf.h>`,
//! `<procfs.h>`.

use crate::libproc::prmap_t;
use crate::*;
use core::mem::{align_of, offset_of, size_of};

const LP64: bool = size_of::<usize>() == 8;

const fn pick(lp64: usize, ilp32: usize) -> usize {
    if LP64 {
        lp64
    } else {
        ilp32
    }
}

macro_rules! abi {
    ($ty:ident: $s64:literal / $s32:literal { $($field:ident: $o64:literal / $o32:literal),* $(,)? }) => {
        const _: () = {
            assert!(size_of::<$ty>() == pick($s64, $s32), stringify!($ty));
            $(assert!(
                offset_of!($ty, $field) == pick($o64, $o32),
                concat!(stringify!($ty), ".", stringify!($field))
            );)*
        };
    };
}

abi!(mdb_modinfo_t: 24 / 12 { mi_dvers: 0 / 0, mi_dcmds: 8 / 4, mi_walkers: 16 / 8 });
abi!(mdb_dcmd_t: 48 / 24 {
    dc_name: 0 / 0, dc_usage: 8 / 4, dc_descr: 16 / 8,
    dc_funcp: 24 / 12, dc_help: 32 / 16, dc_tabp: 40 / 20,
});
abi!(mdb_walker_t: 48 / 24 {
    walk_name: 0 / 0, walk_descr: 8 / 4, walk_init: 16 / 8,
    walk_step: 24 / 12, walk_fini: 32 / 16, walk_init_arg: 40 / 20,
});
abi!(mdb_walk_state_t: 48 / 24 {
    walk_callback: 0 / 0, walk_cbdata: 8 / 4, walk_addr: 16 / 8,
    walk_data: 24 / 12, walk_arg: 32 / 16, walk_layer: 40 / 20,
});
abi!(mdb_arg_t: 16 / 12 { a_type: 0 / 0, a_un: 8 / 4 });
abi!(mdb_bitmask_t: 24 / 20 { bm_name: 0 / 0, bm_mask: 8 / 4, bm_bits: 16 / 12 });
abi!(mdb_pipe_t: 16 / 8 { pipe_data: 0 / 0, pipe_len: 8 / 4 });
abi!(mdb_object_t: 32 / 16 { obj_name: 0 / 0, obj_fullname: 8 / 4, obj_base: 16 / 8, obj_size: 24 / 12 });
abi!(mdb_symbol_t: 32 / 20 {
    sym_name: 0 / 0, sym_object: 8 / 4, sym_sym: 16 / 8, sym_table: 24 / 12, sym_id: 28 / 16,
});
abi!(GElf_Sym: 24 / 24 {
    st_name: 0 / 0, st_info: 4 / 4, st_other: 5 / 5, st_shndx: 6 / 6, st_value: 8 / 8, st_size: 16 / 16,
});
abi!(prmap_t: 104 / 96 {
    pr_vaddr: 0 / 0, pr_size: 8 / 4, pr_mapname: 16 / 8, pr_offset: 80 / 72,
    pr_mflags: 88 / 80, pr_pagesize: 92 / 84, pr_shmid: 96 / 88, pr_filler: 100 / 92,
});

const _: () = assert!(align_of::<mdb_arg_t>() == pick(8, 4));
