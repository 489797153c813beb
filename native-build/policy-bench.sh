#!/bin/bash
# The table of ./vigil policy bench with its native rows, without a native node: they are of a small executable that holds only the
# machines, compiled as the node is (-Os unless told otherwise; a figure is within a few per cent of the node's own).
#
#   native-build/policy-bench.sh [-Os|-O2] [options of ./vigil policy bench]
#
# Of an executable that is there already: ./vigil policy bench --native EXECUTABLE. About three CPU minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
optimize=-Os
case ${1:-} in -O*) optimize=$1; shift ;; esac

"$root/vigil" policy help > /dev/null # builds the jars that are stale
libraries=$root/node/target/quarkus-app/lib/main
classpath=
for jar in "$libraries"/{dev.vigil.wasm-policies,dev.vigil.sensor-drivers,com.dylibso.chicory,com.fasterxml.jackson.core.jackson-core,org.ow2.asm,org.jspecify}*.jar; do
  [ ! -f "$jar" ] || classpath+=$jar:
done

graalvm=$("$here/toolchain/graalvm-home.sh")
out=$here/target/policy-bench$optimize
mkdir -p "$here/target"
# Classes of ours and of Chicory are initialized at build time, as Quarkus does it: constants then are constants.
"$graalvm/bin/native-image" "$optimize" -march=x86-64-v2 --no-fallback \
  --initialize-at-build-time=dev.vigil,com.dylibso.chicory,com.fasterxml.jackson.core,org.objectweb.asm \
  -H:IncludeResources='dev/vigil/policy/.*\.(wasm|meta)' -cp "$classpath" -o "$out" dev.vigil.policy.tool.MachineFigures > "$out.log" 2>&1 ||
  { tail -30 "$out.log" >&2; exit 1; }
exec "$root/vigil" policy bench --native "$out" "$@"
