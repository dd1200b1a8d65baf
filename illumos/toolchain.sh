#!/bin/sh
#
# The compiler for `make illumos', unpacked into a cache; nothing is installed.
# Prints its folder, in which `rustc' is the compiler.
#
#	toolchain.sh		fetch it if it is not there
#	toolchain.sh --cached	only say whether it is there
#
# Why a compiler of its own: neither core nor alloc is to be had ready-made for
# 32-bit illumos, so both are built from source, and a compiler builds only the
# source it was released with. Debian ships the two as packages that agree.
#
# Exit status: 0 there, 77 not to be had (said in a line `*** SKIPPED ...'), 1
# not cached, or an error.
#
set -eu

cache=${XDG_CACHE_HOME:-$HOME/.cache}/mdb_v8/illumos
# Changes with what is unpacked and how, so that an old cache is not taken for
# a new one.
dir=$cache/rust-1
# `rust-version' of Cargo.toml.
oldest=1.88

if [ -e "$dir/rustc" ]; then
	echo "$dir"
	exit 0
fi
[ "${1-}" != --cached ] || exit 1

skip() {
	echo "*** SKIPPED: building for illumos: $*"
	exit 77
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

candidate() {
	apt-cache policy rustc-web 2>/dev/null | sed -n 's/^ *Candidate: *//p'
}

recent() {
	version=$(candidate)
	[ -n "$version" ] && [ "$version" != "(none)" ] &&
	    dpkg --compare-versions "$version" ge "$oldest"
}

for tool in apt-get apt-cache dpkg dpkg-deb; do
	command -v "$tool" >/dev/null || skip "no $tool here, and the compiler comes from Debian packages"
done
[ "$(dpkg --print-architecture)" = amd64 ] || skip "the compiler is unpacked on amd64 only"
# Lists as an image brings them may not know the newer package yet.
recent || as_root apt-get -qq update >/dev/null 2>&1 || true
recent || skip "Debian's rustc-web is ${version:-missing} here, and $oldest is needed"

mkdir -p "$cache"
# Beside the final place: the last step is a rename, so that an interrupted or
# a second run never leaves half a compiler.
new=$(mktemp -d "$cache/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM

# apt-cache lists "  Depends: NAME" lines; the two libraries carry versions in
# their names.
depends() {
	apt-cache depends "$1" | sed -n "s/^ *Depends: *\($2\)\$/\1/p" | head -n 1
}
std=$(depends libstd-rust-web-dev 'libstd-rust-web-[0-9.]*')
llvm=$(depends "${std:-libstd-rust-web-dev}" 'libllvm[0-9]*')
# apt-get downloads as another user when root runs it, and warns when that
# user cannot write here.
chmod 755 "$new"
mkdir "$new/debs"
# shellcheck disable=SC2086 -- one of the two may be empty, which is said below
(cd "$new/debs" && apt-get -qq download rustc-web libstd-rust-web-dev $std $llvm rust-web-src) \
    >"$new/log" 2>&1 || skip "the packages could not be downloaded${std:+: $(tail -n 1 "$new/log")}"

for package in "$new"/debs/*.deb; do
	case $package in
	*/rust-web-src_*)
		# A tenth of it is the library, the rest the compiler's own source.
		dpkg-deb --fsys-tarfile "$package" |
		    tar -x -C "$new" --wildcards './usr/src/*/library' './usr/lib/rustlib/src*'
		;;
	*)
		dpkg-deb -x "$package" "$new"
		;;
	esac
done
rm -rf "$new/debs" "$new/log" "$new/usr/share"

# The compiler finds its own libraries only in places where they are installed.
cat >"$new/rustc" <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec "$here/usr/bin/rustc" "$@"
END
chmod 755 "$new/rustc"
"$new/rustc" --version >/dev/null 2>&1 || skip "the unpacked compiler does not run here"

# Lost the race with a run that did the same: as good.
mv -T "$new" "$dir" 2>/dev/null || [ -e "$dir/rustc" ]
trap - EXIT
[ ! -d "$new" ] || rm -rf "$new"
echo "$dir"
