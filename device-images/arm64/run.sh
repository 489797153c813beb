#!/bin/bash
# Runs a trial of the node in an arm64 guest: QEMU's board "virt" with the cores of a Raspberry Pi 3, Debian's own kernel, and GPIO
# lines made of software.
#
#   device-images/arm64/run.sh EXECUTABLE [SCRIPT]      the node for linux-arm64; bursts.sh, or another script for the guest's shell
#
# The guest has a memory of its own and no network but its loopback. The script's output is this one's, and so is its exit code. It is
# ended after VIGIL_GUEST_SECONDS (1200).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -f "${1:-}" ] || { sed -n '5p' "${BASH_SOURCE[0]}" | sed 's/^# */usage: /' >&2; exit 2; }
executable=$(realpath "$1")
script=$(realpath "${2:-$here/bursts.sh}")

parts=$("$here/build-guest.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/vigil-arm64.XXXXXX")
qemu=
finish() {
  if [ -n "$qemu" ]; then
    kill "$qemu" 2> /dev/null || true   # timeout's, which hands it on
    wait "$qemu" || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT

# The guest's first and only disk: busybox, the node with the C library it is linked to, and what happens to the lines.
root=$work/root
mkdir -p "$root"/{bin,lib,proc,sys,dev,run,tmp}
cp "$parts/busybox" "$root/bin/"
ln -s busybox "$root/bin/sh"
cp "$parts"/modules/*.ko "$root/lib/"
cp -L /usr/aarch64-linux-gnu/lib/{ld-linux-aarch64.so.1,libc.so.6,libm.so.6,libpthread.so.0,libdl.so.2,librt.so.1,libgcc_s.so.1} "$parts/libz.so.1" "$root/lib/"
cp "$executable" "$root/bin/vigil-node"
cp "$here/guest-init.sh" "$root/init"
cp "$here/../gpio-board.sh" "$root/"
cp "$script" "$root/trial.sh"
aarch64-linux-gnu-gcc -O2 -Wall -Wextra -Werror -static "$here/lines.c" -o "$root/bin/lines"
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) > "$work/disk.cpio"
rm -rf "$root"

# One core: what simulates the interrupts (irq_sim) must not be entered twice, and with one core each edge is told before the next is
# made. The kernel's console is the only way out: "quiet" leaves it to the trial, and to a kernel that dies.
mkfifo "$work/console"
setpriv --pdeathsig TERM timeout -k 5 "${VIGIL_GUEST_SECONDS:-1200}" qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 1 -m 768 -accel tcg -nic none \
  -display none -monitor none -serial stdio -no-reboot -kernel "$parts/vmlinuz" -initrd "$work/disk.cpio" \
  -append 'console=ttyAMA0 quiet panic=-1' < /dev/null > "$work/console" &
qemu=$!
code=
while IFS= read -r text; do
  text=${text%$'\r'}
  case $text in
    'vigil-guest-exit '*) code=${text#* } ;;
    *) printf '%s\n' "$text" ;;
  esac
done < "$work/console"
wait "$qemu" || true
qemu=
[ -n "$code" ] || { echo "run.sh: the guest ended before its trial did" >&2; exit 125; }
exit "$code"
