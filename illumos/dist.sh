#!/bin/sh
#
# Packs the files for illumos as they are released, and prints the tarball's
# path. Below its one folder they lie as they are installed; the same input
# gives the same bytes.
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=${CARGO_TARGET_DIR:-target}/illumos
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=mdb_v8-$version
tarball=$out/$name-illumos.tar.gz

for file in "$out/amd64/v8.so" "$out/i386/v8.so"; do
	[ -e "$file" ] || {
		echo "*** SKIPPED: the tarball for illumos: $file was not built"
		exit 0
	}
done
"$here/audit.sh" "$out/amd64/v8.so" "$out/i386/v8.so" >/dev/null

rm -rf "$out/dist"
root=$out/dist/$name
mkdir -p "$root/usr/lib/mdb/proc/amd64" "$root/usr/share/man/man1"
cp README.md LICENSE "$root"
cp docs/man/mdb_v8.1 "$root/usr/share/man/man1"
sed "s/\$(VERSION)/$version/" "$here/v8.p5m" >"$root/v8.p5m"
cp "$out/i386/v8.so" "$root/usr/lib/mdb/proc/v8.so"
cp "$out/amd64/v8.so" "$root/usr/lib/mdb/proc/amd64/v8.so"
find "$root" -type f ! -name '*.so' -exec chmod 0644 {} +
find "$root" -type f -name '*.so' -exec chmod 0555 {} +
find "$root" -type d -exec chmod 0755 {} +

# Plain tar as illumos' own reads it.
tar -C "$out/dist" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime=@"${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}" \
    -cf - "$name" | gzip -9n >"$tarball"
echo "$tarball"
