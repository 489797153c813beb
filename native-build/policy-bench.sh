#!/bin/bash
# What a reading costs on each machine for policies: on the JVM, and in a small native executable that holds only this bench.
#
#   native-build/policy-bench.sh [-Os|-O2] [policy ...]
#
# A policy is heat, smoke or a .wasm file; without any: the light policy (wasm-policies/src/test/fixtures/light.rs), heat and smoke.
# The executable is compiled as the node's is: -Os unless told otherwise. Needs the node's jars (./vigil builds them); about 3 CPU minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
optimize=-Os
case ${1:-} in -O*) optimize=$1; shift ;; esac
[ $# -gt 0 ] || set -- "$root/wasm-policies/src/test/resources/fixtures/light.wasm" heat smoke

libraries=$root/node/target/quarkus-app/lib/main
[ -d "$libraries" ] || { echo "$libraries is missing: build the node first, say with ./vigil check" >&2; exit 1; }
classpath=
for jar in "$libraries"/{dev.vigil.wasm-policies,dev.vigil.sensor-drivers,com.dylibso.chicory,com.fasterxml.jackson.core.jackson-core,org.ow2.asm,org.jspecify}*.jar; do
  [ ! -f "$jar" ] || classpath+=$jar:
done

graalvm=$("$here/toolchain/graalvm-home.sh")
java=${JAVA_HOME:-$graalvm}/bin/java
out=$here/target/policy-bench$optimize
mkdir -p "$here/target"
echo "JVM: $("$java" -version 2>&1 | tail -1)"
"$java" -cp "$classpath" dev.vigil.policy.MachineBench "$@"

# Classes of ours and of Chicory are initialized at build time, as Quarkus does it: constants then are constants.
"$graalvm/bin/native-image" "$optimize" -march=x86-64-v2 --no-fallback \
  --initialize-at-build-time=dev.vigil,com.dylibso.chicory,com.fasterxml.jackson.core,org.objectweb.asm \
  -H:IncludeResources='dev/vigil/policy/.*\.(wasm|meta)' -cp "$classpath" -o "$out" dev.vigil.policy.MachineBench > "$out.log" 2>&1 ||
  { tail -30 "$out.log" >&2; exit 1; }
echo "native ($optimize):"
"$out" "$@"
