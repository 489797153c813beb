#!/bin/bash
# Builds the node as a native executable and prints where it is.
#
#   native-build/build-node.sh [--quick]
#
# Result: native-build/target/vigil-node (its libraries are libc, libz and libm of the system). Built only when something that goes
# into it changed: sources, build files, toolchain, flags. --quick compiles with -Ob: sooner done, slower to run, for trying.
# The log of the build: native-build/target/build.log; its costs: native-build/target/build-cost.txt.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=$here/target
executable=$out/vigil-node
optimize=-Os   # against -O2: 17 MB smaller, about 12 % more CPU a reading (README.md)
case ${1:-} in
  "") ;;
  --quick) optimize=-Ob ;;
  *) echo "usage: build-node.sh [--quick]" >&2; exit 2 ;;
esac

# Flags of the image builder, each for a reason.
image_flags=(
  "$optimize"
  -march=x86-64-v2          # the builder's default is v3, whose AVX2 the Atom and Celeron boards of edge boxes don't have
  --exclude-config org.xerial.snappy '.*'  # 6.7 MB of libraries for every system; blocks are zstd already when Kafka gets them
  -R:MaxHeapSize=128m       # for a machine of 512 MB: a bound that doesn't grow with the machine's memory (./vigil node -Xmx... overrides)
  -R:MaxNewSize=4m          # 8 MB less resident than with the default (README.md)
)
quarkus_flags=(
  -Dquarkus.native.enabled=true
  -Dquarkus.package.jar.enabled=false
  -Dquarkus.native.native-image-xmx=5g
  -Dquarkus.native.additional-build-args="$(IFS=,; echo "${image_flags[*]}")"
)

graalvm=$("$here/toolchain/graalvm-home.sh")
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
if ! (cd "$root" && VIGIL_BUILD_MARK=$mark GRAALVM_HOME=$graalvm mvn -q -B -pl node -am -Dquickly package "${quarkus_flags[@]}") > "$out/build.log" 2>&1; then
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
mv "${built[0]}" "$executable"
echo "$inputs" > "$out/inputs"
cat "$out/build-cost.txt" >&2
echo "$executable"
