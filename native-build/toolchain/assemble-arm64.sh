#!/bin/bash
# Adds what builds for linux-arm64 (Raspberry Pi) on this x86-64 machine to the assembled native-image.
#
#   native-build/toolchain/assemble-arm64.sh        prints the folder, which serves as GRAALVM_HOME; progress goes to stderr
#
# GraalVM builds only for the machine it runs on; the image builder itself can more (--target), when it has the target's C
# libraries, C compiler and struct layouts. Here: the toolchain of assemble.sh, and the same C sources compiled by Debian's cross
# compiler. Kept beside it as <its name>-arm64-<sum of the inputs>, with hard links to what both have (it adds 5 MB).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/versions.sh"
export SVM_VERSION

say() { echo "native toolchain: $*" >&2; }
fail() { say "$@"; exit 1; }

# 1. What must be there, for a build with a finished toolchain too. The C library sets what the executable needs at least: its 2.36
#    is that of Raspberry Pi OS 12.
missing=()
command -v aarch64-linux-gnu-gcc > /dev/null || missing+=(gcc-aarch64-linux-gnu)
command -v aarch64-linux-gnu-objcopy > /dev/null || missing+=(binutils-aarch64-linux-gnu)
[ -f /usr/aarch64-linux-gnu/include/stdio.h ] || missing+=(libc6-dev-arm64-cross)
command -v qemu-aarch64-static > /dev/null || missing+=(qemu-user-static)
command -v dpkg-deb > /dev/null || missing+=(dpkg)
[ ${#missing[@]} -eq 0 ] || fail "missing for linux-arm64: ${missing[*]}. On Debian: apt-get install --no-install-recommends ${missing[*]}"

# 2. The toolchain of this machine, and the name of the one made here.
host=$(bash "$here/assemble.sh")
cache=$(dirname "$host")
inputs=$(cd "$here" && sha256sum assemble-arm64.sh versions.sh static-libraries.sh helper-libraries.sh arm64/cc c/* | sha256sum | cut -c1-12)
home=$host-arm64-$inputs
target=lib/svm/linux-aarch64
if [ -x "$home/$target/cc" ]; then echo "$home"; exit 0; fi

# 3. One assembly at a time; scratch that goes away whatever happens.
exec 9> "$cache/lock"
flock 9
if [ -x "$home/$target/cc" ]; then echo "$home"; exit 0; fi   # another run made it meanwhile
rm -rf "$cache"/unfinished.*   # of a run that was killed
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
new=$work/home
cp -al "$host" "$new"

# 4. The target's zlib, which java.util.zip is linked with: two packages of Debian's archive, unpacked, not installed.
intact() { echo "$2  $1" | sha256sum --check --status 2> /dev/null; }
fetch() {
  local path=$1 sum=$2 file=$cache/${1##*/} mirror
  if ! intact "$file" "$sum"; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -E '/debian/?$' | sort -u | head -1 || true)
    [ -n "$mirror" ] || fail "apt knows no Debian mirror here; put ${path##*/} into $cache (sha256 $sum)"
    /usr/lib/apt/apt-helper -q download-file "${mirror%/}/$path" "$work/${path##*/}" "SHA256:$sum" > "$work/fetch.log" 2>&1 || true
    intact "$work/${path##*/}" "$sum" || { cat "$work/fetch.log" >&2; fail "${path##*/} could not be fetched whole; try again, or put it into $cache (sha256 $sum)"; }
    mv "$work/${path##*/}" "$file"
  fi
  dpkg-deb -x "$file" "$work/arm64"
}
fetch "$ARM64_ZLIB_PATH" "$ARM64_ZLIB_SHA256"
fetch "$ARM64_ZLIB_DEV_PATH" "$ARM64_ZLIB_DEV_SHA256"

# 5. A small root of an arm64 system: what the linker takes zlib from, and what qemu loads programs with.
sysroot=$new/$target/sysroot
mkdir -p "$sysroot/include" "$sysroot/lib"
find "$work/arm64/usr/include" -name 'z*.h' -exec cp {} "$sysroot/include/" \;
cp -L "$work"/arm64/lib/aarch64-linux-gnu/libz.so.1 "$sysroot/lib/"
ln -s libz.so.1 "$sysroot/lib/libz.so"
cp -L /usr/aarch64-linux-gnu/lib/{ld-linux-aarch64.so.1,libc.so.6,libm.so.6,libdl.so.2,libpthread.so.0,librt.so.1,libgcc_s.so.1,libresolv.so.2,libnss_dns.so.2,libnss_files.so.2} "$sysroot/lib/"

# 6. The JDK's C libraries and SubstrateVM's, as in assemble.sh.
say "compiling the JDK's C libraries for linux-arm64"
jdk=$JAVA_HOME
mkdir "$work/jdk-source"
tar -xJf "$cache/$JDK_SOURCE" -C "$work/jdk-source" --strip-components=1 --wildcards "${JDK_SOURCE_PARTS[@]}"
export CROSS=aarch64-linux-gnu- CFLAGS="-I$sysroot/include -mfix-cortex-a53-835769"
static=$new/lib/static/linux-aarch64/glibc
bash "$here/static-libraries.sh" "$work/jdk-source" "$jdk" "$static" "$work/static" aarch64 >&2
bash "$here/helper-libraries.sh" "$work/jdk-source" "$jdk" "$new/lib/svm/builder" "$static" "$work/static/headers" \
  "$new/lib/svm/clibraries/linux-aarch64" "$work/helper" aarch64 >&2

# 7. Done: the compiler comes last, it is what a finished toolchain is known by.
mkdir -p "$new/$target/bin"
ln -s "$(command -v aarch64-linux-gnu-objcopy)" "$new/$target/bin/objcopy"   # Quarkus strips with the "objcopy" that it finds
cp "$here/arm64/cc" "$new/$target/cc"
mv -T "$new" "$home"
say "assembled $home"
echo "$home"
