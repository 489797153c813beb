# Makes the guests' GPIO chip: "vigil-sim" with eight lines of these names, seen from outside in /run/gpio/NAME (pull, value). Read by
# each guest's init, whichever shell that has; configfs is mounted, and /run can be written to.
# shellcheck shell=sh
chip=/sys/kernel/config/gpio-sim/vigil
mkdir -p "$chip/bank0"
echo 8 > "$chip/bank0/num_lines"
echo vigil-sim > "$chip/bank0/label"
number=0
for name in callpoint flood door siren strobe relay feedback spare; do
  mkdir "$chip/bank0/line$number"
  echo "$name" > "$chip/bank0/line$number/name"
  number=$((number + 1))
done
echo 1 > "$chip/live"
board=/sys/devices/platform/$(cat "$chip/dev_name")/$(cat "$chip/bank0/chip_name")
mkdir /run/gpio
number=0
for name in callpoint flood door siren strobe relay feedback spare; do
  ln -s "$board/sim_gpio$number" "/run/gpio/$name"
  number=$((number + 1))
done
