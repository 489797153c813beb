#!/bin/bash
# Builds the node's executable for linux-arm64 when it is stale, and runs it in qemu: SmokeIT of node/trials on an emulated
# Cortex-A53 (Raspberry Pi 3, Zero 2 W), then a start with the page sizes of all Raspberry Pi kernels and one beyond.
# Does nothing when neither the executable nor the trial changed since they passed.
#
#   native-build/test-arm64.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
passed=$here/target/linux-arm64/passed

executable=$("$here/build-node.sh" --target linux-arm64)
toolchain=$("$here/toolchain/assemble-arm64.sh")
export JAVA_HOME=${JAVA_HOME:-$toolchain}   # Maven's
pi=(qemu-aarch64-static -cpu cortex-a53 -L "$toolchain/lib/svm/linux-aarch64/sysroot")

cat "$here/target/linux-arm64/check.txt"
state=$(
  cd "$root"
  { sha256sum < "$executable"; find native-build/test-arm64.sh native-build/toolchain/arm64 node/trials sync/forward/src/test -name target -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } |
    sha256sum | cut -d' ' -f1
)
if [ "$(cat "$passed" 2> /dev/null)" = "$state" ]; then
  echo "this executable has passed its smoke trial already" >&2
  exit 0
fi

# The pages of Raspberry Pi OS: 4096 bytes, 16384 with the kernel made for the Pi 5; 65536 is the largest that arm64 knows.
work=$here/target/linux-arm64
cp "$root/node/src/main/resources/dev/vigil/node/site/default-site.yaml" "$work/site.yaml"
aarch64-linux-gnu-gcc -O2 -Wall -Werror -shared -fPIC "$here/toolchain/arm64/stack.c" -o "$work/libstack.so"
for page in 4096 16384 65536; do
  preload=()
  [ $page = 4096 ] || preload=(-E LD_PRELOAD="$work/libstack.so")
  "${pi[@]}" -p $page "${preload[@]}" "$executable" check "$work/site.yaml" > "$work/check-site.txt" 2>&1 ||
    { cat "$work/check-site.txt"; echo "with pages of $page bytes the executable fails" >&2; exit 1; }
  echo "ok: runs with pages of $page bytes"
done

cd "$root"
mvn -q -B -Dquickly -DskipTests=false -pl node/trials -am verify -Dit.test=SmokeIT -Dtest=none \
  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
  -Dvigil.node.command="${pi[*]} $executable"
echo "ok: SmokeIT"
echo "$state" > "$passed"
