#!/bin/sh
#
# The main job in one screen: a Node program hangs, its process is dumped, and
# the dump tells where it hangs and with what.
#
#   demo/run.sh MDB
#
set -eu

mdb=$1
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "demo: $*" >&2
	exit 1
}

node=$(command -v node || command -v nodejs || true)
if [ -z "$node" ]; then
	command -v apt-get >/dev/null || fail "no node here, and no apt-get to install it with"
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get -qq update
	$sudo env DEBIAN_FRONTEND=noninteractive \
	    apt-get -qq install -y --no-install-recommends nodejs
	node=$(command -v node)
fi

echo "$ node server.js &                # $("$node" --version)"
"$node" "$here/server.js" "$tmp/ready" &
pid=$!
tries=0
until [ -s "$tmp/ready" ]; do
	kill -0 "$pid" 2>/dev/null || fail "the program ended"
	tries=$((tries + 1))
	[ "$tries" -lt 200 ] || fail "the program does not get to the point"
	sleep 0.1
done

echo "$ mdb -p $pid -e '::gcore -o core'"
"$mdb" -p "$pid" -e "::gcore -o $tmp/core"
core=$tmp/core.$pid
[ -s "$core" ] || fail "no core was written"
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
pid=

# What is typed, and a word of what must come out.
missing=
look() {
	echo
	echo "> $1"
	"$mdb" -e "$1" "$core" >"$tmp/out" 2>&1 || missing="$missing $2"
	sed "${3:-}" "$tmp/out"
	grep -q -e "$2" "$tmp/out" || missing="$missing $2"
}

echo "$ mdb ${core##*/}"
# Loading says which V8 it found; the other commands need not repeat it.
look '::status' "$(basename "$node")"
look '::load v8' 'V8 version'
quiet='1,/^Autoconfigured/d'
look '::load v8; ::jsstack -vn0' 'js:     processOrder' "$quiet;/handleOrder/,\$d"
look '::load v8; ::jsstack -f processOrder -p arg1 | ::jsprint -d 4' '"keyboard"' "$quiet"
look '::load v8; ::jsstack -f processOrder -p arg2 | ::jsclosure' '"rate"' "$quiet"

[ -z "$missing" ] || fail "expected, but not found:$missing"
