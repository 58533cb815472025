#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Nothing in the process callback allocates, locks, calls the system, faults or works with denormals, while chains are
# loaded, gains swept, OSC flooded, ports connected, the period changed and the server replaced. First the guard shows
# that it catches each of these.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"

report() {
    head -n 1 "$work/report" 2>/dev/null
}
# guarded COMMAND...: its report
guarded() {
    rm -f "$work/report"
    timeout 120 env RTGUARD_WARMUP=50 RTGUARD_REPORT="$work/report" LD_PRELOAD="$tools/rtguard.so" "$@" >>"$work/guarded.log" 2>&1
    report
}

server_start || { not_ok "jackd starts" "$(cat "$work/jackd.log")"; tap_end; }

# Of a few clients that do nothing wrong one at least has nothing to report: the kernel, too, may touch a page.
guard_is_content() {
    got=$(guarded "$tools/rtguard_bad" none)
    [[ $got == *"allocations=0 locks=0 syscalls=0 faults=0 switches=0 denormals=0"* ]]
}
attempts 5 guard_is_content
is "$(sed -E 's/.*(allocations.*denormals=[0-9]+).*/\1/' <<<"$got")" \
    "allocations=0 locks=0 syscalls=0 faults=0 switches=0 denormals=0" "the guard finds nothing where nothing is"
dispatch=$(sed -n 's/.*dispatch=\([a-z]*\).*/\1/p' <<<"$got")
while read -r what count; do
    if [ "$count" = syscalls ] && [ "$dispatch" = no ]; then
        ok "the guard catches $what # SKIP this kernel does not dispatch system calls to user space"
        continue
    fi
    got=$(guarded "$tools/rtguard_bad" "$what")
    [ "$(field "$count" "$got")" -ge 200 ]
    is $? 0 "the guard catches $what ($count=$(field "$count" "$got"))"
done <<END
malloc allocations
mutex locks
write syscalls
asm syscalls
fault faults
denormals denormals
END

# The daemon, and everything at once. The chains are copied away from their data sheets.
export GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
cp "$chains/live.json" "$work/chain.json"
daemon_env=(env RTGUARD_REPORT="$work/report" LD_PRELOAD="$tools/rtguard.so")
rm -f "$work/report"
daemon_start --taps --chain-dir "$abs_top_srcdir/chains" "$work/chain.json"
wait_for 60 running || not_ok "the daemon finds the server" "$(cat "$work/daemon.log")"

"$tools/osc_flood" "$osc_port" 600 3000 /stage/pre/gain_db 0 60 >"$work/flood.log" &
flood=$!
"$tools/osc_flood" "$osc_port" 600 300 /stage/2/mute 0 1 >/dev/null &
switches=$!
# Somebody hears one wire after the other.
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$abs_top_srcdir/tests/integration timeout 600 \
    python3 - "$osc_port" >"$work/sound.log" 2>&1 <<'PY' &
import socket, sys, time
from door_ws import WebSocket, osc
client, frames, asked = WebSocket(int(sys.argv[1])), 0, 0
try:
    while True:
        if time.monotonic() - asked > 0.2:
            asked = time.monotonic()
            client.send(osc("/pcm", str(1 + int(asked * 5) % 3), ("real", "ideal", "error")[int(asked) % 3]))
        data = client.receive()[1]
        frames += data[:4] == b"PCM1" and int.from_bytes(data[20:24], "little")
        print(frames, flush=True)
except (OSError, EOFError):
    pass
PY
listener=$!
all=("$chains"/*.json "$abs_top_srcdir"/chains/*.json)
# hears FRAMES: so much has been heard
hears() {
    [ "$(tail -n 1 "$work/sound.log")" -gt "$1" ]
}
for round in $(seq 24); do
    cp "${all[$((round % ${#all[@]}))]}" "$work/chain.json"
    loads=$(said '^gainstaged: chain ')
    kill -HUP "$daemon_pid"
    # Signals that come before the one before was served are one signal.
    wait_for 60 said_again '^gainstaged: chain ' "$loads"
    case $round in
    8) jack_bufsize 64 >/dev/null 2>&1 ;;
    12) jack_bufsize 1024 >/dev/null 2>&1 ;;
    16)
        before=$(said 'running at')
        server_end KILL
        server_start 44100
        wait_for 60 running "$before"
        ;;
    esac
    sleep 0.3
done
! grep -q 'page at' "$work/daemon.log" || wait_for 60 hears 20000
kill "$flood" "$switches"
wait "$flood" "$switches"
loads=$(said '^gainstaged: chain ')
daemon_end
is "$daemon_status" 0 "the daemon ends well"
wait "$listener"
if grep -q 'page at' "$work/daemon.log"; then
    hears 20000
    is $? 0 "somebody has heard the wires: $(tail -n 1 "$work/sound.log") frames"
fi
[ "$loads" -gt 20 ]
is $? 0 "$loads chains were loaded, $(field sent "$(cat "$work/flood.log")") messages sent"
got=$(report)
[ "$(field callbacks "$got")" -gt 500 ]
is $? 0 "callbacks were judged: $got"
# The kernel moves locked pages, too, when it compacts memory, and who touches one meanwhile has a fault (Linux,
# Documentation/admin-guide/sysctl/vm.rst, compact_unevictable_allowed). Ours would come with each of the chains.
allowed() {
    [ "$1" = faults ] && [ "$(cat /proc/sys/vm/compact_unevictable_allowed 2>/dev/null)" != 0 ] && echo 2 || echo 0
}
for count in allocations locks syscalls faults switches denormals; do
    if [ "$(field $count "$got")" -le "$(allowed $count)" ]; then
        ok "no $count in the process callback"
    else
        not_ok "no $count in the process callback" "$(cat "$work/report")"
    fi
done
tap_end
