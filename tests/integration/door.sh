#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# HTTP and WebSocket of a daemon that plays: friends and foes (door_crowd.py), then the PIN and the options.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need python3
"$gainstaged" --help | grep -q -- --http-port || skip_all "no --http-port"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$abs_top_srcdir/tests/integration

mkdir "$work/chains" "$work/web"
cp "$chains/live.json" "$work/chains/live.json"
cp "$chains/three-inputs.json" "$work/chains/three.json"
cat >"$work/chains/tone.json" <<'END'
{ "gainstage": 1, "name": "tone", "stages": [
  { "id": "src", "kind": "source", "domain": "line", "signal": "sine", "level_dbu": -10, "frequency_hz": 997 },
  { "id": "pre", "kind": "preamp", "gain_db": 20, "ein_dbu": -125 },
  { "id": "ad", "kind": "adc" }, { "id": "out", "kind": "master" } ] }
END
server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none --chain-dir "$work/chains" live
wait_for 60 running
if ! grep -q 'page at http://' "$work/daemon.log"; then
    skip_all "built without libwebsockets"
fi
while read -r verdict; do
    case $verdict in
    "ok - "*) ok "${verdict#ok - }" ;;
    "not ok - "*) not_ok "${verdict#not ok - }" ;;
    "# "*) echo "$verdict" ;;
    *) not_ok "door_crowd.py" "$verdict" ;;
    esac
done < <(timeout 900 python3 "$abs_top_srcdir/tests/integration/door_crowd.py" "$osc_port" "$daemon_pid" 2>&1 ||
    echo "not ok - door_crowd.py ends well: status $?")
wait_for 60 grep -q 'WebSocket of 127.0.0.1:.*: the rest is dropped' "$work/daemon.log"
grep -o 'WebSocket of 127.0.0.1:.*: the rest is dropped' "$work/daemon.log" | sort >"$work/floods"
is "$(sort -u "$work/floods" | wc -l):$(test -s "$work/floods" && echo said)" "$(wc -l <"$work/floods"):said" \
    "the log has one line of a flood"
daemon_end
is "$daemon_status" 0 "the daemon ends well"

# ---- a PIN, a port of its own, another name, a folder of files ----
: >"$work/daemon.log"
echo s3cret >"$work/pin"
echo '<html>of the folder</html>' >"$work/web/index.html"
daemon_start --connect none --http-pin "@$work/pin" --http-port 0 --http-host desk.example --web-dir "$work/web" \
    "$chains/live.json"
wait_for 60 running
http_port=$(sed -n 's|.*page at http://127.0.0.1:\([0-9]*\)/.*|\1|p' "$work/daemon.log")
[ -n "$http_port" ] && [ "$http_port" != "$osc_port" ]
is $? 0 "HTTP has a port of its own"
timeout 300 python3 - "$http_port" "$osc_port" >"$work/pin.log" 2>&1 <<'PY'
import socket, sys
from door_ws import WebSocket, osc
port, osc_port = int(sys.argv[1]), int(sys.argv[2])
w = WebSocket(port)
gain = w.ask("/stage/pre/gain")
w.send(osc("/stage/pre/gain", 1.0))
assert w.hear("/error")[1] == "pin"
assert w.ask("/stage/pre/gain") == gain
assert w.ask("/pin") == [0]
for _ in range(3):
    w.send(osc("/pin", "wrong"))
    assert w.hear("/error")[1] == "pin" and w.hear("/pin") == [0]
w.send(osc("/subscribe", 0, 10, 20, 15))
w.hear("/stage/pre/meter/out/db")
assert w.ask("/pin", "s3cret") == [1]
w.send(osc("/stage/pre/gain", 1.0))
assert abs(w.ask("/stage/pre/gain")[0] - 1) < 1e-6
assert WebSocket(port, {"Host": "desk.example", "Origin": "http://desk.example"}).status == 101
s = socket.create_connection(("127.0.0.1", port))
s.sendall(b"GET / HTTP/1.1\r\nHost: desk.example\r\nAccept: text/html\r\n\r\n")
answer = b""
while b"of the folder" not in answer:  # head and body may come apart
    part = s.recv(10000)
    assert part, answer
    answer += part
s = socket.create_connection(("127.0.0.1", osc_port))
s.sendall(b"GET / HTTP/1.1\r\nHost: desk.example\r\n\r\n")
try:
    assert s.recv(1000) == b"", "no HTTP on the port of OSC then"
except ConnectionResetError:
    pass
PY
is $? 0 "without the PIN a client may look, with it turn; another name; another folder" || cat "$work/pin.log"
sed 's/^/# /' "$work/pin.log"
daemon_end
is "$daemon_status" 0 "the daemon ends well"
tap_end
