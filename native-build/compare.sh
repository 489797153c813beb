#!/bin/bash
# Measures the node on a JVM beside the node as a native executable, one after the other, and puts the table into README.md here.
#
#   native-build/compare.sh [MINUTES]      minutes of load for each side, default 10; about five more for the other figures
#
# Builds both when something changed. Whatever else runs on the machine is in the figures: the load average before is noted with them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
minutes=${1:-10}
[[ $minutes =~ ^[1-9][0-9]?$ ]] || { echo "usage: compare.sh [MINUTES], 1 to 99" >&2; exit 2; }

executable=$("$here/build-node.sh")
echo "building the JVM's side" >&2
(cd "$root" && mvn -q -B -Dquickly package) > "$here/target/compare-build.log" 2>&1 ||
  { tail -40 "$here/target/compare-build.log" >&2; exit 1; }

table=$here/target/compare.md
"${JAVA_HOME:?the JDK to run the node on}/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dvigil.root="$root" \
  -cp "$root/node/trials/target/classes:$root/node/trials/target/lib/*" dev.vigil.trials.Comparison "$executable" "$minutes" > "$table"

awk -v table="$table" '
  /^<!-- compare:/ { print; print ""; while ((getline line < table) > 0) print line; print ""; skipping = 1; found = 1 }
  /^<!-- end of compare -->/ { skipping = 0 }
  !skipping { print }
  END { if (!found) { print "README.md has no place for the table" > "/dev/stderr"; exit 1 } }
' "$here/README.md" > "$here/target/README.md"
cp "$here/target/README.md" "$here/README.md"
cat "$table"
