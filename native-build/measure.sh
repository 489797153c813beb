#!/bin/bash
# Starts the node on its built-in configuration and prints what a start costs, native beside JVM.
#
#   native-build/measure.sh [STARTS]        default 5 each; ports 8080 and 1883 must be free
#
# For each: median time from the start of the process to the line "armed" (journal open, policies loaded, MQTT listening), CPU time
# until then, resident memory 10 s later (all of it; what no other process could share or the kernel drop), size on disk. Every start is in an empty folder; the processes are ended by their ids.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
starts=${1:-5}
native=$here/target/vigil-node
jar=$root/node/target/quarkus-app/quarkus-run.jar
java=${JAVA_HOME:?the JDK to run the node on}/bin/java
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2> /dev/null || true; rm -rf "$work"' EXIT

# start NAME COMMAND...: one line "armed_ms cpu_ms rss_kb anonymous_kb" for each start
start() {
  local name=$1 began ended line i cpu
  shift
  for i in $(seq "$starts"); do
    mkdir -p "$work/$name.$i"
    began=$EPOCHREALTIME
    exec 3< <(cd "$work/$name.$i" && exec "$@" 2>&1)
    pid=$!
    line=
    while read -r -t 60 line <&3 && [[ $line != *" armed "* ]]; do :; done
    ended=$EPOCHREALTIME
    [[ $line == *" armed "* ]] || { echo "$name did not arm within 60 s; last line: $line" >&2; exit 1; }
    cpu=$(awk -v ticks="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print ($12 + $13) * 1000 / ticks}' "/proc/$pid/stat")
    sleep 10
    echo "$(((${ended/./} - ${began/./}) / 1000)) $cpu $(awk '/^VmRSS/ {r = $2} /^RssAnon/ {a = $2} END {print r, a}' "/proc/$pid/status")"
    kill -TERM "$pid"
    cat <&3 > /dev/null
    exec 3<&-
    pid=
  done
}
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
row() {
  local name=$1 size=$2
  shift 2
  start "$name" "$@" > "$work/$name.figures"
  printf '| %s | %s ms | %s ms | %s MB | %s MB | %s MB |\n' "$name" \
    "$(cut -d' ' -f1 "$work/$name.figures" | median)" "$(cut -d' ' -f2 "$work/$name.figures" | median)" \
    "$(($(cut -d' ' -f3 "$work/$name.figures" | median) / 1024))" "$(($(cut -d' ' -f4 "$work/$name.figures" | median) / 1024))" "$size"
}

echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg), $starts starts each, medians"
echo '| node | armed after | CPU until then | resident after 10 s | of that anonymous | size |'
echo '|---|---|---|---|---|---|'
row native "$(($(stat -c %s "$native") / 1000000))" "$native" node
row JVM "$(($(du -sb "$root/node/target/quarkus-app" | cut -f1) / 1000000)) (and a JDK)" \
  "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx256m -jar "$jar" node
