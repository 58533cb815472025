#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Recorded speech goes in at in_1 and comes out at out_1 with the gain that the chain's numbers say, the same to the
# last bit as the offline render; the meters say what the samples say. At both families of
# sample rates.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
[ -f "$speech" ] || {
    [ "${CI:-}" = true ] || skip_all "no recorded speech: alsa-utils is not installed"
    not_ok "recorded speech is installed (alsa-utils)"
    tap_end
}

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

# verdict NAME TEXT
verdict() {
    local got
    "$gainstage" render "$chain" -o "$work/$1.ref.wav" --input "mic=$work/$1.in.wav" --quiet 2>"$work/render.log"
    got=$("$tools/wav_compare" "$work/$1.in.wav" 1 "$work/$1.wav" 1)
    within "$(field gain_db "$got")" "$gain" 0.02
    is $? 0 "$2: gain is $(field gain_db "$got") dB, predicted $gain +-0.02"
    got=$("$tools/wav_compare" "$work/$1.ref.wav" 1 "$work/$1.wav" 1)
    awk -v r="$(field residual_db "$got")" 'BEGIN { exit !(r != "" && r < -120) }'
    is $? 0 "$2: differs from the offline render by $(field residual_db "$got") dBFS, at most -120"
    got=$("$tools/wav_compare" "$work/$1.wav" 1 "$work/$1.wav" 2)
    is "$(field residual_db "$got")" -999.00 "$2: both sides are equal"
}

# meters_follow_speech NAME: the highest of all readings while speech is played (each looks back 100 ms) is the highest
# of the samples. Where this machine leaves too long between two readings, it is played again.
meters_follow_speech() {
    local got peak readings try
    for try in 1 2 3 4 5; do
        while :; do
            osc_get /stage/main/meter/out/db
        done >"$work/readings" 2>/dev/null &
        readings=$!
        round_trip "$1"
        kill "$readings"
        wait "$readings" 2>/dev/null
        got=$("$tools/wav_compare" "$work/$1.wav" 1 "$work/$1.wav" 1)
        peak=$(sort -g "$work/readings" | tail -n 1)
        within "$peak" "$(field peak_db "$got")" 0.05 && break
    done
    within "$peak" "$(field peak_db "$got")" 0.05
    is $? 0 "$rate Hz: highest reading $peak dBFS, highest sample $(field peak_db "$got") (try $try)"
}

# meters_agree: a steady tone; what the meters read at once against what was recorded at the stage's tap. The
# preamp's wire is in dBu, its tap in full scale: +18 dBu is 0 dBFS.
meters_agree() {
    local stage tap offset reading got
    "$gainstage" render "$chains/tone.json" --quiet --seconds 3 --rate "$rate" -o "$work/tone.wav"
    while read -r stage tap offset; do
        "$tools/jack_player" -c "$client" -l "$tap" "$work/tone.wav" "$work/tap.wav" >/dev/null 2>&1 &
        sleep 2
        reading=$(osc_get "/stage/$stage/meter/out/db")
        got=$(osc_get "/stage/$stage/meter/out/rms")
        wait $!
        set -- "$reading" "$got" "$("$tools/wav_compare" "$work/tap.wav" 1 "$work/tap.wav" 1)"
        within "$1" "$(awk -v x="$(field peak_db "$3")" -v o="$offset" 'BEGIN { print x + o }')" 0.05
        is $? 0 "$rate Hz, $stage: peak reads $1, samples say $(field peak_db "$3") + $offset"
        within "$2" "$(awk -v x="$(field rms_db "$3")" -v o="$offset" 'BEGIN { print x + o }')" 0.05
        is $? 0 "$rate Hz, $stage: RMS reads $2, samples say $(field rms_db "$3") + $offset"
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
    wait_for 20 running
    round_trip "free$rate" -f
    is $? 0 "speech is played at $rate Hz, freewheeling"
    verdict "free$rate" "$rate Hz"

    # In real time a busy machine may lose a period; then it is played again.
    for _ in 1 2 3 4 5; do
        round_trip "real$rate"
        grep -q 'xruns=0' "$work/real$rate.log" && break
    done
    if grep -q 'xruns=0' "$work/real$rate.log"; then
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
