#!/bin/bash
# Builds the kernel of the User-mode Linux guest and prints its file.
#
#   device-images/uml/build-kernel.sh       progress goes to stderr
#
# From: Debian's package linux-source-6.12 (fetched and verified by apt, not installed), kernel.patch and kernel.config beside this
# script. Result: ${XDG_CACHE_HOME:-~/.cache}/vigil/uml/linux-<version>-<sum of its inputs>, an ordinary program; made once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=linux-source-6.12

say() { echo "uml kernel: $*" >&2; }
fail() { say "$@"; exit 1; }

[ "$(uname -sm)" = "Linux x86_64" ] || fail "User-mode Linux runs on x86-64 only, this is $(uname -sm)"

# 1. What is finished already.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vigil/uml
inputs=$(cd "$here" && sha256sum build-kernel.sh kernel.patch kernel.config | sha256sum | cut -c1-12)
kernel=$cache/linux-6.12-$inputs
if [ -x "$kernel" ]; then echo "$kernel"; exit 0; fi

# 2. What must be there.
missing=()
for tool in gcc make flex bison bc patch; do command -v $tool > /dev/null || missing+=($tool); done
command -v ld > /dev/null || missing+=(binutils)
command -v xz > /dev/null || missing+=(xz-utils)
[ -f /usr/include/stdio.h ] || missing+=(libc6-dev)
[ ${#missing[@]} -eq 0 ] || fail "missing: ${missing[*]}. On Debian: apt-get install --no-install-recommends ${missing[*]}"

# 3. One build at a time; scratch that goes away whatever happens.
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if [ -x "$kernel" ]; then echo "$kernel"; exit 0; fi   # another run made it meanwhile
rm -rf "$cache"/unfinished.*   # of a run that was killed
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT

# 4. The source. apt checks it against the archive's signature.
cd "$work"
chmod 755 .   # apt's downloader is a user of its own
say "fetching $package"
apt-get -q download "$package" > download.log 2>&1 || { cat download.log >&2; fail "$package can't be fetched: apt-get update, then try again"; }
dpkg-deb -x "$package"_*.deb unpacked
mkdir source
tar -xJf "unpacked/usr/src/$package.tar.xz" -C source --strip-components=1
rm -rf unpacked

# 5. Patched, configured, built.
cd source
patch -p0 --quiet < "$here/kernel.patch"
sed -i '/^config I2C_STUB$/,/^config /s/^\tdepends on m$//' drivers/i2c/Kconfig
export ARCH=um KBUILD_BUILD_USER=vigil KBUILD_BUILD_HOST=vigil KBUILD_BUILD_TIMESTAMP='1970-01-01'
make KCONFIG_ALLCONFIG="$here/kernel.config" allnoconfig > ../config.log 2>&1 || { tail -20 ../config.log >&2; fail "can't be configured"; }
# An option that Kconfig dropped (renamed, or a dependency missing) would show much later.
while read -r wanted; do
  [[ $wanted != CONFIG_* ]] || grep -qx "$wanted" .config || fail "the configuration did not take $wanted"
done < "$here/kernel.config"
say "building (some minutes)"
make -j"$(nproc)" linux > ../build.log 2>&1 || { tail -30 ../build.log >&2; fail "the build failed"; }
strip linux -o "$work/linux"
times > "$work/times"
say "CPU user and system: $(sed -n 2p "$work/times")"
mv "$work/linux" "$kernel"
echo "$kernel"
