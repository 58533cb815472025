#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that comes back as another one. At another rate JACK is told the latency in today's frames, and a chain
# whose sound file has gone meanwhile cannot be made for it and is silent instead of playing at the wrong pitch. Where
# ports run out, those that are given are used.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"

"$gainstage" render "$chains/tone.json" --seconds 1 --quiet -o "$work/take.wav" || exit 99
cp "$work/take.wav" "$work/played.wav"
cat >"$work/take.json" <<'END'
{ "gainstage": 1, "name": "take", "stages": [
  { "id": "take", "kind": "source", "signal": "file", "file": "take.wav", "domain": "digital" },
  { "id": "out", "kind": "master", "limiter": true, "lookahead_ms": 5 } ] }
END
# What out_1 adds to what comes in: of inputs that are connected to nothing that is nothing.
latency() {
    timeout 20 jack_lsp -l "$client:out_1" | sed -n 's/.*capture latency = \[ \([0-9]*\) .*/\1/p'
}
latency_is() {
    [ "$(latency)" = "$1" ]
}
heard() {
    "$tools/jack_player" -c "$client" -r 0 "$work/played.wav" "$work/heard.wav" >/dev/null 2>&1 &&
        "$gainstage" measure --json "$work/heard.wav" | tr -d '\t\n' | sed 's/.*"sample_peak_dbfs":\([^,]*\),.*/\1/'
}
# A machine that loses periods may lose all of a second's.
file_is_heard() {
    peak=$(heard)
    within "$peak" -20 1
}

server_start 48000 || { not_ok "jackd starts" "$(cat "$work/jackd.log")"; tap_end; }
daemon_start --connect none "$work/take.json"
wait_for 60 running
wait_for 60 latency_is 240
is "$?" 0 "5 ms are 240 frames at 48 kHz: $(latency)"
attempts 10 file_is_heard
is "$?" 0 "the file is heard: $peak"

before=$(said 'running at')
server_end TERM
server_start 96000
wait_for 60 running "$before"
wait_for 60 latency_is 480
is "$?" 0 "and 480 at 96 kHz: $(latency)"

before=$(said 'running at')
server_end TERM
mv "$work/take.wav" "$work/gone.wav"
server_start 44100
wait_for 60 running "$before"
wait_for 60 grep -q 'cannot be compiled.*: silence' "$work/daemon.log"
is "$?" 0 "a file that has gone is said"
is "$(heard)" null "and nothing is heard"
osc_set /panic 1 >/dev/null
mv "$work/gone.wav" "$work/take.wav"
loads=$(said 'chain "take"')
kill -HUP "$daemon_pid"
wait_for 60 said_again 'chain "take"' "$loads"
is "$(heard)" null "a chain that can be played does not end a panic"
osc_set /panic/off 1 >/dev/null
attempts 10 file_is_heard
is "$?" 0 "when it is back and the chain is loaded again, it is heard again: $peak"
daemon_end
is "$daemon_status" 0 "ends well"
server_end TERM

# A server with few ports left: 40 inputs are wanted, 32 ports are all there are.
{
    echo '{ "gainstage": 1, "name": "wide", "stages": ['
    for i in $(seq 40); do
        echo "{ \"id\": \"s$i\", \"kind\": \"source\", \"signal\": \"jack\", \"domain\": \"digital\" },"
    done
    echo '{ "id": "tone", "kind": "source", "signal": "sine", "domain": "digital", "level_dbfs": -20 },'
    echo '{ "id": "out", "kind": "master" } ] }'
} >"$work/wide.json"
: >"$work/daemon.log"
server_with -R -p 32 -d dummy -r 48000 -p 256
daemon_start --connect none "$work/wide.json"
wait_for 60 running
wait_for 60 grep -q 'gives us no port in_' "$work/daemon.log"
is "$?" 0 "a server without ports left is said"
is "$(timeout 20 jack_lsp | grep -c "$client:\(out_1\|out_2\|in_1\)\$")" 3 "outputs and the first inputs are there"
plays() { within "$(osc_get /stage/tone/meter/out/peak)" -20 0.1; }
wait_for 60 plays # the first bin of the meters may be under way
is "$?" 0 "and it plays"
daemon_end
server_end TERM
tap_end
