#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Recorded speech goes in at in_1 and comes out at out_1 with the gain that the chain's numbers say, the same to the
# last bit as the offline render; the meters say what the samples say. At both families of sample rates, and while the
# period changes.
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

for rate in 48000 44100; do
    server_start $rate 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
    daemon_start --connect none "$chain"
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
    daemon_end
    server_end TERM
    : >"$work/daemon.log"
done
tap_end
