#!/bin/sh
#
# Packs what `make install` installs as a Debian package, and prints its path.
#
#   packaging/deb.sh
#
set -eu

command -v dpkg-deb >/dev/null || {
	echo "dpkg-deb is missing: this is no Debian" >&2
	exit 2
}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=${CARGO_TARGET_DIR:-target}/dist
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
arch=$(dpkg --print-architecture)
root=$out/deb

rm -rf "$root"
mkdir -p "$root/DEBIAN"
make -s install DESTDIR="$(cd "$root" && pwd)" PREFIX=/usr >/dev/null
gzip -9n "$root"/usr/share/man/man1/*.1
install -m 0644 LICENSE "$root/usr/share/doc/mdb-v8/copyright"

# The newest version of libc that a symbol of the two files asks for.
libc=$(objdump -T "$root/usr/bin/mdb" "$root/usr/lib/mdb/proc/v8.so" |
    sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
cat >"$root/DEBIAN/control" <<EOF
Package: mdb-v8
Version: $version
Architecture: $arch
Maintainer: The mdb_v8 developers
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: libc6 (>= $libc)
Section: devel
Priority: optional
Description: debugger for the V8 heap and JavaScript stacks of Node.js processes
 The modular debugger's command language and its module v8, over cores and live
 processes of Linux: JavaScript stacks, values, the whole heap, what asynchronous
 functions wait for.
EOF
find "$root/usr" -type d -exec chmod 0755 {} +
dpkg-deb --root-owner-group --build "$root" "$out/mdb-v8_${version}_$arch.deb" >/dev/null
rm -rf "$root"
echo "$out/mdb-v8_${version}_$arch.deb"
