#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A room that is not friendly: one program floods with all that the machine can send, another machine (an address of
# the loopback that is not the daemon's own) forges subscriptions, throws pattern bombs and bundles for later. A good
# peer is served meanwhile as it is without them: the same seconds once in peace and once in the storm, compared.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need python3

server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none "$chains/live.json"
wait_for 60 running
is $? 0 "the daemon runs"

# How long an answer takes is judged where nothing else runs: QUIET_MACHINE=1. Elsewhere it is only said.
judge() {
    if [ -n "${QUIET_MACHINE:-}" ]; then
        is "$1" 0 "$2"
    else
        ok "$2: $([ "$1" = 0 ] && echo yes || echo no), not judged without QUIET_MACHINE"
    fi
}

cat >"$work/peer.py" <<'PY'
"""A good peer: asks for a meter twenty times a second and pings ten times a second, for so many seconds."""
import socket, struct, sys, time
port, seconds, longest = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
def text(t):
    return t.encode() + b"\0" * (4 - len(t) % 4)
def message(address, tags="", *values):
    data = text(address) + text("," + tags)
    for tag, value in zip(tags, values):
        data += text(value) if tag == "s" else struct.pack(">i" if tag == "i" else ">f", value)
    return data
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.connect(("127.0.0.1", port))
s.settimeout(0.02)
def subscribe():  # and again every second, as whoever speaks UDP does
    s.send(message("/subscribe/meter", "si", "/stage/2/meter/out/db", 20))
meters, asked, answered, slow, worst, sent = 0, {}, 0, 0, 0, 0
subscribe()
time.sleep(0.5)
begin = last = time.monotonic()
# For so long, and on a busy machine until it has been served at all.
while time.monotonic() < begin + seconds or not (meters and answered) and time.monotonic() < begin + longest:
    now = time.monotonic()
    if now - last > 0.1:
        sent, last = sent + 1, now
        asked[sent] = now
        if sent % 10 == 0:
            subscribe()
        s.send(message("/ping", "i", sent))
    try:
        data = s.recv(4096)
    except socket.timeout:
        continue
    if data.startswith(b"/pong"):
        took = time.monotonic() - asked.pop(struct.unpack(">i", data[-4:])[0], now)
        answered, worst, slow = answered + 1, max(worst, took), slow + (took > 0.1)
    meters += data.startswith(b"/stage/2/meter/out/db")
s.send(message("/unsubscribe"))
print("meters=%d pings=%d answered=%d slow=%d worst_ms=%.1f" % (meters, sent, answered, slow, worst * 1000))
PY
cat >"$work/storm.py" <<'PY'
"""Forty strangers with one packet each, and one who never stops until a signal comes; prints the most that one of the
forty was sent."""
import signal, socket, struct, sys, time
port, on = int(sys.argv[1]), [True]
signal.signal(signal.SIGTERM, lambda *_: on.clear())
to = ("127.0.0.1", port)
def text(t):
    return t.encode() + b"\0" * (4 - len(t) % 4)
def stranger(ip):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((ip, 0))
    s.setblocking(False)
    return s
def bundle(tag, *parts):
    return b"#bundle\0" + struct.pack(">Q", tag) + b"".join(struct.pack(">i", len(p)) + p for p in parts)
nothing = text(",")
now = int((time.time() + 2208988800) * 2**32)
each = [text("/subscribe") + nothing, text("/xremote") + nothing, text("/stage/list") + nothing,
        text("/stage/*/*") + nothing, text("/stage/*/{in,out}*/*") + nothing, text("/refresh") + nothing,
        text("/meters") + text(",s") + text("/meters/1"), text("/log") + nothing,
        bundle(1, *[text("/stage/*/*") + nothing] * 20),
        bundle(now + 2**32, *[text("/stage/list") + nothing] * 20)]
forged = []
for i in range(40):
    s = stranger("127.0.1.%d" % (i + 1))
    s.sendto(each[i % len(each)], to)
    forged.append((s, len(each[i % len(each)])))
nested = text("/stage/1/mute") + nothing
for _ in range(3):
    nested = bundle(now + 3 * 2**32, nested)
worst = [(b"/" * 2000 + b"*" * 2000 + b"q").ljust(4004, b"\0") + nothing,
         text("/stage/" + "*?" * 60 + "Z/gain") + nothing, text("/stage/*/*") + nothing, nested,
         bundle(now + 60 * 2**32, nested), bundle(now + 4 * 2**32, *[text("/stage/*/gain") + nothing] * 200),
         b"/b\0\0,b\0\0", b"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0", text("/subscribe") + nothing]
s = stranger("127.0.0.66")
n = 0
print("forty", flush=True)
while on:
    for _ in range(50):
        try:
            s.sendto(worst[n % len(worst)], to)
            n += 1
        except BlockingIOError:
            pass
    try:
        while True:
            s.recv(65536)
    except BlockingIOError:
        pass
most = 0.0
for s, sent in forged:
    got = 0
    try:
        while True:
            got += len(s.recv(65536))
    except BlockingIOError:
        pass
    most = max(most, got / (512 + 3 * sent))
print("bombs=%d most=%.2f" % (n, most))
PY
xruns() {
    osc_get /audio | awk '{ print $4 }'
}
memory() {
    awk '/VmRSS/ { print $2 }' "/proc/$daemon_pid/status"
}
timeout 60 python3 "$work/peer.py" "$osc_port" 1 50 >/dev/null # what is allocated once is allocated now
# seconds_with PORT: four seconds of a good peer, while all that this machine can send goes to PORT. The peer has
# subscribed before, as everybody was; the forty strangers come before the flood.
seconds_with() {
    local peer storm flood
    timeout 150 python3 "$work/peer.py" "$osc_port" 4 60 >"$work/peer" &
    peer=$!
    timeout 150 python3 "$work/storm.py" "$1" >"$work/storm" &
    storm=$!
    wait_for 60 grep -q forty "$work/storm"
    timeout 150 "$tools/osc_flood" "$1" 140 50000 /stage/main/gain -20 0 >"$work/flood" &
    flood=$!
    wait "$peer"
    kill "$storm" "$flood"
    wait "$storm" "$flood"
}
# In peace the same programs work as hard, against a port where nobody reads: what the load costs is not our doing.
python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(600)' >"$work/elsewhere" &
elsewhere=$!
wait_for 60 test -s "$work/elsewhere"
x0=$(xruns)
seconds_with "$(cat "$work/elsewhere")"
peace=$(cat "$work/peer")
kill "$elsewhere"
x1=$(xruns)
before=$(memory)
seconds_with "$osc_port"
storm_peer=$(cat "$work/peer")
x2=$(xruns)
after=$(memory)
ok "in peace: $peace; in the storm: $storm_peer; $(cat "$work/flood"), $(tail -n 1 "$work/storm")"
[ $((10 * "$(field meters "$storm_peer")")) -ge $((9 * "$(field meters "$peace")")) ]
judge $? "meters come at 90 % of their rate or more"
[ "$(field answered "$storm_peer")" -ge $(("$(field answered "$peace")" * 3 / 4)) ]
judge $? "pings are answered, but for what the kernel's full queue loses"
[ "$(field slow "$storm_peer")" -le $(("$(field slow "$peace")" + 3)) ]
judge $? "within 100 ms"
[ "$(field answered "$storm_peer")" -gt 0 ] && [ "$(field meters "$storm_peer")" -gt 0 ]
is $? 0 "a good peer is served in the storm"
[ "$(awk -v m="$(field most "$(cat "$work/storm")")" 'BEGIN { print (m <= 1) }')" = 1 ]
is $? 0 "nobody with one packet is sent more than 512 bytes and three times what came"
[ $((after - before)) -lt 2048 ]
is $? 0 "memory stays flat: $before, then $after kB"
[ $((x2 - x1)) -le $((2 * (x1 - x0) + 10)) ]
judge $? "the storm is no cause of xruns: $((x1 - x0)) in peace, $((x2 - x1)) in the storm"
wait_for 60 said_again 'messages or .* a second: the rest is dropped' 0
is $? 0 "the log says who sends too much, and no more than a line a second: $(said 'the rest is dropped')"
daemon_end
is "$daemon_status" 0 "the daemon ends well"
tap_end
