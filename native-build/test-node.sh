#!/bin/bash
# Builds the node as a native executable and runs the trials of node/trials against it, the same classes as against the JVM's node,
# and the executable's budgets. Does nothing when neither the executable nor a trial changed since they passed.
#
#   native-build/test-node.sh [MAVEN-ARGUMENTS]     say -Dvigil.kill.count=500, or -Dit.test=KillNodeIT (which is not remembered as passed)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
passed=$here/target/passed

executable=$("$here/build-node.sh")
export JAVA_HOME=${JAVA_HOME:-$("$here/toolchain/graalvm-home.sh")}   # Maven's
state=$(
  cd "$root"
  { sha256sum < "$executable"; find node/trials sync/forward/src/test -name target -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } |
    sha256sum | cut -d' ' -f1
)
if [ $# -eq 0 ] && [ "$(cat "$passed" 2> /dev/null)" = "$state" ]; then
  echo "the trials of this executable have passed already" >&2
  exit 0
fi
cd "$root"
mvn -q -B -Pexecutable -Dquickly -DskipTests=false -pl node/trials -am verify "$@"
[ $# -gt 0 ] || echo "$state" > "$passed"
