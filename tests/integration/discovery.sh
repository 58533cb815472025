#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Being found: a bus and an avahi-daemon in a network and a /run of their own (namespaces, so root or a kernel that
# gives them to users); avahi-browse looks for us. The daemon starts before both, and outlives avahi-daemon.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need avahi-daemon
need avahi-browse
need dbus-daemon
need unshare
need ip
grep -q '^#define HAVE_AVAHI 1' "${abs_top_builddir:?}/config.h" || skip_all "built without Avahi"
if [ "${1:-}" != inside ]; then
    unshare --mount --net true 2>/dev/null || skip_all "no namespaces here"
    exec unshare --mount --net bash "$0" inside
fi
mount -t tmpfs tmpfs /run || skip_all "no file system of its own"
. "$abs_top_srcdir/tests/integration/jackd.sh"
avahi_pid='' bus_pid=''
trap 'kill $avahi_pid $bus_pid 2>/dev/null; kill -CONT $avahi_pid 2>/dev/null; finish' EXIT
mkdir -p /run/dbus /run/avahi-daemon
ip link set lo up
ip link add v0 type veth peer name v1 2>/dev/null || skip_all "no network of its own"
ip link set v0 up
ip link set v1 up
ip address add 10.9.9.1/24 dev v0

cat >"$work/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true"/><allow receive_type="method_call"/>
<allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>
END
printf '[server]\nhost-name=room\nuse-ipv6=no\nallow-interfaces=v0\n' >"$work/avahi.conf"
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
setpriv --pdeathsig TERM dbus-daemon --config-file="$work/bus.conf" --nofork 2>"$work/bus.log" &
bus_pid=$!
avahi_start() {
    setpriv --pdeathsig TERM avahi-daemon -f "$work/avahi.conf" --no-drop-root --no-chroot --no-rlimits \
        2>>"$work/avahi.log" &
    avahi_pid=$!
}
# advertised LINE-PATTERN [TYPE]: avahi-browse resolves such a service
advertised() {
    timeout 20 avahi-browse -tpr "${2:-_osc._udp}" 2>/dev/null | grep -Eq -- "^=;v0;IPv4;$1"
}
gone() {
    ! advertised "$1"
}

wait_for 60 test -S /run/dbus/system_bus_socket
daemon_start --connect none --osc-bind 0.0.0.0 --http-bind 0.0.0.0 "$chains/live.json"
is "$(osc_get /chain/name | wc -l)" 1 "without avahi-daemon the daemon starts and answers"
avahi_start
wait_for 60 advertised "$client;_osc._udp;local;room.local;10.9.9.1;$osc_port;\"version=1.0\""
is $? 0 "avahi-daemon comes: advertised with name, port and version"
if [ "$(said 'page at')" -gt 0 ]; then
    wait_for 60 advertised "$client;_oscjson._tcp;local;room.local;10.9.9.1;$osc_port;" _oscjson._tcp
    is $? 0 "and so is OSCQuery"
fi
first_pid=$daemon_pid first_port=$osc_port
kill -STOP "$avahi_pid"
: >"$work/daemon.log"
daemon_start --connect none --osc-bind 0.0.0.0 "$chains/live.json"
answers=0
for _ in 1 2 3 4 5; do
    answers=$((answers + $(osc_get /chain/name | wc -l)))
done
is "$answers" 5 "while avahi-daemon is frozen a daemon starts and answers"
is "$(said 'advertised in the network')" 0 "which is not advertised"
daemon_end
is "$daemon_status" 0 "and ends, without waiting for it"
kill -CONT "$avahi_pid"
: >"$work/daemon.log"
daemon_start --connect none --osc-bind 0.0.0.0 "$chains/live.json"
wait_for 60 advertised "$client\\\\032\\\\0352;_osc._udp;local;room.local;10.9.9.1;$osc_port;"
is $? 0 "a second one of the same name gets a number: $(timeout 20 avahi-browse -tp _osc._udp | tr '\n' ' ')"
daemon_end
is "$daemon_status" 0 "it ends well"
daemon_pid=$first_pid osc_port=$first_port
wait_for 60 gone "$client\\\\032\\\\0352;"
is $? 0 "and is advertised no longer"
kill "$avahi_pid"
wait "$avahi_pid"
is "$(osc_get /chain/name | wc -l)" 1 "without avahi-daemon the daemon goes on"
avahi_start
wait_for 60 advertised "$client;_osc._udp;local;room.local;10.9.9.1;$osc_port;"
is $? 0 "avahi-daemon comes back: advertised again"
daemon_end
is "$daemon_status" 0 "the daemon ends well"
wait_for 60 gone "$client;"
is $? 0 "and nothing is left"
tap_end
