#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# OSC over TCP: liblo's peers and the tool, then crowds, floods and the deaf (tcp_crowd.py), then a daemon without
# descriptors to spare.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need oscsend
need python3

tcp() {
    local command=$1
    shift
    timeout 60 "$gainstage" "$command" --tcp --wait 30 --port "$osc_port" "$@"
}

server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none "$chains/live.json"
wait_for 60 running
is $? 0 "the daemon runs"

# ---- the tool and liblo ----
tcp set /stage/pre/gain 31
is "$(osc_get /stage/pre/gain)" 31 "what is set over TCP is read over UDP"
osc_set /stage/pre/gain 32
is "$(tcp get /stage/pre/gain)" 32 "and the other way round"
is "$(tcp get '/stage/*/mute' | wc -l)" "$(osc_get '/stage/*/mute' | wc -l)" "a pattern is answered over TCP"
tcp set /stage/pre/gian 3 2>"$work/error"
is $? 65 "an error too: $(cat "$work/error")"
is "$(tcp watch --once | wc -l)" "$(timeout 60 "$gainstage" watch --wait 30 --port "$osc_port" --once | wc -l)" \
    "watch --tcp shows what watch shows"
"$gainstage" log --tcp --wait 30 --port "$osc_port" >"$work/log" 2>&1 &
log_pid=$!
log_shows() {
    osc_get /chain/name >/dev/null
    grep -q "$1" "$work/log"
}
wait_for 60 log_shows /chain/name
tcp set /stage/pre/gain 31.5
osc_set /stage/pre/gain 32.5
wait_for 60 log_shows '/stage/pre/gain.*32.5.* ok'
kill -TERM "$log_pid"
wait "$log_pid"
is "$?, $(grep -c '/stage/pre/gain.*3[12].5.* ok' "$work/log")" "0, 2" "log --tcp shows what comes by either way"
oscsend "osc.tcp://127.0.0.1:$osc_port" /stage/pre/gain f 33
gain_is() {
    [ "$(osc_get /stage/pre/gain)" = "$1" ]
}
wait_for 60 gain_is 33
is "$(osc_get /stage/pre/gain)" 33 "oscsend of liblo, with a size in front"
closed=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
timeout 10 "$gainstage" get --tcp --port "$closed" /info 2>"$work/error"
is $? 71 "get --tcp ends with 71 where nobody listens: $(cat "$work/error")"

# ---- the crowd ----
while read -r verdict; do
    case $verdict in
    "ok - "*) ok "${verdict#ok - }" ;;
    "not ok - "*) not_ok "${verdict#not ok - }" ;;
    "# "*) echo "$verdict" ;;
    *) not_ok "tcp_crowd.py" "$verdict" ;;
    esac
done < <(timeout 600 python3 "$abs_top_srcdir/tests/integration/tcp_crowd.py" "$osc_port" "$daemon_pid" 2>&1 ||
    echo "not ok - tcp_crowd.py ends well: status $?")
daemon_end
is "$daemon_status" 0 "the daemon ends well"

# ---- a daemon that may open few files ----
: >"$work/daemon.log"
daemon_env=(prlimit --nofile=48:48)
daemon_start --connect none "$chains/live.json"
wait_for 60 running
timeout 300 python3 - "$osc_port" >"$work/ping" 2>&1 <<'PY'
import socket, sys, time
port = int(sys.argv[1])
crowd = []
for i in range(200):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(("127.0.0.1", port))
    crowd.append(s)
    time.sleep(0.001)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(60)
begin = time.monotonic()
udp.sendto(b"/ping\0\0\0,\0\0\0", ("127.0.0.1", port))
udp.recv(100)
print("udp_ms=%.1f" % ((time.monotonic() - begin) * 1000))
begin = time.monotonic()
s = socket.create_connection(("127.0.0.1", port), 60)
s.settimeout(60)
s.sendall(b"\0\0\0\x0c/ping\0\0\0,\0\0\0")
s.recv(100)
print("tcp_ms=%.1f" % ((time.monotonic() - begin) * 1000))
PY
is $? 0 "at the limit of descriptors both are answered: $(paste -sd ' ' "$work/ping")"
daemon_end
is "$daemon_status" 0 "and the daemon lives"
tap_end
