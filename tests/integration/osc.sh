#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The daemon and OSC peers that are not ours: liblo's oscsend and oscdump ask, set, subscribe, hear meters and
# errors, load good and bad chains; then the tool, and hostile traffic.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need oscsend
need oscdump
need python3

mkdir "$work/chains"
cp "$chains/live.json" "$work/chains/live.json"
cp "$chains/three-inputs.json" "$work/chains/three.json"
sed 's/"master"/"mster"/' "$chains/live.json" >"$work/chains/bad.json"
server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none --chain-dir "$work/chains" live
wait_for 60 running
is $? 0 "the daemon runs"

# A tablet: sends from ever other ports, hears on one of its own.
free_port() {
    python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
ear_listens() {
    ear=$(free_port)
    oscdump -L "$ear" >"$work/heard" 2>/dev/null &
    ear_pid=$!
    wait_for 60 ear_settled && udp_bound "$ear" "$ear_pid" 2>/dev/null
}
# Another program may have taken the port meanwhile: then it ends.
ear_settled() {
    ! kill -0 "$ear_pid" || udp_bound "$ear" "$ear_pid"
}
attempts 10 ear_listens
say() {
    oscsend localhost "$osc_port" "$@"
}
# heard PATTERN: oscdump has printed a line that matches
heard() {
    grep -Eq -- "$1" "$work/heard"
}
# hears PATTERN TEXT
hears() {
    wait_for 60 heard "$1"
    is $? 0 "$2"
}
forget() {
    : >"$work/heard"
}
say /set_reply_port i "$ear"

# ---- asking and setting ----
say /stage/pre/gain
hears ' /stage/pre/gain f 6.0' "a question is answered at the reply port"
say /stage/pre/gain f 33
say /stage/pre/gain
hears ' /stage/pre/gain f 33.0' "a float sets"
say /stage/pre/gain i 34
say /stage/pre/gain d 35
say /stage/pre/gain s 36
say /stage/pre/gain
hears ' /stage/pre/gain f 36.0' "so do int, double and text"
say /stage/pre/mute T
say /stage/2/mute
hears ' /stage/2/mute f 1.0' "so does true"
say /stage/pre/mute F
say '/stage/*/mute'
hears ' /stage/5/mute f 0.0' "a pattern asks many"
say /info
hears ' /info ssss "1.0" "'"$client"'" "gainstaged"' "/info says who we are"
say /status
hears ' /status sss "active" "127.0.0.1" ' "/status says how it is"
say /stage/list
hears ' /stage/list/end i [0-9]' "/stage/list ends"
say /ping is 7 eight
hears ' /pong is 7 "eight"' "/ping is answered with its arguments"

# ---- errors ----
say /stage/pre/gian f 3
hears ' /error sss "/stage/pre/gian" "unknown-address" ".*/stage/pre/gain' "an error names the nearest address"
say /stage/pre/gain s loud
hears ' /error sss "/stage/pre/gain" "bad-type"' "a word is no gain"
say /stage/pre/meter/out f 1
hears ' /error sss "/stage/pre/meter/out" "read-only"' "a meter cannot be set"

# ---- subscribing ----
forget
say /subscribe iiii "$ear" 60 20 7
hears ' /subscribed iii '"$ear"' 60 15' "a subscription is confirmed"
hears ' /stage/2/gain/text s "36.0 dB"' "and followed by every value"
hears ' /stage/2/meter/out/db f -?[0-9]' "and by meters"
forget
osc_set /stage/pre/gain 30
hears ' /stage/2/fader f ' "a change of somebody else is told: fader"
hears ' /stage/2/gain f 30.0' "gain"
hears ' /stage/2/gain/text s "30.0 dB"' "and text"

# ---- chains ----
forget
sleep 1
say /chain/load s bad
hears ' /error sss "/chain/load" ".*" ".*mster.*master' "a bad chain is refused with its reason"
is "$(osc_get /chain/name)" "$(sed -n 's/.*"name": "\([^"]*\)".*/\1/p' "$chains/live.json" | head -n 1)" \
    "and the old one plays on"
say /chain/load s ../../etc/passwd
hears ' /error sss "/chain/load" "out-of-range"' "a path is no name"
say /chain/load s thre
hears ' /error sss "/chain/load" "no-file" ".*three' "an unknown name meets the nearest"
say /chain/load s three
hears ' /chain/load s "three"' "a good chain is loaded"
hears ' /stage/list isssfffs 1 "vox"' "subscribers are told its stages"
osc_set /stage/main/gain -7
is "$(osc_set /chain/save '')$?" 65 "an empty name is refused"
osc_set /chain/save kept >/dev/null
grep -q '"gain_db": -7' "$work/chains/kept.json"
is $? 0 "a chain is saved with today's values"
"$gainstage" check "$work/chains/kept.json" >/dev/null
is $? 0 "and is one"

# ---- the tool ----
osc_get /stage/nothing/gain >/dev/null 2>"$work/error"
is $? 65 "get ends with 65 when refused"
osc_set /stage/main/gain 99 2>"$work/error"
grep -q '^/stage/main/gain: 10 is the nearest' "$work/error"
is $? 0 "set says what it became: $(cat "$work/error")"
watch_once() {
    timeout 60 "$gainstage" watch --wait 30 --port "$osc_port" --once "$@"
}
is "$(watch_once | wc -l)" "$(("$(osc_get /stage/list | wc -l)" + 1))" "watch --once prints a line for each stage"
cp "$chains/tone.json" "$work/chains/tone.json"
osc_set /chain/load tone >/dev/null
for scale in vu ppm ppm1 ppm2a ppm2b k20 k14 k12 lufs; do
    is "$(watch_once --scale $scale | tail -n +3 | grep -c -E ' -?[0-9]+\.[0-9]')" 2 \
        "watch --scale $scale: a line of numbers for each stage"
done
osc_set /chain/load three >/dev/null
watch_once --scale kufs 2>"$work/error"
is $? 64 "a scale that is none is refused: $(cat "$work/error")"
timeout 20 "$gainstage" get --port "$(free_port)" /info 2>/dev/null
is $? 71 "get ends with 71 when nobody answers"

# ---- does my OSC arrive? ----
"$gainstage" log --wait 30 --port "$osc_port" >"$work/log" 2>&1 &
log=$!
"$gainstage" log --wait 30 --port "$osc_port" --json --refused >"$work/log.json" 2>&1 &
log_json=$!
# Said until both listen; what each has shown by then does not count.
logs_listen() {
    say /stage/nobody/gain f 1
    grep -q /stage/nobody "$work/log" && grep -q /stage/nobody "$work/log.json"
}
wait_for 60 logs_listen
say /stage/main/gain f -12
say /stage/main/gian f -12
wait_for 60 grep -q /stage/main/gian "$work/log"
wait_for 60 grep -q /stage/main/gian "$work/log.json"
kill -INT "$log" "$log_json"
wait "$log"
is $? 0 "log ends well"
wait "$log_json"
timeout 60 "$gainstage" log --wait 30 --port "$osc_port" --seconds 1 >/dev/null
is $? 0 "and by itself after its seconds"
grep -Eq '^[0-9:.]{12}  127\.0\.0\.1:[0-9]+ +/stage/main/gain f -12  ok$' "$work/log"
is $? 0 "log shows what was accepted: $(grep -c . "$work/log") lines"
is "$(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    row = json.loads(line)
    if row["address"] != "/stage/nobody/gain":
        print(row["address"], row["arguments"], row["verdict"])' "$work/log.json")" \
    "/stage/main/gian f -12 unknown-address" "and in JSON what was not"

# ---- hostile ----
before=$(awk '/VmRSS/ { print $2 }' "/proc/$daemon_pid/status")
"$tools/osc_flood" "$osc_port" 600 20000 /stage/main/gain -20 0 >/dev/null &
flood=$!
sleep 0.5
python3 - "$osc_port" >"$work/ping" <<'PY'
import socket, struct, sys, time
port = int(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
worst = lost = 0
s.sendto(b"/set_reply_port\0,i\0\0\0\0\0\0", ("127.0.0.1", port))  # here, whatever others of this host said
bomb = (b"/" * 2000 + b"*" * 2000 + b"q").ljust(4004, b"\0") + b",\0\0\0"
stars = (b"/stage/" + b"*?" * 60 + b"Z/gain").ljust(136, b"\0") + b",\0\0\0"
future = b"#bundle\0" + struct.pack(">II", 0xffffffff, 0) + struct.pack(">I", 12) + b"/ping\0\0\0,\0\0\0"
for i in range(40):
    for hostile in (bomb, stars, future, b"/b\0\0,b\0\0", b"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0"):
        s.sendto(hostile, ("127.0.0.1", port))
    t = time.monotonic()
    data = b""
    while not (data.startswith(b"/pong") and data[-4:] == struct.pack(">i", i)):
        if not data:  # what the kernel's full queue loses is asked again
            s.sendto(b"/ping\0\0\0,i\0\0" + struct.pack(">i", i), ("127.0.0.1", port))
        try:
            data = s.recv(4096)
        except socket.timeout:
            data, lost = b"", lost + 1
            if time.monotonic() > t + 60:
                raise
    worst = max(worst, time.monotonic() - t)
    time.sleep(0.05)
print("worst_ms=%.1f lost=%d" % (worst * 1000, lost))
PY
is $? 0 "/ping is answered under hostile traffic: $(cat "$work/ping")"
kill "$flood"
wait "$flood"
after=$(awk '/VmRSS/ { print $2 }' "/proc/$daemon_pid/status")
[ $((after - before)) -lt 2048 ]
is $? 0 "memory stays flat: $before, then $after kB"
if [ -r "/proc/$daemon_pid/net/udp" ]; then
    hex=$(printf '%04X' "$osc_port")
    is "$(awk -v p=":$hex" '$2 ~ p "$" { print $2 }' /proc/net/udp)" "0100007F:$hex" "only the loopback is bound"
fi
kill "$ear_pid"
daemon_end
is "$daemon_status" 0 "the daemon ends well"
tap_end
