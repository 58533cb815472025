#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# PipeWire's JACK, headless, with a session of its own: the daemon connects to the sink, passes speech with the right
# gain, follows a change of quantum and of rate, and comes back when PipeWire is killed.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
for tool in pipewire wireplumber pw-jack pw-cli pw-metadata dbus-run-session; do
    command -v $tool >/dev/null || skip_all "$tool is not installed (Debian: pipewire pipewire-jack wireplumber dbus)"
done
if [ -z "${GST_SESSION_BUS:-}" ]; then
    # A bus of its own, so that no desktop's PipeWire is met.
    GST_SESSION_BUS=own exec dbus-run-session -- bash "$0"
fi
. "$abs_top_srcdir/tests/integration/jackd.sh"
rounds=${ROUNDS:-5}
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_RUNTIME_DIR=$work/run
export PIPEWIRE_RUNTIME_DIR=$work/run
mkdir -m 700 "$work/run"
# Without these folders wireplumber ends at once where no systemd runs.
[ -d /run/systemd/seats ] || mkdir -p /run/systemd/{seats,sessions,users,machines} 2>/dev/null ||
    skip_all "/run/systemd is missing and cannot be made: wireplumber does not run here"
LD_LIBRARY_PATH=$(pw-jack env | sed -n 's/^LD_LIBRARY_PATH=//p')
export LD_LIBRARY_PATH
unset JACK_DEFAULT_SERVER

manager_pid=''
pipewire_end() {
    kill -KILL "$server_pid" "$manager_pid" 2>/dev/null
    wait "$server_pid" "$manager_pid" 2>/dev/null
}
trap 'pipewire_end; finish' EXIT
null_sink() {
    pw-cli create-node adapter '{ factory.name=support.null-audio-sink node.name=sink media.class=Audio/Sink
        object.linger=true audio.position=[FL FR] }'
}
have_sink() {
    timeout 20 jack_lsp | grep -q sink:playback_FR
}
# The socket of a killed server would let the session manager start too early, and end.
pipewire_start() {
    rm -f "$work"/run/pipewire-0*
    setpriv --pdeathsig KILL pipewire >>"$work/pipewire.log" 2>&1 &
    server_pid=$!
    wait_for 60 test -S "$work/run/pipewire-0"
    setpriv --pdeathsig KILL wireplumber >>"$work/pipewire.log" 2>&1 &
    manager_pid=$!
    wait_for 60 null_sink
    wait_for 60 have_sink
}
descriptors() {
    find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l
}

if ! pipewire_start; then
    [ "${CI:-}" = true ] || skip_all "PipeWire does not run headless here: $(tail -n 1 "$work/pipewire.log")"
    not_ok "PipeWire runs headless" "$(cat "$work/pipewire.log")"
    tap_end
fi
daemon_start "$chains/speech.json"
wait_for 60 running
is $? 0 "finds PipeWire: $(sed -n 's/.*found a server (\([^)]*\)).*/\1/p' "$work/daemon.log" | head -n 1)"
if timeout 20 jack_lsp -p sink:playback_FL | grep -q physical; then
    wait_for 60 connected out_1 sink:playback_FL && wait_for 60 connected out_2 sink:playback_FR
    is $? 0 "connects to the sink by its flags"
else # PipeWire 1.x does not call a null sink physical
    jack_connect "$client:out_1" sink:playback_FL
    jack_connect "$client:out_2" sink:playback_FR
    wait_for 60 connected out_1 sink:playback_FL && wait_for 60 connected out_2 sink:playback_FR
    is $? 0 "is connected to the sink by hand"
    sleep 3
fi

# speech_passes: through the daemon, with the right gain and nothing added
speech_passes() {
    "$tools/jack_player" -c "$client" -p "$work/in.wav" "$speech" "$work/out.wav" >"$work/player.log" 2>&1
    got=$("$tools/wav_compare" "$work/in.wav" 1 "$work/out.wav" 1)
    within "$(field gain_db "$got")" "$gain" 0.02 && below "$(field residual_gain_db "$got")" -120
}
# play TEXT: a busy machine loses a period now and then, then again
play() {
    attempts 20 speech_passes
    within "$(field gain_db "$got")" "$gain" 0.02
    is $? 0 "$1: gain is $(field gain_db "$got") dB, predicted $gain"
    below "$(field residual_gain_db "$got")" -120
    is $? 0 "$1: nothing is added, residual $(field residual_gain_db "$got") dBFS"
}
gain=$(awk 'BEGIN { print 5 - 7.5 + 2 - 10 * log(2) / log(10) }') # see speech.sh
play "PipeWire"
pw-metadata -n settings 0 clock.force-quantum 128 >/dev/null
sleep 1
play "quantum 128"
pw-metadata -n settings 0 clock.force-quantum 0 >/dev/null
pw-metadata -n settings 0 clock.force-rate 44100 >/dev/null
wait_for 60 grep -q 'running at 44100 Hz' "$work/daemon.log"
is $? 0 "follows a change of the rate"
play "44.1 kHz"

# What the last server had may be under way still.
no_more_than() {
    [ "$(descriptors)" -le "$1" ]
}
back=0 restored=0
for round in $(seq "$rounds"); do
    before=$(said 'running at')
    pipewire_end
    pipewire_start
    wait_for 60 running "$before" && back=$((back + 1))
    wait_for 60 connected out_1 sink:playback_FL && wait_for 60 connected out_2 sink:playback_FR &&
        restored=$((restored + 1))
    [ "$round" -ne 2 ] || descriptors=$(descriptors)
done
is "$back" "$rounds" "comes back after each of $rounds kills"
is "$restored" "$rounds" "with its connections"
case $(sed -n 's/.*found a server (PipeWire \([0-9]*\).*/\1/p' "$work/daemon.log" | head -n 1) in
0)
    wait_for 60 no_more_than "$descriptors"
    is $? 0 "descriptors are flat: $descriptors, then $(descriptors)"
    ;;
*)
    # This library cannot close a client whose server has died, so it is left behind: 20 descriptors each at most.
    wait_for 60 no_more_than $((descriptors + 20 * (rounds - 2)))
    is $? 0 "descriptors grow by at most 20 with each death: $descriptors to $(descriptors)"
    ;;
esac
play "after $rounds deaths"
daemon_end
is "$daemon_status" 0 "ends well"
tap_end
