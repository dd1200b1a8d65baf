#!/bin/sh
#
# Packs what `make install` installs as a tarball that can be unpacked anywhere,
# and prints its path. The same input gives the same bytes.
#
#   packaging/dist.sh
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=${CARGO_TARGET_DIR:-target}/dist
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=mdb_v8-$version-linux-$(uname -m)

rm -rf "${out:?}/$name"
mkdir -p "$out/$name"
make -s install DESTDIR="$(cd "$out/$name" && pwd)" PREFIX= >/dev/null
cp README.md CHANGES.md LICENSE "$out/$name"
find "$out/$name" -type f ! -perm -u=x -exec chmod 0644 {} +
find "$out/$name" -type d -exec chmod 0755 {} +

tar -C "$out" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime=@"${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}" \
    -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
rm -rf "${out:?}/$name"
echo "$out/$name.tar.gz"
