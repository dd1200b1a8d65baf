#!/bin/sh
#
# Makes a debugger that runs a module built for illumos, and prints its path.
#
#	host.sh amd64	${CARGO_TARGET_DIR:-target}/illumos/linux64/mdb: the Linux
#			debugger of the release build, told to load amd64/v8.so; the
#			tests take it when MDB_BIN names it
#	host.sh i386	${CARGO_TARGET_DIR:-target}/illumos/linux32/mdb: a small
#			program (host32.c) that loads i386/v8.so
#
# Beside each lies a libc.so.1 for the module (shim.c). A line that begins
# `*** SKIPPED' says why a program could not be made.
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
target=${CARGO_TARGET_DIR:-target}
target=$(cd "$target" && pwd)
cc=${CC:-cc}
flags='-std=gnu11 -O1 -g -Wall -Wextra -Werror'

needs() {
	[ -e "$1" ] || {
		echo "$0: $1 is missing: run \`make build illumos'" >&2
		exit 1
	}
}

# libc FLAG ...: functions under names of libc, but of other types: the compiler
# must not take them for those it knows.
libc() {
	# shellcheck disable=SC2086 -- a list of flags
	$cc $flags -fno-builtin -fPIC -shared -Wl,-soname,libc.so.1 -o "$out/libc.so.1" \
	    "$here/shim.c" "$@"
	# All that the list says differs is translated.
	for name in $(awk '$4 == "shim" { print $5 }' "$here/names"); do
		nm -D --defined-only "$out/libc.so.1" | grep -q " T $name\$" || {
			echo "$0: shim.c has no $name" >&2
			exit 1
		}
	done
}

wrapper() {
	cat >"$out/mdb.new"
	chmod 755 "$out/mdb.new"
	mv -f "$out/mdb.new" "$out/mdb"
	echo "$out/mdb"
}

case ${1-} in
amd64)
	out=$target/illumos/linux64
	mkdir -p "$out"
	needs "$target/release/mdb"
	needs "$target/illumos/amd64/v8.so"
	libc
	# shellcheck disable=SC2086 -- a list of flags
	$cc $flags -fPIC -shared -o "$out/deepbind.so" "$here/deepbind.c" -ldl
	wrapper <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
LD_PRELOAD=$here/deepbind.so
export LD_LIBRARY_PATH LD_PRELOAD
exec "$here/../../release/mdb" -L "$here/../amd64" "$@"
END
	;;
i386)
	out=$target/illumos/linux32
	mkdir -p "$out"
	needs "$target/illumos/i386/v8.so"
	# With libc's 32-bit files, but without gcc's (its 32-bit libgcc is a
	# package of its own, and nothing of it is needed). The headers that
	# both widths share lie in the 64-bit folder.
	crt1=$($cc -m32 -print-file-name=crt1.o)
	case $crt1 in
	/*) ;;
	*)
		echo '*** SKIPPED: running the 32-bit module: no 32-bit libc here (libc6-dev-i386)'
		exit 0
		;;
	esac
	flags="$flags -m32 -nostartfiles -nodefaultlibs -idirafter /usr/include/$(uname -m)-linux-gnu"
	libc -lc
	# shellcheck disable=SC2086 -- a list of flags
	$cc $flags -I mdb-sys/include -fno-pie -no-pie -rdynamic -o "$out/host32" \
	    "$crt1" "$here/host32.c" -lc
	for name in $(nm -D --undefined-only "$target/illumos/i386/v8.so" |
	    sed -n 's/.* U \(mdb_.*\)/\1/p'); do
		nm -D --defined-only "$out/host32" | grep -q " T $name\$" || {
			echo "$0: host32.c has no $name, which the module has come to use" >&2
			exit 1
		}
	done
	wrapper <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec "$here/host32" "$here/../i386/v8.so" "$@"
END
	;;
*)
	echo "usage: $0 amd64|i386" >&2
	exit 2
	;;
esac
