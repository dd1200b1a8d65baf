#!/bin/sh
#
# Makes a debugger that runs the module built for illumos, and prints its path:
# ${CARGO_TARGET_DIR:-target}/illumos/linux/mdb. It is the Linux debugger of the
# release build, told to load amd64/v8.so, with a libc.so.1 for it (shim.c). The
# tests take it when MDB_BIN names it.
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
target=${CARGO_TARGET_DIR:-target}
target=$(cd "$target" && pwd)
out=$target/illumos/linux

for file in "$target/release/mdb" "$target/illumos/amd64/v8.so"; do
	[ -e "$file" ] || {
		echo "$0: $file is missing: run \`make build illumos'" >&2
		exit 1
	}
done
mkdir -p "$out"
flags='-std=gnu11 -O1 -g -Wall -Wextra -Werror -fPIC -shared'
# Functions of libc under other types, hence not the compiler's own ideas of them.
# shellcheck disable=SC2086 -- a list of flags
${CC:-cc} $flags -fno-builtin -Wl,-soname,libc.so.1 -o "$out/libc.so.1" "$here/shim.c"
# shellcheck disable=SC2086 -- a list of flags
${CC:-cc} $flags -o "$out/deepbind.so" "$here/deepbind.c" -ldl

# All that the list says differs is translated.
for name in $(awk '$4 == "shim" { print $5 }' "$here/names"); do
	nm -D --defined-only "$out/libc.so.1" | grep -q " T $name\$" || {
		echo "$0: shim.c has no $name" >&2
		exit 1
	}
done

cat >"$out/mdb" <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
LD_PRELOAD=$here/deepbind.so
export LD_LIBRARY_PATH LD_PRELOAD
exec "$here/../../release/mdb" -L "$here/../amd64" "$@"
END
chmod 755 "$out/mdb"
echo "$out/mdb"
