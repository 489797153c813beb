#!/bin/sh
# Makes src/test/resources/core-suite.zip: the WebAssembly core test suite (WebAssembly/testsuite, Apache-2.0), as the
# source package mozjs78 (78.15.0) of Debian 11 and 12 carries it. Needs root's apt configuration, node, zip.
set -eu
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir lists spec bulk-memory-operations
sed 's/^Types: deb$/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >debian.sources
apt() {
    apt-get -q -o Dir::Etc::sourcelist="$work/debian.sources" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" "$@"
}
apt update
apt source --download-only mozjs78
suite=firefox-78.15.0/js/src/jit-test/tests/wasm/spec
tar xf mozjs78_78.15.0.orig.tar.xz "$suite"
# The core of version 1, with sign extension and saturating conversion already in; and of bulk memory what ABI v1 has.
for part in spec bulk-memory-operations; do
    node "$here/convert.js" "$suite/$part" "$part"
done
mv spec/*.txt .
for file in memory_fill memory_copy bulk; do
    mv "bulk-memory-operations/$file.txt" "$file.txt"
done
sed -n '1,/\*\//p' "$suite/spec/harness/sync_index.js" >LICENSE
touch -d 2026-01-01T00:00:00Z ./*.txt LICENSE
rm -f "$here/../resources/core-suite.zip"
TZ=UTC zip -q -X -9 "$here/../resources/core-suite.zip" LICENSE ./*.txt
