#!/bin/bash
# Makes what the arm64 guest is put together from, and prints the folder: the kernel, its modules, busybox.
#
#   device-images/arm64/build-guest.sh       progress goes to stderr
#
# From Debian's packages for arm64 (fetched and verified by apt into a cache of their own, not installed): the kernel that Debian
# ships, its headers, busybox. That kernel has no gpio-sim, so the module is built here, from the kernel's own source and against its
# headers. Result: ${XDG_CACHE_HOME:-~/.cache}/vigil/arm64/guest-<sum of this script>; made once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
series=6.1   # Debian 12's; the compiler of its modules must be the kernel's own

say() { echo "arm64 guest: $*" >&2; }
fail() { say "$@"; exit 1; }

# 1. What must be there, for a run with a finished guest too.
missing=()
command -v qemu-system-aarch64 > /dev/null || missing+=(qemu-system-arm)
command -v aarch64-linux-gnu-gcc-12 > /dev/null || missing+=(gcc-12-aarch64-linux-gnu)
command -v aarch64-linux-gnu-gcc > /dev/null || missing+=(gcc-aarch64-linux-gnu)
[ -f /usr/aarch64-linux-gnu/include/stdio.h ] || missing+=(libc6-dev-arm64-cross)
for tool in make cpio; do command -v $tool > /dev/null || missing+=("$tool"); done
command -v xz > /dev/null || missing+=(xz-utils)
[ ${#missing[@]} -eq 0 ] || fail "missing: ${missing[*]}. On Debian 12: apt-get install --no-install-recommends ${missing[*]}"

# 2. What is finished already.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vigil/arm64
guest=$cache/guest-$(sha256sum "$here/build-guest.sh" | cut -c1-12)
if [ -d "$guest" ]; then echo "$guest"; exit 0; fi

# 3. One at a time; scratch that goes away whatever happens.
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if [ -d "$guest" ]; then echo "$guest"; exit 0; fi   # another run made it meanwhile
rm -rf "$cache"/unfinished.*   # of a run that was killed
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"   # apt's downloader is a user of its own

# 4. The packages, from this machine's sources: those of arm64 by lists of their own.
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/debs" "$work/new/modules" "$work/gpio-sim"
chmod -R a+rwX "$work/apt" "$work/debs"
touch "$work/apt/status"
arm64=(-o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::lists="$work/apt/lists"
  -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache")
quietly() { "$@" > "$work/log" 2>&1 || { tail -20 "$work/log" >&2; fail "this failed: $*"; }; }
say "fetching the lists of arm64's packages"
quietly apt-get -q "${arm64[@]}" update
release=$(apt-cache "${arm64[@]}" depends linux-image-arm64 | sed -n 's/.*Depends: linux-image-\(.*-arm64\)$/\1/p' | head -1)
[[ $release == $series.* ]] || fail "the archive's kernel for arm64 is '$release', not one of $series: this needs Debian 12's sources"
say "fetching Linux $release, its headers and its source (210 MB)"
cd "$work/debs"
quietly apt-get -q "${arm64[@]}" download "linux-image-$release" "linux-headers-$release" "linux-headers-${release%-arm64}-common" busybox-static zlib1g
quietly apt-get -q download "linux-kbuild-$series" "linux-source-$series"
for package in linux-headers linux-kbuild; do
  for file in "$package"*.deb; do dpkg-deb -x "$file" "$work/headers"; done
done
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x -C "$work" "./boot/vmlinuz-$release" "./lib/modules/$release/kernel/fs/configfs/configfs.ko"
dpkg-deb --fsys-tarfile busybox-static_*.deb | tar -x -C "$work" ./bin/busybox
dpkg-deb -x zlib1g_*.deb "$work/zlib"
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" |
  tar -xJ -C "$work/gpio-sim" --transform 's,.*/,,' \
    "linux-source-$series/drivers/gpio/gpio-sim.c" "linux-source-$series/drivers/gpio/gpiolib.h" "linux-source-$series/kernel/irq/irq_sim.c"

# 5. gpio-sim, with the simulated interrupts that it needs and Debian's kernel doesn't have either. irq_to_desc is not for modules.
say "building gpio-sim for it"
cd "$work/gpio-sim"
sed -i 's/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/' irq_sim.c
printf 'obj-m := vigil-gpio-sim.o\nvigil-gpio-sim-y := gpio-sim.o irq_sim.o\n' > Kbuild
headers=$work/headers/usr/src/linux-headers-$release
sed -i "s,/usr/src/,$work/headers/usr/src/," "$headers/Makefile"
quietly make -C "$headers" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- M="$PWD" modules

# 6. Done.
mv vigil-gpio-sim.ko "$work/lib/modules/$release/kernel/fs/configfs/configfs.ko" "$work/new/modules/"
mv "$work/boot/vmlinuz-$release" "$work/new/vmlinuz"
mv "$work/bin/busybox" "$work/new/"
cp -L "$work"/zlib/lib/aarch64-linux-gnu/libz.so.1 "$work/new/"
mv -T "$work/new" "$guest"
say "made $guest, Linux $release"
echo "$guest"
