#!/bin/bash
# Runs inside the virtual machine of units.py, as root; `ok` or `not ok` on its console for each fact.
exec >/dev/console 2>&1
cd /srv || exit 1
unit=sallyport-door.service
chip=/sys/kernel/config/gpio-sim/board
data=/var/lib/sallyport-door

ok() { # NAME COMMAND...
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "ok $name"
    else
        echo "not ok $name:" ${said:-$*}
    fi
}
refused() { ! "$@"; }
soon() { # COMMAND...: within 5 minutes, of a slow machine
    local end=$((SECONDS + 300))
    until "$@" >/dev/null 2>&1; do
        if [ $SECONDS -ge $end ]; then
            journalctl -u sallyport-door -u sallyport-door-update -n 12 --no-pager -o cat
            return 1
        fi
        sleep 0.2
    done
}
property() { systemctl show "$unit" --property "$1" --value; }
active() { [ "$(property ActiveState)" = active ]; }
pid() { property MainPID; }
is() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; return 1; }; }
has() { grep -q "$2" "$1"; }

# --- the package on a machine without a network

export DEBIAN_FRONTEND=noninteractive # but for the question whether to go on
ln -s door.deb sallyport-door_from_the_guide.deb
ok "the package installs" sh -ec "$(head -n 1 install.sh)" <<<y
ok "the service starts by itself, without a network" soon active
ok "it will start with the machine" systemctl is-enabled $unit
ok "updates are watched for" systemctl is-active sallyport-door-update.path
ok "the service says that it is ready" has <(property StatusText) "1 doors, managed at 0.0.0.0:37777"
ok "data is the service's alone" is "$(stat -c '%U %a' $data)" "sallyport-door 700"

# --- section 4 of the guide: the chip and its permissions

insmod configfs.ko
mount -t configfs none /sys/kernel/config
insmod gpio_sim.ko
mkdir -p $chip/bank
echo 32 >$chip/bank/num_lines
echo pinctrl-sim >$chip/bank/label
echo 1 >$chip/live
udevadm settle
wires=/sys/devices/platform/$(cat $chip/dev_name)/$(cat $chip/bank/chip_name)
pull() { echo "pull-$2" >"$wires/sim_gpio$1/pull"; }
relay() { is "$(cat "$wires/sim_gpio17/value")" "$1"; }
ok "the chips are listed, with the label" has <(sh -ec "$(tail -n +2 install.sh)") 'gpiochip0 \[pinctrl-sim\]'
ok "the group may use the lines" is "$(stat -c '%A %G' /dev/gpiochip0)" "crw-rw---- gpio"

# --- section 5: configuration

ok "the sample is in order" sallyport-door check-config sample.toml
cp least.toml /etc/sallyport/door.toml
ok "the least configuration is in order" sallyport-door check-config /etc/sallyport/door.toml

# --- section 6: start, and try each wire

pull 22 down
pull 23 up
ok "it starts on the lines" systemctl restart $unit
ok "the relay is at rest" soon relay 0
pull 23 down
ok "the exit button releases" soon relay 1
pull 23 up
ok "and locks again" soon relay 0
systemctl stop $unit
ok "a controller that is off keeps a fail-secure door locked" relay 0
systemctl start $unit

# The whole sample: with a fire input, the housing's contact, and the reader's.
cp sample.toml /etc/sallyport/door.toml
ok "the sample starts on the lines" systemctl restart $unit
contacts_close() { # whoever takes a line with its pull-up pulls it: after each start
    local line
    for line in 12 22 24 25; do pull $line down; done
}
contacts_close
ok "nothing is released" soon relay 0
pull 23 up
ok "the platform's package installs" dpkg -i platform.deb
# Step by step, with a person's eyes on the platform.
python3 units_wires.py "$wires" || echo "not ok the wires were tried to the end"
systemctl stop $unit
ok "7: a controller that is off keeps a fail-secure door locked" soon relay 0

# What section 5 says of locks, and what is refused.
locks() { # LOCK TERMINAL
    sed "s/^lock = [^#]*/lock = \"$1\" /; s/^lock_terminal = [^#]*/lock_terminal = \"$2\" /" sample.toml \
        >/etc/sallyport/door.toml
}
locks fail_safe NC
ok "fail_safe on NC starts" systemctl restart $unit
contacts_close
ok "and rests" soon relay 0
locks fail_safe NO
ok "fail_safe on NO starts" systemctl restart $unit
contacts_close
ok "and is fed" soon relay 1
systemctl stop $unit
ok "7: off, it is open" soon relay 0
complains() { # WORDS: check-config refuses the configuration with them
    local said
    said=$(sallyport-door check-config /etc/sallyport/door.toml 2>&1) && { echo "it is taken"; return 1; }
    has <(echo "$said") "$1" || { echo "$said"; return 1; }
}
locks fail_secure NC
ok "fail_secure on NC is refused" complains lock_terminal
sed '1i panel = "127.0.0.1:37880"' least.toml >/etc/sallyport/door.toml
ok "the front panel is refused" complains panel

# By hand, as the user, without systemd.
cp least.toml /etc/sallyport/door.toml
by_hand() { exec setpriv --reuid sallyport-door --regid sallyport-door --init-groups \
    sallyport-door --config /etc/sallyport/door.toml; }
by_hand &
started=$!
held_by() { gpioinfo gpiochip0 | grep -q "line *$1:.*$2"; } # LINE PROGRAM
ok "started by hand, it takes its lines" soon held_by 23 sallyport
pull 23 down
ok "and releases" soon relay 1
pull 23 up
ok "and locks" soon relay 0
kill $started
wait
gpiomon gpiochip0 22 >/dev/null &
holder=$!
ok "a line is taken by another" soon held_by 22 gpiomon
ok "which is said" has <(timeout 60 bash -c "$(declare -f by_hand); by_hand" 2>&1) \
    'gpiochip0:22.*Something else uses it'
kill $holder
wait
cp least.toml /etc/sallyport/door.toml
systemctl restart $unit

# --- confinement

systemd-analyze security --no-pager $unit | tail -1
ok "the unit is confined" systemd-analyze security --no-pager --threshold=25 $unit
ok "it is not root" is "$(stat -c %U /proc/"$(pid)")" sallyport-door
ok "it has no capability" has /proc/"$(pid)"/status '^CapEff:\s*0000000000000000$'
ok "it can gain none" has /proc/"$(pid)"/status '^NoNewPrivs:\s*1$'
ok "its calls are filtered" has /proc/"$(pid)"/status '^Seccomp:\s*2$'
ok "it cannot write outside its data" refused nsenter -m -t "$(pid)" touch /etc/sallyport/mine
ok "it sees no other program" refused nsenter -m -t "$(pid)" \
    setpriv --reuid sallyport-door --regid sallyport-door --clear-groups ls /proc/1/status

# The one right that the guide for operators lets one give: to set the clock.
mkdir -p /etc/systemd/system/$unit.d
cp clock.conf /etc/systemd/system/$unit.d/clock.conf
systemctl daemon-reload
ok "it starts with the right to set the clock" systemctl restart $unit
ok "and has that one alone" has /proc/"$(pid)"/status '^CapEff:\s*0000000002000000$'
rm -r /etc/systemd/system/$unit.d
systemctl daemon-reload
systemctl restart $unit

# --- what restarts it

first=$(pid)
kill -KILL "$first"
back() { active && [ "$(pid)" != "$first" ]; }
ok "killed, it is back" soon back
ok "on its lines" soon relay 0
first=$(pid)
kill -STOP "$first"
ok "stopped, the watchdog brings it back" soon back
ok "because of the watchdog" has <(journalctl -u $unit --no-pager -o cat) "Watchdog timeout"
echo 'doors = "many"' >/etc/sallyport/door.toml
systemctl restart $unit
failed() { [ "$(property ActiveState)" = failed ]; }
ok "a wrong configuration is no reason to try again" soon failed
ok "and it says what is wrong" has <(journalctl -u $unit --no-pager -o cat) "door.toml.*line 1.*doors"
cp least.toml /etc/sallyport/door.toml

# --- an update

cp update.key /etc/sallyport/update.key
sed -i '1i update_key = "/etc/sallyport/update.key"' /etc/sallyport/door.toml
systemctl start $unit
ok "mended, it starts" soon active
first=$(pid)
staged() { # FILE
    install -d -o sallyport-door -g sallyport-door -m 700 $data/update
    install -o sallyport-door -g sallyport-door "$1" $data/update/arriving
    mv $data/update/arriving $data/update/staged
}
installed() { is "$(dpkg-query -W -f '${Version}' sallyport-door)" "$(cat newer)"; }
gone() { [ ! -e $data/update/staged ]; }
printf 'x' | cat newer.update - >damaged.update
staged damaged.update
ok "a damaged update is taken away" soon gone
ok "and not installed" refused installed
ok "the door goes on" is "$(pid)" "$first"
staged newer.update
ok "a staged update is installed" soon installed
ok "and started" soon back
ok "the installation's configuration stays" has /etc/sallyport/door.toml gpiochip0:17
ok "it is staged no longer" soon gone
ok "the installer ends" soon is "$(systemctl show sallyport-door-update.service -p Result --value)" success
before=$(stat -c %i $data/controller.db)

# --- the platform

unit=sallyport.service
ok "the platform has started by itself" soon active
ok "the platform's unit is confined" systemd-analyze security --no-pager --threshold=25 $unit
first=$(pid)
kill -KILL "$first"
ok "killed, the platform is back" soon back
ok "the platform is removed and purged" dpkg -P sallyport
ok "with its data" refused test -e /var/lib/sallyport
unit=sallyport-door.service

# --- removal and purge

ok "the package is removed" dpkg -r sallyport-door
ok "nothing of it runs" refused systemctl is-active $unit sallyport-door-update.path
ok "its data stays" is "$(stat -c %i $data/controller.db)" "$before"
ok "its configuration stays" test -e /etc/sallyport/door.toml
ok "it is installed again" dpkg --force-confold -i door.deb
ok "it starts again with what it had" soon active
ok "the package is purged" dpkg -P sallyport-door
ok "its data is gone" refused test -e $data
ok "its configuration is gone" refused test -e /etc/sallyport/door.toml
ok "its user stays" id sallyport-door

# --- section 4 without the package

userdel sallyport-door
groupdel gpio
chown root:root /dev/gpiochip0
chmod 600 /dev/gpiochip0
ok "the commands without the package are taken" bash -ec "exec > >(tee without.log); $(cat without.sh)"
ok "and end with what the guide shows" has <(tail -n 1 without.log) '^crw-rw---- .* gpio '
ok "the user is in the group" has <(id -nG sallyport-door) '\bgpio\b'
ok "no unit has failed" is "$(systemctl --failed --plain --no-legend | grep -c .)" 0
echo "units: done"
systemctl poweroff --force --force
