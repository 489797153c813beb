#!/bin/bash
# Builds the node as a native executable and prints where it is.
#
#   native-build/build-node.sh [--quick] [--target linux-amd64|linux-arm64]
#
# Result: native-build/target/vigil-node, or vigil-node-linux-arm64 (its libraries are libc, libz and libm of the system). Built only
# when something that goes into it changed: sources, build files, toolchain, flags. --quick compiles with -Ob: sooner done, slower
# to run, for trying. The log of the build: native-build/target/build.log; its costs: native-build/target/build-cost.txt;
# those of linux-arm64 are in native-build/target/linux-arm64.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
optimize=-Os   # against -O2: 17 MB smaller, about 12 % more CPU a reading (README.md)
target=linux-amd64
while [ $# -gt 0 ]; do
  case $1 in
    --quick) optimize=-Ob ;;
    --target=*) target=${1#--target=} ;;
    --target) target=${2:-}; shift $(($# > 1)) ;;
    *) echo "usage: build-node.sh [--quick] [--target linux-amd64|linux-arm64]" >&2; exit 2 ;;
  esac
  shift
done

# What differs between the targets.
case $target in
  linux-amd64)
    out=$here/target
    executable=$out/vigil-node
    other=linux-arm64
    target_flags=(
      -march=x86-64-v2        # the builder's default is v3, whose AVX2 the Atom and Celeron boards of edge boxes don't have
    )
    ;;
  linux-arm64)
    out=$here/target/linux-arm64
    executable=$here/target/vigil-node-linux-arm64
    other=linux-amd64
    target_flags=(
      --target=linux-aarch64
      -march=armv8-a          # Cortex-A53 (Raspberry Pi 3, Zero 2 W) and A72 (4, CM4) have no more: LSE atomics came with v8.1
    )
    ;;
  *) echo "build-node.sh: --target '$target' is not one of linux-amd64, linux-arm64" >&2; exit 2 ;;
esac

# Flags of the image builder, each for a reason.
image_flags=(
  "$optimize"
  "${target_flags[@]}"
  --exclude-config 'node-.*-runner[.]jar' "/zstd-$other/"   # the other target's library
  --exclude-config org.xerial.snappy '.*'  # 6.7 MB of libraries for every system; blocks are zstd already when Kafka gets them
  -R:MaxHeapSize=128m       # for a machine of 512 MB: a bound that doesn't grow with the machine's memory (./vigil node -Xmx... overrides)
  -R:MaxNewSize=4m          # 8 MB less resident than with the default (README.md)
  -R:MaxHeapFree=1m         # what a collection freed goes back to the system: 6 MB less with a backlog (README.md)
)
quarkus_flags=(
  -Dquarkus.native.enabled=true
  -Dquarkus.package.jar.enabled=false
  -Dquarkus.native.native-image-xmx=5g
  -Dquarkus.native.additional-build-args="$(IFS=,; echo "${image_flags[*]}")"
)

path=$PATH
if [ "$target" = linux-arm64 ]; then
  # No GraalVM builds for another processor than its own; the assembled toolchain does.
  [ -z "${GRAALVM_HOME:-}" ] || echo "GRAALVM_HOME is not used: only the assembled toolchain builds linux-arm64 on this machine" >&2
  graalvm=$("$here/toolchain/assemble-arm64.sh")
  path=$graalvm/lib/svm/linux-aarch64/bin:$PATH
else
  graalvm=$("$here/toolchain/graalvm-home.sh")
fi
export JAVA_HOME=${JAVA_HOME:-$graalvm}   # Maven's
inputs=$(
  cd "$root"
  {
    echo "$graalvm" "${quarkus_flags[@]}"
    find pom.xml .mvn sensor-drivers wasm-policies sync/forward node -name target -prune -o -path '*/src/test' -prune -o -path node/trials -prune \
      -o -path node/docs -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -d' ' -f1
)
if [ -x "$executable" ] && [ "$(cat "$out/inputs" 2> /dev/null)" = "$inputs" ]; then
  echo "$executable"
  exit 0
fi

echo "building the node as a native executable (some minutes; log in $out/build.log)" >&2
mkdir -p "$out"
rm -f "$out/inputs"
started=$(date +%s)
mark=mark-$started-$$
if ! (cd "$root" && PATH=$path VIGIL_BUILD_MARK=$mark GRAALVM_HOME=$graalvm mvn -q -B -pl node -am -Dquickly package "${quarkus_flags[@]}") > "$out/build.log" 2>&1; then
  tail -40 "$out/build.log" >&2
  echo "the build of the native executable failed; the whole log is in $out/build.log" >&2
  exit 1
fi
times > "$out/times"   # line 2: what this shell's children used
{
  echo "wall seconds: $(($(date +%s) - started))"
  echo "CPU user and system: $(sed -n 2p "$out/times")"
  sed -n 's/.*\(Peak RSS: [0-9.]*GB\).*/\1/p' "$out/build.log"
} > "$out/build-cost.txt"
built=("$root"/node/target/node-*-runner)

# What a good build must not have: the environment of the machine that built it, and (assembled toolchain) calls into a HotSpot
# that isn't there; a stub's message is in the file only when the linker needed the stub.
if grep -qaF "$mark" "${built[0]}"; then
  echo "the executable holds the environment of its build; it may hold secrets: not kept" >&2
  rm "${built[0]}"
  exit 1
fi
stubs=$(grep -ao 'libjvm: JVM_[A-Za-z]* was called' "${built[0]}" | sort -u || true)
if [ -n "$stubs" ]; then
  printf 'the executable may call functions that only HotSpot has, and would abort there; native-build/toolchain/c/jvm.c needs them:\n%s\n' "$stubs" >&2
  rm "${built[0]}"
  exit 1
fi
if [ "$target" = linux-arm64 ] && ! "$here/toolchain/arm64/check" "${built[0]}" > "$out/check.txt" 2>&1; then
  cat "$out/check.txt" >&2
  rm "${built[0]}"
  exit 1
fi
mv "${built[0]}" "$executable"
echo "$inputs" > "$out/inputs"
cat "$out/build-cost.txt" >&2
echo "$executable"
