#!/bin/sh
# The first process of the arm64 guest: mounts, makes the board, runs the trial, ends the machine. Runs only there (run.sh).
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
insmod /lib/configfs.ko
mount -t configfs config /sys/kernel/config
insmod /lib/vigil-gpio-sim.ko
ip link set lo up
hostname guest
# shellcheck source=device-images/gpio-board.sh
. /gpio-board.sh

sh /trial.sh < /dev/null
echo "vigil-guest-exit $?"
sync
poweroff -f
