#!/bin/sh
#
# Builds the module for illumos: amd64/v8.so and i386/v8.so below
# ${CARGO_TARGET_DIR:-target}/illumos.
#
# On illumos its own compiler and linker do it. Elsewhere toolchain.sh provides
# the compiler, GNU ld the linking (see illumos-cc), and gcc the one C file: its
# object code is the same for both systems, as they share a calling convention.
#
# Exit status 0 also when there is no compiler to be had, which is said in a
# line that begins `*** SKIPPED'.
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=${CARGO_TARGET_DIR:-target}/illumos
mkdir -p "$out"
out=$(cd "$out" && pwd)
cargo=${CARGO:-cargo}

# The names that a stand-in for libc must define for the link: all that the
# audit allows the module to use.
stub() {
	mkdir -p "$out/stubs/lib$1"
	awk '$1 == "libc.so.1" { printf ".globl %s\n.type %s,@function\n%s:\n", $5, $5, $5 }' \
	    "$here/names" | as "--$1" -o "$out/stubs/libc.o" -
	ld.bfd -m "$2" -shared --hash-style=sysv -soname libc.so.1 \
	    -o "$out/stubs/lib$1/libc.so" "$out/stubs/libc.o"
}

# build ARCHITECTURE TARGET [argument of cargo ...]
build() {
	architecture=$1
	target=$2
	shift 2
	# An object that was mapped when a build began must not change below it.
	"$cargo" build --release --package mdb_v8 --lib --target "$target" \
	    --target-dir "$out/build" "$@"
	triple=$(basename "$target" .json)
	mkdir -p "$out/$architecture"
	cp "$out/build/$triple/release/libv8.so" "$out/$architecture/v8.so.new"
	chmod 0555 "$out/$architecture/v8.so.new"
	mv -f "$out/$architecture/v8.so.new" "$out/$architecture/v8.so"
}

if [ "$(uname -s)" = SunOS ]; then
	build amd64 x86_64-unknown-illumos
	# Nobody ships core and alloc for this target.
	if [ -d "$(rustc --print sysroot)/lib/rustlib/src/rust/library" ]; then
		RUSTC_BOOTSTRAP=1
		CC_i686_unknown_illumos=gcc
		CFLAGS_i686_unknown_illumos='-m32 -ffreestanding -fPIC'
		export RUSTC_BOOTSTRAP CC_i686_unknown_illumos CFLAGS_i686_unknown_illumos
		build i386 "$here/i686-unknown-illumos.json" \
		    -Z json-target-spec -Z build-std=core,alloc
	else
		echo '*** SKIPPED: the 32-bit module: it needs the source of core (rustup component add rust-src)'
	fi
	exit 0
fi

for tool in gcc as ld.bfd ar; do
	command -v "$tool" >/dev/null || {
		echo "*** SKIPPED: building for illumos: no $tool here"
		exit 0
	}
done
status=0
toolchain=$("$here/toolchain.sh") || status=$?
if [ "$status" != 0 ]; then
	echo "$toolchain"
	[ "$status" = 77 ] && exit 0
	exit "$status"
fi

stub 64 elf_x86_64
stub 32 elf_i386

# A wrapper such as clippy's, or flags for the Linux build, have no place here.
unset RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS CFLAGS 2>/dev/null || true
ILLUMOS_STUBS=$out/stubs
RUSTC=$toolchain/rustc
# Building core and alloc is an unstable feature of cargo and the compiler.
RUSTC_BOOTSTRAP=1
# The file is shipped: no paths of this machine in it, in whatever message.
separator=$(printf '\037')
CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$toolchain=rust${separator}\
--remap-path-prefix=$(pwd)=mdb_v8${separator}\
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
export ILLUMOS_STUBS RUSTC RUSTC_BOOTSTRAP CARGO_ENCODED_RUSTFLAGS

CARGO_TARGET_X86_64_UNKNOWN_ILLUMOS_LINKER=$here/illumos-cc
CC_x86_64_unknown_illumos=gcc
AR_x86_64_unknown_illumos=ar
CFLAGS_x86_64_unknown_illumos='-m64 -ffreestanding -fPIC'
export CARGO_TARGET_X86_64_UNKNOWN_ILLUMOS_LINKER CC_x86_64_unknown_illumos \
    AR_x86_64_unknown_illumos CFLAGS_x86_64_unknown_illumos
CARGO_TARGET_I686_UNKNOWN_ILLUMOS_LINKER=$here/illumos-cc
CC_i686_unknown_illumos=gcc
AR_i686_unknown_illumos=ar
CFLAGS_i686_unknown_illumos='-m32 -ffreestanding -fPIC'
export CARGO_TARGET_I686_UNKNOWN_ILLUMOS_LINKER CC_i686_unknown_illumos \
    AR_i686_unknown_illumos CFLAGS_i686_unknown_illumos

build amd64 x86_64-unknown-illumos -Z build-std=core,alloc
build i386 "$here/i686-unknown-illumos.json" -Z json-target-spec -Z build-std=core,alloc
