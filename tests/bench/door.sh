#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What browsers cost: the share of one core that the control thread takes with no page open, and with 30 of them that
# get every value and the meters of a chain of 12 stages 20 times a second. The audio thread's share beside it. Then what
# one GET costs it, of the page, of the same page a second time, and of the whole tree, alone and 30 at once.
abs_top_srcdir=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
abs_top_builddir=${abs_top_builddir:-$PWD}
. "$abs_top_srcdir/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need python3
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$abs_top_srcdir/tests/integration

{
    printf '{ "gainstage": 1, "name": "twelve", "stages": [\n'
    printf '  { "id": "src", "kind": "source", "domain": "line", "signal": "pink", "level_dbu": -20, "channels": 2 },\n'
    printf '  { "id": "pre", "kind": "preamp", "gain_db": 20 }, { "id": "ad", "kind": "adc" },\n'
    for i in 1 2 3 4 5 6 7; do
        printf '  { "id": "trim%d", "kind": "gain", "gain_db": 0 },\n' "$i"
    done
    printf '  { "id": "fd", "kind": "fader", "gain_db": -3 }, { "id": "out", "kind": "master" } ] }\n'
} >"$work/twelve.json"
server_start 48000 256 || { cat "$work/jackd.log"; exit 1; }
daemon_start --connect none "$work/twelve.json"
wait_for 10 running || { cat "$work/daemon.log"; exit 1; }
timeout 60 python3 - "$osc_port" "$daemon_pid" <<'PY'
import os, select, socket, sys, time
from door_ws import WebSocket, osc
port, process = int(sys.argv[1]), sys.argv[2]
tick = os.sysconf("SC_CLK_TCK")


def used(task):
    fields = open("/proc/%s/task/%s/stat" % (process, task)).read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / tick


def share(seconds, clients):
    others = [t for t in os.listdir("/proc/%s/task" % process) if t != process]
    control, rest, began, bytes_in = used(process), sum(map(used, others)), time.monotonic(), 0
    poll = select.poll()
    sockets = {c.socket.fileno(): c.socket for c in clients}
    for s in sockets:
        poll.register(s, select.POLLIN)
    while time.monotonic() - began < seconds:
        for s, _ in poll.poll(100):
            bytes_in += len(sockets[s].recv(65536))
        time.sleep(0.005)
    took = time.monotonic() - began
    return (100 * (used(process) - control) / took, 100 * (sum(map(used, others)) - rest) / took, bytes_in / took)


seconds = 8
idle = share(seconds, [])
clients = [WebSocket(port) for _ in range(30)]
for c in clients:
    c.send(osc("/subscribe", 0, 600, 20, 15))
share(1, clients)
busy = share(seconds, clients)
print("30 pages, 12 stages, 20 Hz   control thread %.1f %% of a core (none open: %.1f %%, goal 5 %% more), other threads "
      "%.1f %% (%.1f %%), %.0f kB/s" % (busy[0], idle[0], busy[1], idle[1], busy[2] / 1000))
for c in clients:
    c.close()


def on_cpu():  # the control thread, in seconds
    return int(open("/proc/%s/task/%s/schedstat" % (process, process)).read().split()[0]) / 1e9


def ask(path, more=""):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n" % (path, more)).encode())
    return s


def answer(s):
    got, part = b"", b"x"
    while part:
        part = s.recv(1 << 18)
        got += part
    s.close()
    return got


time.sleep(1)
HTML = "Accept: text/html\r\n"
tag = [line[6:] for line in answer(ask("/", HTML)).decode("latin-1").split("\r\n") if line.lower().startswith("etag: ")]
again = HTML + ("If-None-Match: %s\r\n" % tag[0] if tag else "")
for name, path, more in (("/ (the page)", "/", HTML), ("/ (the page, known)", "/", again),
                         ("/ (the page, gzip)", "/", HTML + "Accept-Encoding: gzip\r\n"),
                         ("/app.js", "/app.js", ""), ("/ (the tree)", "/", ""), ("/?HOST_INFO", "/?HOST_INFO", "")):
    before = on_cpu()
    for _ in range(100):
        got = answer(ask(path, more))
    took = on_cpu() - before
    began = time.monotonic()
    crowd = [ask(path, more) for _ in range(30)]
    for s in crowd:
        answer(s)
    print("GET %-20s %7.3f ms of the control thread each, 30 at once in %5.0f ms, %7d bytes (%s)" % (
        name, 10 * took, 1000 * (time.monotonic() - began), len(got), got[9:12].decode()))
sys.exit(0 if busy[2] > 30000 else 1)
PY
status=$?
daemon_end
exit "$status"
