#!/bin/bash
# The first process of the guest: mounts, makes the board, runs the command, ends the machine. Runs only there (run.sh).
#
# The board: the GPIO chip of gpio-board.sh;
# an SMBus adapter "SMBus stub driver" with chips at 0x44, 0x48, 0x4a, 0x4b, 0x76 and 0x77 (chip.pl sets their registers); an IIO device named
# "vigil_dummy"; and /sys/bus/w1, which is made of files (the kernel has no 1-Wire), so that a thermometer can be put in there.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

mount -t proc proc /proc
errand=$(sed -n 's/.*vigil\.errand=\([^ ]*\).*/\1/p' /proc/cmdline)
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts && mount -t devpts dev/pts /dev/pts
mount -t tmpfs run /run
mkdir /run/errand && mount -t hostfs -o "$errand" errand /run/errand
# Before /tmp is covered: the repository may be in it, and folders to be written.
repository=$(cat /run/errand/repository)
mkdir /run/repository && mount -r -t hostfs -o "$repository" repository /run/repository
mkdir /run/writable
n=0
while read -r folder; do
  [ -n "$folder" ] || continue
  n=$((n + 1))
  mkdir "/run/writable/$n" && mount -t hostfs -o "$folder" "$folder" "/run/writable/$n"
done < /run/errand/writable
if [ -b /dev/ubda ]; then
  mkdir /run/disk && mount -t ext4 /dev/ubda /run/disk
fi
mount -t tmpfs tmp /tmp
case $repository in /tmp/*) mkdir -p "$repository" && mount --bind /run/repository "$repository" ;; esac
n=0
while read -r folder; do
  [ -n "$folder" ] || continue
  n=$((n + 1))
  mkdir -p "$folder" 2> /dev/null
  mount --bind "/run/writable/$n" "$folder"
done < /run/errand/writable
ip link set lo up
hostname guest

mount -t configfs config /sys/kernel/config
. "$repository/device-images/gpio-board.sh"
mkdir -p /sys/kernel/config/iio/devices/dummy/vigil_dummy

# Nobody can make a folder in sysfs: /sys/bus becomes one of ours, with the kernel's buses in it.
mkdir /run/sys && mount -t sysfs sys /run/sys
mount -t tmpfs bus /sys/bus
for bus in /run/sys/bus/*; do
  mkdir "/sys/bus/${bus##*/}" && mount --bind "$bus" "/sys/bus/${bus##*/}"
done
mkdir -p /sys/bus/w1/devices

bash /run/errand/command < /dev/null
echo $? > /run/errand/exit
sync
perl -e 'syscall 169, 0xfee1dead, 672274793, 0x4321fedc'   # reboot(2): power off
