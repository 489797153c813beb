#!/bin/bash
# Builds a small program with the toolchain and compares it with the same program on the JVM.
#
#   native-build/toolchain/test.sh               about 110 CPU seconds
#   native-build/toolchain/test.sh linux-arm64   the cross-built program in qemu, as on a Cortex-A53 (Raspberry Pi 3)
#
# The program (test/Probe.java) calls each C library of the toolchain: files, zip, sockets, processes, locale, time zone, signals,
# management. Its lines must be the JVM's, under two environments; SIGTERM must run the shutdown hook.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in
  "")
    graalvm=$("$here/graalvm-home.sh")
    target_flags=() run=()
    ;;
  linux-arm64)
    graalvm=$("$here/assemble-arm64.sh")
    target_flags=(--target=linux-aarch64 -march=armv8-a)
    run=(qemu-aarch64-static -cpu cortex-a53 -L "$graalvm/lib/svm/linux-aarch64/sysroot")
    ;;
  *) echo "usage: test.sh [linux-arm64]" >&2; exit 2 ;;
esac
java=${JAVA_HOME:?the JDK to compare with}/bin
work=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill "$running" 2> /dev/null || true; rm -rf "$work"' EXIT

"$java/javac" -XDignore.symbol.file -nowarn -d "$work/classes" "$here/test/Probe.java" 2> "$work/javac.log" || { cat "$work/javac.log"; exit 1; }
echo "building with $graalvm"
"$graalvm/bin/native-image" -Ob "${target_flags[@]}" --no-fallback -H:IncludeLocales=en,de -cp "$work/classes" -o "$work/probe" Probe > "$work/build.log" 2>&1 ||
  { cat "$work/build.log"; exit 1; }
sed -n 's/.*\(Finished generating.*\)/\1/p; s/.*\(Peak RSS: [0-9.]*GB\).*/\1/p' "$work/build.log"

passed=0 failed=0
check() {
  if [ "$2" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  echo "$2: $1"
}
alike() {
  local name=$1
  shift
  mkdir "$work/jvm.$name" "$work/native.$name"
  local status=0
  env "$@" "$java/java" -cp "$work/classes" Probe "$work/jvm.$name" > "$work/jvm.$name.out" 2> "$work/jvm.$name.err" || true
  env "$@" "${run[@]}" "$work/probe" "$work/native.$name" > "$work/native.$name.out" 2> "$work/native.$name.err" || status=$?
  if [ $status = 0 ] && diff "$work/jvm.$name.out" "$work/native.$name.out" && grep -qx '0 failed' "$work/native.$name.out"; then
    check "$(wc -l < "$work/native.$name.out") lines as on the JVM ($name)" ok
  else
    cat "$work/native.$name.err"
    check "lines as on the JVM, exit $status ($name)" FAILED
  fi
}
# A stub's message is in the program only when the linker needed the stub.
stubs=$(grep -ao 'libjvm: JVM_[A-Za-z]* was called' "$work/probe" | sort -u || true)
if [ -z "$stubs" ]; then check "no aborting stub is linked" ok; else echo "$stubs"; check "no aborting stub is linked" FAILED; fi
alike plain PROBE_SAYS=hello LC_ALL=C.UTF-8 TZ=
alike elsewhere PROBE_SAYS=gruezi LC_ALL=C LC_MESSAGES=C TZ=Europe/Zurich

mkdir "$work/stopped"
"${run[@]}" "$work/probe" "$work/stopped" wait > "$work/stopped.out" &
running=$!
for _ in $(seq 300); do grep -qx waiting "$work/stopped.out" && break; sleep 0.1; done
kill -TERM "$running"
status=0
wait "$running" || status=$?
running=
if [ $status = 143 ] && grep -qx 'shutdown hook ran' "$work/stopped.out"; then check "SIGTERM: shutdown hook, exit 143" ok; else check "SIGTERM: exit $status" FAILED; fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
