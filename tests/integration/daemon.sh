#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The daemon and a server, the ordinary days: starting without one, ports that follow the chain, taps, names, latency,
# a chain file that becomes faulty, two instances, a server of its own, and the ways to end.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"

# ports [CLIENT]: sorted, in one line
ports() {
    timeout 20 jack_lsp | sed -n "s/^${1:-$client}://p" | sort | tr '\n' ' '
}
# have_ports PORTS [CLIENT]
have_ports() {
    [ "$(ports "${2:-$client}")" = "$1" ]
}
said_second() {
    [ "$(grep -c 'running at' "$work/second.log")" -gt "$1" ]
}
no_server() {
    ! timeout 20 jack_lsp -s "$1" >/dev/null 2>&1
}

# ---- what is refused before JACK hears of us ----
refused() {
    local status
    timeout 60 "${no_path[@]}" "$gainstaged" --osc-port 0 "${@:2}" >"$work/refused.log" 2>&1
    status=$?
    is "$status" "$1" "exit status $1: ${*:2}"
}
echo '{' >"$work/broken.json"
no_path=()
refused 64 --nonsense
refused 64
refused 64 --connect perhaps "$chains/live.json"
refused 64 --out-ceiling 3 "$chains/live.json"
refused 64 --name a:b "$chains/live.json"
refused 65 "$work/broken.json"
refused 66 no-such-chain
refused 64 --osc-bind not-an-address "$chains/live.json"
no_path=(env PATH=/nonexistent)
refused 69 --server "$JACK_DEFAULT_SERVER" --start-server "$chains/live.json"

# ---- no server yet ----
cp "$chains/live.json" "$work/chain.json"
daemon_start --connect none --taps "$work/chain.json"
wait_for 60 said_again 'no audio: no server runs; waiting' 0
is $? 0 "says that it waits for a server"
sleep 2
is "$(said 'no audio')" 1 "and says it once"
server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
wait_for 60 running
is $? 0 "finds the server that comes later"
wait_for 60 audio_is "active 48000 256 *"
is $? 0 "and tells the truth about it over OSC: $(osc_get /audio)"
first="in_1 out_1 out_2 tap_ad tap_fader_1 tap_fader_2 tap_main_1 tap_main_2 tap_mic tap_pre "
wait_for 60 have_ports "$first"
is "$(ports)" "$first" "has the chain's ports and taps"
is "$(jack_lsp -c "$client" | grep -c '^   ')" 0 "connects nothing with --connect none"
if command -v jack_property >/dev/null; then
    named() { [[ $(timeout 20 jack_property -p -l "$client:in_1") == *'pretty-name value: Mic 1 '* ]]; }
    # They come behind the ports. JACK keeps those of all servers in one place, by numbers that two servers give alike:
    # a client of another server may take ours along when it goes.
    names_seen() {
        wait_for 10 named && return
        before=$(said 'running at')
        server_end TERM
        server_start 48000 256
        wait_for 60 running "$before"
        wait_for 60 have_ports "$first"
        false
    }
    attempts 10 names_seen
    is $? 0 "ports have names for people"
fi
"$tools/jack_player" -c "$client" -f -l tap_pre -p "$work/in.wav" "$speech" "$work/out.wav" >/dev/null 2>&1
"$gainstage" render "$chains/live.json" --quiet --listen pre -o "$work/ref.wav" --input "mic=$work/in.wav"
got=$("$tools/wav_compare" "$work/ref.wav" 1 "$work/out.wav" 1)
is "$(field residual_db "$got")" -999.00 "a tap carries its stage's output"

# What comes in on one side goes out on the other: the dummy driver captures with one period of latency.
jack_connect system:capture_1 "$client:in_1"
jack_connect "$client:out_1" system:playback_1
latency() {
    timeout 20 jack_lsp -l "$client:$1" | sed -n "s/.*$2 latency = \[ \([0-9]*\) .*/\1/p"
}
latency_known() {
    [ "$(latency in_1 capture)" -gt 0 ] && [ "$(latency out_1 capture)" = "$(latency in_1 capture)" ] &&
        [ "$(latency in_1 playback)" = "$(latency out_1 playback)" ]
}
wait_for 60 latency_known
is "$(latency out_1 capture)" "$(latency in_1 capture)" "capture latency goes through"
is "$(latency in_1 playback)" "$(latency out_1 playback)" "playback latency goes through"
[ "$(latency in_1 capture)" -gt 0 ]
is $? 0 "and is not nothing: $(latency in_1 capture), $(latency out_1 playback) frames"

# ---- another chain ----
cp "$chains/three-inputs.json" "$work/chain.json"
kill -HUP "$daemon_pid"
three="in_1 in_2 in_3 out_1 out_2 tap_keys_1 tap_keys_2 tap_main_1 tap_main_2 tap_mix_1 tap_mix_2 tap_vox "
wait_for 60 have_ports "$three"
is "$(ports)" "$three" "inputs and taps follow the chain"
connected in_1 system:capture_1
is $? 0 "what was connected stays so"
cp "$work/broken.json" "$work/chain.json"
kill -HUP "$daemon_pid"
wait_for 60 grep -q 'the chain file is refused: the old chain plays on' "$work/daemon.log"
is $? 0 "a faulty chain file is refused"
wait_for 60 grep -q 'chain.json:2:1:' "$work/daemon.log"
is $? 0 "with file, line and column"
is "$(ports | wc -w)" 12 "and the ports stay"
cp "$chains/live.json" "$work/chain.json"
kill -HUP "$daemon_pid"
wait_for 60 have_ports "$first"
is "$(ports | wc -w)" 10 "the first chain again: its ports"

# ---- a second instance of the same name ----
setpriv --pdeathsig KILL "$gainstaged" --name "$client" --osc-port 0 --connect none "$chains/live.json" \
    2>"$work/second.log" &
second=$!
wait_for 60 said_second 0
wait_for 60 have_ports "in_1 out_1 out_2 " "$client-01"
is "$(ports "$client-01")" "in_1 out_1 out_2 " "a second instance gets a name with a number"
before=$(said 'running at') before_second=$(grep -c 'running at' "$work/second.log")
server_end KILL
server_start
wait_for 60 running "$before"
wait_for 60 said_second "$before_second"
wait_for 60 have_ports "$first"
wait_for 60 have_ports "in_1 out_1 out_2 " "$client-01"
is "$(ports "$client" | wc -w) $(ports "$client-01" | wc -w)" "10 3" "on a new server each has its name again"
kill -INT "$second"
wait "$second"
is $? 0 "SIGINT ends it well"
daemon_end
is "$daemon_status" 0 "SIGTERM ends it well"
wait_for 60 have_ports ""
is "$(ports)" "" "and leaves nothing behind"

# ---- what the kernel gives ----
server_end TERM
server_with -r -d dummy -p 1024
: >"$work/daemon.log"
daemon_start "$chains/live.json"
wait_for 60 grep -q 'audio thread: not realtime (SCHED_OTHER)' "$work/daemon.log"
is $? 0 "says so when the audio thread is not realtime"
daemon_end
server_end TERM

# ---- a server of its own ----
export JACK_DEFAULT_SERVER=gst$$none
: >"$work/daemon.log"
daemon_start --server "gst$$own" --start-server "$chains/live.json"
wait_for 60 running
is $? 0 "--start-server starts a server where none runs"
daemon_end
is "$daemon_status" 0 "and ends well"
wait_for 60 no_server "gst$$own"
is $? 0 "and the server with it"
: >"$work/daemon.log"
daemon_start --server "gst$$own" --start-server "$chains/live.json"
wait_for 60 running
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
daemon_pid=''
wait_for 60 no_server "gst$$own"
is $? 0 "a killed daemon leaves no server behind either"
tap_end
