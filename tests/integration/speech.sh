#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Recorded speech goes in at in_1 and comes out at out_1 with the gain that the chain's numbers say, the same to the
# last bit as the offline render; the meters say what the samples say. At both families of
# sample rates.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
[ -f "$speech" ] || {
    [ "${CI:-}" = true ] || skip_all "no recorded speech: alsa-utils is not installed"
    not_ok "recorded speech is installed (alsa-utils)"
    tap_end
}

need python3

# The chain: preamp +5 dB, adc, trim -7.5 dB, fader +2 dB, a mono strip in the middle of a stereo bus (sine-cosine
# pan law: -10 log10 2 dB on each side), and an alignment that takes in and gives out full scale alike.
gain=$(awk 'BEGIN { print 5 - 7.5 + 2 - 10 * log(2) / log(10) }')
chain=$chains/speech.json

# round_trip NAME PLAYER-ARGUMENT...
round_trip() {
    local name=$1
    shift
    "$tools/jack_player" -c "$client" -r 0.2 -p "$work/$name.in.wav" "$@" "$speech" "$work/$name.wav" \
        >"$work/$name.log" 2>&1
}

# passes NAME: as verdict will say
passes() {
    round_trip "$1" || return
    "$gainstage" render "$chain" -o "$work/$1.ref.wav" --input "mic=$work/$1.in.wav" --quiet 2>"$work/render.log"
    within "$(field gain_db "$("$tools/wav_compare" "$work/$1.in.wav" 1 "$work/$1.wav" 1)")" "$gain" 0.02 &&
        below "$(field residual_db "$("$tools/wav_compare" "$work/$1.ref.wav" 1 "$work/$1.wav" 1)")" -120
}

# verdict NAME TEXT
verdict() {
    local got
    "$gainstage" render "$chain" -o "$work/$1.ref.wav" --input "mic=$work/$1.in.wav" --quiet 2>"$work/render.log"
    got=$("$tools/wav_compare" "$work/$1.in.wav" 1 "$work/$1.wav" 1)
    within "$(field gain_db "$got")" "$gain" 0.02
    is $? 0 "$2: gain is $(field gain_db "$got") dB, predicted $gain +-0.02"
    got=$("$tools/wav_compare" "$work/$1.ref.wav" 1 "$work/$1.wav" 1)
    below "$(field residual_db "$got")" -120
    is $? 0 "$2: differs from the offline render by $(field residual_db "$got") dBFS, at most -120"
    got=$("$tools/wav_compare" "$work/$1.wav" 1 "$work/$1.wav" 2)
    is "$(field residual_db "$got")" -999.00 "$2: both sides are equal"
}

# ask.py PORT STAGE: asks for the meters of a stage a hundred times a second, prints "db NUMBER" and "rms NUMBER"
cat >"$work/ask.py" <<'PY'
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", int(sys.argv[1])))
s.settimeout(0.01)
def text(t):
    return t.encode() + b"\0" * (4 - len(t) % 4)
asked = {text("/stage/%s/meter/out/%s" % (sys.argv[2], key)): key for key in ("db", "rms")}
s.send(text("/set_reply_port") + text(",i") + bytes(4))
while True:
    for address in asked:
        s.send(address + text(","))
    try:
        while True:
            answer = s.recv(4096)
            for address, key in asked.items():
                if answer.startswith(address + text(",f")):
                    print(key, "%.3f" % struct.unpack(">f", answer[-4:]), flush=True)
    except socket.timeout:
        pass
PY
# readings_begin STAGE; readings_end; highest KEY: of the readings in between
readings_begin() {
    setpriv --pdeathsig KILL python3 "$work/ask.py" "$osc_port" "$1" >"$work/readings" &
    readings=$!
    wait_for 60 grep -q rms "$work/readings"
}
readings_end() {
    kill "$readings"
    wait "$readings" 2>/dev/null
}
highest() {
    sed -n "s/^$1 //p" "$work/readings" | sort -g | tail -n 1
}
# samples FILE KEY [OFFSET]: what they say
samples() {
    awk -v x="$(field "$2" "$("$tools/wav_compare" "$1" 1 "$1" 1)")" -v o="${3:-0}" 'BEGIN { print x + o }'
}

# follows NAME: the highest of all readings while speech is played (each looks back 100 ms) is the highest of the
# samples. Where this machine leaves too long between two readings, or loses a period, it is played again.
follows() {
    readings_begin main
    round_trip "$1"
    readings_end
    within "$(highest db)" "$(samples "$work/$1.wav" peak_db)" 0.05
}
meters_follow_speech() {
    attempts 20 follows "$1"
    is $? 0 "$rate Hz: highest reading $(highest db) dBFS, highest sample $(samples "$work/$1.wav" peak_db)"
}

# agrees STAGE TAP OFFSET: a steady tone; what the meters read while it is played, which is never more, against what was
# recorded at the stage's tap.
agrees() {
    readings_begin "$1"
    "$tools/jack_player" -c "$client" -l "$2" "$work/tone.wav" "$work/tap.wav" >/dev/null 2>&1
    readings_end
    peak=$(samples "$work/tap.wav" peak_db "$3") rms=$(samples "$work/tap.wav" rms_db "$3")
    within "$(highest db)" "$peak" 0.05 && within "$(highest rms)" "$rms" 0.05
}
# The preamp's wire is in dBu, its tap in full scale: +18 dBu is 0 dBFS.
meters_agree() {
    local stage tap offset peak rms
    "$gainstage" render "$chains/tone.json" --quiet --seconds 1.5 --rate "$rate" -o "$work/tone.wav"
    while read -r stage tap offset; do
        attempts 20 agrees "$stage" "$tap" "$offset"
        within "$(highest db)" "$peak" 0.05
        is $? 0 "$rate Hz, $stage: peak reads $(highest db), samples say $peak with $offset"
        within "$(highest rms)" "$rms" 0.05
        is $? 0 "$rate Hz, $stage: RMS reads $(highest rms), samples say $rms with $offset"
    done <<END
mic tap_mic 18
pre tap_pre 18
fader tap_fader_1 0
main out_1 0
END
}

for rate in 48000 44100; do
    server_start $rate 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
    daemon_start --connect none --taps "$chain"
    wait_for 60 running
    round_trip "free$rate" -f
    is $? 0 "speech is played at $rate Hz, freewheeling"
    verdict "free$rate" "$rate Hz"

    # In real time a busy machine may lose a period; then it is played again. One that loses some each time is none to
    # judge by, unless it says itself that it lost none.
    spotless=0
    for _ in $(seq 20); do
        passes "real$rate" && break
        ! grep -q 'xruns=0' "$work/real$rate.log" || spotless=$((spotless + 1))
        [ "$spotless" -lt 5 ] || break
    done
    if grep -q 'xruns=0' "$work/real$rate.log" || passes "real$rate"; then
        verdict "real$rate" "$rate Hz in real time"
    else
        ok "$rate Hz in real time # SKIP this machine loses periods"
    fi
    meters_follow_speech "meter$rate"
    meters_agree
    daemon_end
    server_end TERM
    : >"$work/daemon.log"
done
tap_end
