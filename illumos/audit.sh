#!/bin/sh
#
# audit.sh FILE ...: whether each file is a module that illumos' debugger can
# load. Prints what each imports; says what is wrong, and fails then.
#
# The sizes of the structures shared with the debugger need no check here: the
# build asserts them, at the width it builds for (mdb-sys/src/layout.rs).
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
LC_ALL=C
export LC_ALL
bad=0

wrong() {
	echo "$file: $*"
	bad=1
}

# First argument is in the list that follows.
among() {
	word=$1
	shift
	for each in "$@"; do
		[ "$each" != "$word" ] || return 0
	done
	return 1
}

audit() {
	file=$1
	header=$(readelf -hW "$file")
	dynamic=$(readelf -dW "$file")
	segments=$(readelf -lW "$file")
	# Index, value, size, type, binding, visibility, section, name.
	symbols=$(readelf --dyn-syms -W "$file" | awk '$1 ~ /^[0-9]+:$/ && $8 != ""')

	case $header in
	*ELF64*X86-64*) column=2 relocations='R_X86_64_RELATIVE R_X86_64_JUMP_SLOT R_X86_64_GLOB_DAT R_X86_64_64' ;;
	*ELF32*80386*) column=3 relocations='R_386_RELATIVE R_386_JUMP_SLOT R_386_GLOB_DAT R_386_32' ;;
	*)
		wrong "neither amd64 nor i386"
		return
		;;
	esac
	case $header in
	*'DYN (Shared object file)'*) ;;
	*) wrong "no shared object" ;;
	esac
	case $header in
	*'UNIX - System V'* | *'UNIX - Solaris'*) ;;
	*) wrong "marked as made for another system" ;;
	esac
	[ "$(stat -c %a "$file")" = 555 ] || wrong "mode is not 0555"

	# What illumos' run-time linker uses, or skips without harm. FLAGS and
	# FLAGS_1 are looked at below.
	known='NEEDED HASH STRTAB SYMTAB STRSZ SYMENT PLTGOT PLTRELSZ PLTREL JMPREL
	    RELA RELASZ RELAENT RELACOUNT REL RELSZ RELENT RELCOUNT NULL FLAGS FLAGS_1'
	for tag in $(echo "$dynamic" | sed -n 's/^ *0x[0-9a-f]* (\([A-Z_0-9]*\)).*/\1/p'); do
		# shellcheck disable=SC2086 -- a list of words
		among "$tag" $known || wrong "dynamic tag $tag"
	done
	for tag in HASH STRTAB SYMTAB; do
		echo "$dynamic" | grep -q "($tag)" || wrong "no dynamic tag $tag"
	done
	! echo "$dynamic" | grep -E '\(FLAGS' | grep -qE 'TEXTREL|STATIC_TLS|ORIGIN' ||
	    wrong "text relocations, static TLS or a path"
	needed=$(echo "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' ')
	[ "$needed" = 'libc.so.1 ' ] || wrong "needs ${needed:-nothing}"

	case $segments in
	*' TLS '*) wrong "thread-local storage" ;;
	esac
	! echo "$segments" | grep -q 'GNU_STACK.*RWE' || wrong "wants a stack that is executable"
	! echo "$segments" | grep -qE '(LOAD .* RWE|INTERP|GNU_RELRO|GNU_PROPERTY)' ||
	    wrong "a segment that has no place in a module"

	exports=$(echo "$symbols" | awk '$7 != "UND" { print $8 }' | sort | tr '\n' ' ')
	[ "$exports" = '_mdb_fini _mdb_init ' ] || wrong "exports $exports"
	! echo "$symbols" | awk '{ print $4 }' | grep -q TLS || wrong "thread-local symbols"

	imports=$(echo "$symbols" | awk '$7 == "UND" { print $8 }' | sort)
	for name in $imports; do
		provided=$(awk -v n="$name" -v c="$column" \
		    '!/^#/ && $5 == n { print $1, $c }' "$here/names")
		case $name:$provided in
		_Unwind_*) wrong "an unwinder: $name" ;;
		*:) wrong "imports $name, which is not on the list illumos/names" ;;
		esac
		echo "    $name: $provided"
	done
	[ "$(echo "$symbols" | grep -c ' WEAK .* UND ')" = 0 ] || wrong "weak imports"

	for type in $(readelf -rW "$file" | awk '$3 ~ /^R_/ { print $3 }' | sort -u |
	    sed 's/JUMP_SLO$/JUMP_SLOT/'); do
		# shellcheck disable=SC2086 -- a list of words
		among "$type" $relocations || wrong "relocations of type $type"
	done

	# Paths of the machine it was built on.
	for path in "$HOME" "$(cd "$here/.." && pwd)"; do
		[ "$path" = / ] || ! grep -qF "$path/" "$file" || wrong "the path $path is in it"
	done
	echo "$file: $(wc -c <"$file") bytes, $(echo "$imports" | wc -l) imports, exports $exports"
}

[ $# -gt 0 ] || {
	echo "usage: $0 FILE ..." >&2
	exit 2
}
for argument in "$@"; do
	audit "$argument"
done
exit $bad
