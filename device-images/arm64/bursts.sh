#!/bin/sh
# The trial in the arm64 guest: contacts that bounce, lines that change faster than anybody reads them, and alarms amidst that. The
# stimuli are lines.c's; what the node made of them is what its page, its siren's line and its journal say. Runs only there (run.sh).
#
# Exit code 0 when all was as promised; 1 when not, with the node's last words.
page=http://127.0.0.1:8080
presses=100
bounced_alarms=30
pulses=10000
alarms=100

cat > /site.yaml <<'SITE'
node: bursts
page: {host: 127.0.0.1, port: 8080}
listener: {port: 1883}
journal: {directory: /journal}
outputs:
  - {id: siren, kind: gpio, gpio: vigil-sim, line: siren, when-released: off, minimum-on: 0s}
sensors:
  - {id: hall/callpoint, quantity: contact, zone: hall, means: call-point, from: {gpio: vigil-sim, line: callpoint, debounce: 20ms}}
  - {id: hall/door, quantity: contact, zone: hall, from: {gpio: vigil-sim, line: door, debounce: 20ms}}
  - {id: hall/loose, quantity: contact, zone: hall, from: {gpio: vigil-sim, line: spare, debounce: 0s}}
  - {id: hall/gate, quantity: contact, zone: hall, from: {gpio: vigil-sim, line: strobe, debounce: 0s}}
  - {id: yard/callpoint, quantity: contact, zone: yard, means: call-point, from: {gpio: vigil-sim, line: relay, debounce: 0s}}
  - {id: roof/rain-1h, quantity: level, zone: roof, from: {gpio: vigil-sim, line: flood, debounce: 0s, mm-per-pulse: 0.2, every: 1s}}
SITE

say() { echo "ok   $*"; }

fail() {
  echo "FAILED: $*"
  tail -n 30 /node.log
  exit 1
}

# ask A -eq B WHAT: the comparison holds, or the trial has failed.
ask() {
  test "$1" "$2" "$3" || fail "$4: $1, must be $2 $3"
}

status() { wget -q -O - "$page/api/status"; }

# What the page says of a sensor.
shown() { status | grep -o "{\"id\":\"$1\"[^{}]*}"; }

# wait_for COMMAND...: until it succeeds, at most two minutes.
wait_for() {
  tries=600
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "after two minutes still not: $*"
    sleep 0.2
  done
}

is_ready() {
  kill -0 "$node" 2> /dev/null || fail "the node has ended"
  wget -q -O /dev/null "$page/q/health/ready" 2> /dev/null
}
is_silent() { [ "$(cat /run/gpio/siren/value)" = 0 ]; }
# The open incident of a zone, by its id; fails when the page does not answer.
incident() {
  answer=$(status) && [ -n "$answer" ] || return 1
  echo "$answer" | grep -o "\"$1-[0-9TZ.]*\"" | head -n 1 | tr -d '"'
}
is_open() { [ -n "$(incident "$1")" ]; }

# Orders it until it is done: an answer may be late, and a contact that bounces is not open yet.
is_reset() {
  open=$(incident "$1") || return 1
  [ -n "$open" ] || return 0
  wget -q -O /dev/null --header 'X-Vigil-Operator: trial' --post-data '' "$page/api/incidents/$open/reset" 2> /dev/null
  return 1
}

# Ends the alarm of a zone, so that the next one can sound. The siren sounds a moment before the page shows why.
clear_zone() {
  wait_for is_open "$1"
  wait_for is_reset "$1"
  wait_for is_silent
}

# number NAME TEXT: the number after that word in what lines.c printed.
number() { echo "$2" | sed -n "s/.*$1 \([0-9]*\).*/\1/p"; }

# Edges of a sensor's line that the node has told to be lost; 0 when it has told of none.
lost() {
  told=$(shown "$1" | sed -n 's/.* edges, \([0-9]*\) since the start.*/\1/p; s/.* were lost, \([0-9]*\) since the start.*/\1/p')
  echo "${told:-0}"
}

# The pulses that the rain gauge has counted, once it counts no more.
counted() {
  before=none
  while :; do
    sum=$(shown roof/rain-1h | sed -n 's/.*"value":\([0-9.Ee-]*\).*/\1/p' | awk '{ printf "%.0f", $1 / 0.0002 }')
    [ "$sum" != "$before" ] || break
    before=$sum
    sleep 2.5
  done
  echo "${sum:-0}"
}

# balance EDGES MICROS WHAT: so many more edges of the rain gauge in so much time, and every one so far is counted or told as lost. A
# pulse is two edges; of a gap of an odd number nobody knows whether a pulse more or less was in it, so each look, five a second, may
# be one off.
stimulated=0
looks=0
missing=0
balance() {
  stimulated=$((stimulated + $1))
  looks=$((looks + $2 / 200000 + 1))
  rain=$(counted)
  shown=$(lost roof/rain-1h)
  [ "$shown" -lt "$missing" ] || missing=$shown   # a fault that is over is no longer shown
  off=$((2 * rain + missing - stimulated))
  say "$3: of $stimulated edges $rain pulses are counted and $missing edges told as lost, $off more than there were ($looks looks)"
  ask "${off#-}" -le $looks "$3: edges that are neither counted nor told as lost"
}

vigil-node node --config /site.yaml > /node.log 2>&1 &
node=$!
wait_for is_ready
is_silent || fail "the siren sounds at the start"
say "started: armed and silent"

# 1. Bounce: a change is one event, and the same bounce without debounce shows that there was something to debounce.
door=$(lines bounce door $presses 1 siren)
loose=$(lines bounce spare 20 2 siren)
seed=100
while [ $seed -lt $((100 + bounced_alarms)) ]; do
  pressed=$(lines bounce callpoint 1 $seed siren)
  ask "$(number sounded "$pressed")" -eq 1 "a call point that bounces (seed $seed): the siren sounded so often"
  clear_zone hall
  seed=$((seed + 1))
done
say "a call point that bounces, $bounced_alarms times: each time the siren sounded once"

# 2. Bursts: at a pace that can be kept nothing is lost; as fast as it goes, what is lost is told.
paced=$(lines burst flood 2000 2000)
balance "$(number edges "$paced")" "$(number micros "$paced")" "500 edges a second"
ask "$missing" -eq 0 "edges lost at a pace that can be kept"
ask "$rain" -eq 2000 "pulses counted at a pace that can be kept"
fast=$(lines burst flood $pulses 0)
balance "$(number edges "$fast")" "$(number micros "$fast")" "$pulses pulses in $(number micros "$fast") us"
ask "$missing" -gt 0 "nothing was lost: this was no burst for a buffer of 512 edges"
slow=$(lines burst strobe 1 100000)
gate=$(lines burst strobe $pulses 0)
gate_edges=$(($(number edges "$slow") + $(number edges "$gate")))
sleep 2
gate_lost=$(lost hall/gate)
is_silent || fail "a burst sounds the siren"

# 3. Alarms one after the other, on a board that is quiet otherwise, and each amidst a burst.
alarm_each() {
  count=0
  edges=0
  micros=0
  : > /latencies
  while [ $count -lt $alarms ]; do
    pulled=$(lines "$@") || fail "alarm $count: $pulled"
    number latency "$pulled" >> /latencies
    edges=$((edges + $(number edges "$pulled")))
    micros=$((micros + $(number micros "$pulled")))
    echo pull-down > /run/gpio/relay/pull
    clear_zone yard
    count=$((count + 1))
  done
  sort -n -o /latencies /latencies
}
percentile() { sed -n "$(((alarms * $1 + 99) / 100))p" /latencies; }
latencies() { echo "p50 $(percentile 50) us, p99 $(percentile 99) us, max $(percentile 100) us"; }
alarm_each alarm relay siren
say "$alarms alarms, 0 lost; from the pull to the siren's line: $(latencies)"
alarm_each alarm relay siren flood
balance "$edges" "$micros" "bursts with an alarm amidst each"
say "$alarms alarms amidst bursts, 0 lost: $(latencies)"

kill "$node"
wait "$node"
ask $? -eq 143 "the node's exit code"

# 4. The journal.
vigil-node cat --journal /journal --lane history > /history || fail "the journal can't be read"
vigil-node cat --journal /journal --lane alarm > /alarms || fail "the journal can't be read"

# What the journal has of a contact: "EVENTS CHANGES". A reading that tells again what was told 30 s ago, or at the start, is no event.
events() {
  grep "\"n\":\"bursts/$1\"" /history | grep -v '"q":' | awk -F '"v":' -v last=0 '
    { v = substr($2, 1, 1); t = $2; sub(/.*"t":/, "", t); t += 0 }
    v != last || t - before < 29 { events++ }
    v != last { changes++ }
    { last = v; before = t }
    END { print events + 0, changes + 0 }'
}
opened() { grep -c "alarm/${1:+$1-}.*OPENED" /alarms; }

# bounced SENSOR WHAT LINES: the journal has a change for each of the contact's, and no event beside them. A bounce that the machine held
# up (torn) is more than one change, as it would be to anybody.
bounced() {
  found=$(events "$1")
  say "$2: $3; events and changes in the journal: $found"
  most=$(($(number changes "$3") + $(number torn "$3")))
  ask "${found#* }" -ge "$(number changes "$3")" "$2: changes in the journal"
  ask "${found% *}" -le $most "$2: events in the journal"
}
bounced hall/door "a door that bounces, debounced" "$door"
found=$(events hall/loose)
say "the same without debounce: $loose; events and changes in the journal: $found"
ask "${found% *}" -eq "$(number edges "$loose")" "a contact without debounce: events in the journal"

found=$(events hall/gate)
say "a contact in a burst of $gate_edges edges: ${found% *} in the journal, $gate_lost told as lost"
ask $((${found% *} + gate_lost)) -eq $gate_edges "edges of a contact in the journal, or told as lost"

ask "$(opened hall)" -eq $bounced_alarms "alarms of the call point that bounced"
ask "$(opened yard)" -eq $((2 * alarms)) "alarms of the call point that was pulled"
ask "$(opened)" -eq $((bounced_alarms + 2 * alarms)) "all alarms"
say "the journal has $((bounced_alarms + 2 * alarms)) alarms, each once, and no other"
