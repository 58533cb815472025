#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The daemon and the OSC libraries that people write their rooms with: liblo's Python binding, the three of npm, and
# Pure Data. Each sets, gets, subscribes, hears meters and is told of an error. (osc.sh has oscsend and oscdump.)
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need node
need npm
need pd
peers=$abs_top_srcdir/tests/integration/peers
/usr/bin/python3 -c 'import liblo' 2>/dev/null || need python3-liblo

# The libraries at the versions of the lock file, once a build. They must lie above the scripts that import them.
modules=${abs_top_builddir:?}/tests/integration/npm
if ! cmp -s "$peers/package-lock.json" "$modules/installed"; then
    rm -rf "$modules"
    mkdir -p "$modules"
    cp "$peers/package.json" "$peers/package-lock.json" "$peers/.npmrc" "$modules"
    if ! npm ci --prefix "$modules" >"$modules/log" 2>&1; then
        [ "${CI:-}" = true ] || skip_all "npm cannot install the peers: $(tail -n 1 "$modules/log")"
        not_ok "npm installs the peers" "$(cat "$modules/log")"
        tap_end
    fi
    cp "$peers/package-lock.json" "$modules/installed"
fi
cp "$peers"/*.mjs "$modules"

server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none "$chains/live.json"
wait_for 60 running
is $? 0 "the daemon runs"

# converses NAME COMMAND...: the peer prints its results as lines "ok TEXT" and "not ok TEXT"
converses() {
    local name=$1 lines=0
    shift
    while read -r line; do
        case $line in
        "ok "*) ok "$name ${line#ok }" ;;
        *) not_ok "$name ${line#not ok }" ;;
        esac
        lines=$((lines + 1))
    done < <(timeout 300 "$@" 2>&1)
    [ "$lines" -ge "${expected_lines:-8}" ]
    is $? 0 "$name came to the end: $lines results"
}

converses "liblo for Python" /usr/bin/python3 "$peers/python3.py" "$osc_port"
converses "osc of npm" node "$modules/osc.mjs" "$osc_port"
converses "osc of npm over TCP" node "$modules/osc-tcp.mjs" "$osc_port"
converses "node-osc of npm" node "$modules/node-osc.mjs" "$osc_port"
free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
converses "osc-js of npm" node "$modules/osc-js.mjs" "$osc_port" "$(free_port)"

if [ "$(said 'page at')" -gt 0 ]; then
    converses "osc of npm over WebSocket" node "$modules/osc-ws.mjs" "$osc_port"
    "$gainstage" osc --json "$chains/live.json" >"$work/reference.json"
    expected_lines=5 converses "oscquery and ws of npm" node "$modules/oscquery.mjs" "$osc_port" "$work/reference.json"
fi

# Pure Data has no program text but a patch: it says its part by a clock and prints what it hears. Where it loses the
# processor, it says things at once that a second lies between: then it says them once more.
pd_heard() {
    grep -Eq "^heard: *((list|symbol) )?$1" "$work/pd"
}
pd_plays() {
    timeout 60 pd -nogui -noaudio -stderr -send "port $osc_port" "$peers/pd.pd" >"$work/pd" 2>&1
    pd_heard 'unsubscribed' && pd_heard 'stage 2 meter' && pd_heard 'stage 2 gain text' && pd_heard 'error' &&
        pd_heard 'stage pre gain'
}
pd_hears() {
    pd_heard "$1"
    is $? 0 "Pure Data $2"
}
attempts 10 pd_plays
pd_hears 'stage pre gain 31.5$' "sets a float and gets it back"
pd_hears 'error /stage/pre/gian unknown-address' "is told what is wrong"
pd_hears 'subscribed [0-9]+ 60' "subscribes"
pd_hears 'stage 2 gain text 31.5.{1,2}dB' "is sent every value"
pd_hears 'stage 2 meter out db -[0-9]' "hears meters"
pd_hears 'unsubscribed' "ends its subscription"

daemon_end
is "$daemon_status" 0 "the daemon ends well"
tap_end
