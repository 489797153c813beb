#!/bin/bash
# Runs a program in a User-mode Linux guest: a Linux of its own, with GPIO lines, an I2C bus and an IIO device made of software.
#
#   device-images/uml/run.sh [--memory 1024M] [--write DIR]... [--disk FILE [--record LOG]] COMMAND [ARGUMENT]...
#
# The guest sees this machine's files, read only but for the folders named with --write; /tmp is its own. The network is a loopback
# of its own. The command's output is this script's, and so is its exit code. What the guest's board has: guest-init.sh.
#
# --disk is an ext4 image, mounted at /run/disk. SIGTERM to this script cuts the guest's power: what it has not written to the disk
# by then is lost. --record writes down each write and each flush that reaches the disk, and what the command prints (record.c).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
memory=1024M
writable=()
disk=
record=
while [ $# -gt 0 ]; do
  case $1 in
    --memory) memory=$2; shift 2 ;;
    --write) writable+=("$(realpath "$2")"); shift 2 ;;
    --disk) disk=$(realpath "$2"); shift 2 ;;
    --record) record=$(realpath "$2"); shift 2 ;;
    --) shift; break ;;
    -*) echo "run.sh: there is no option $1" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { sed -n '4p' "${BASH_SOURCE[0]}" | sed 's/^# */usage: /' >&2; exit 2; }

[ -z "$record" ] || [ -n "$disk" ] || { echo "run.sh: --record writes down what reaches the disk, so it needs --disk FILE" >&2; exit 2; }

kernel=$("$here/build-kernel.sh")
device=()
[ -z "$disk" ] || device=("ubd0=$disk")

# What the guest is told, and where it leaves the exit code: a folder it may write to.
errand=$(mktemp -d "${TMPDIR:-/tmp}/vigil-guest.XXXXXX")
guest=
finish() {
  [ -z "$guest" ] || kill -KILL "$guest" 2> /dev/null || true
  rm -rf "$errand"
}
trap finish EXIT
trap 'exit 143' TERM INT
printf '%s\n' "${writable[@]}" > "$errand/writable"
dirname "$(dirname "$here")" > "$errand/repository"
{
  printf 'cd %q\n' "$PWD"
  printf 'export JAVA_HOME=%q\n' "${JAVA_HOME:-}"
  printf 'exec'
  printf ' %q' "$@"
  printf '\n'
} > "$errand/command"

if [ -n "$record" ]; then
  gcc -O2 -fPIC -shared -o "$errand/record.so" "$here/record.c"
  export LD_PRELOAD=$errand/record.so VIGIL_RECORD=$record VIGIL_RECORD_DISK=$disk
fi

# The kernel speaks on descriptor 1, which goes to a file; the guest's console is descriptor 4.
exec 4>&1
TMPDIR=${TMPDIR:-/tmp} "$kernel" "mem=$memory" root=/dev/root rootfstype=hostfs rootflags=/ ro \
  "init=$here/guest-init.sh" "vigil.errand=$errand" i2c_stub.chip_addr=0x76,0x77,0x48,0x44,0x4a,0x4b "${device[@]}" \
  con=null con0=null,fd:4 quiet panic=-1 < /dev/null > "$errand/kernel.log" 2>&1 &
guest=$!
wait "$guest" || true
guest=
if [ ! -s "$errand/exit" ]; then
  cat "$errand/kernel.log" >&2
  echo "run.sh: the guest ended before its program did" >&2
  exit 125
fi
exit "$(cat "$errand/exit")"
