#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The meters of a live wire over time, written by the tool while speech is played and recorded: the same series as
# `measure` makes of the recording, up to the tick.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
[ -f "$speech" ] || {
    [ "${CI:-}" = true ] || skip_all "no recorded speech: alsa-utils is not installed"
    not_ok "recorded speech is installed (alsa-utils)"
    tap_end
}

# column FILE NAME: the numbers of a column, a blank line where it is empty
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) n = i; next } { print $n }' "$1"
}
highest() {
    column "$1" "$2" | grep . | sort -g | tail -n 1
}
last() {
    column "$1" "$2" | tail -n 1
}

server_start 48000 256 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
daemon_start --connect none "$chains/speech.json"
wait_for 20 running

record() {
    timeout 30 "$gainstage" record-meters main --port "$osc_port" "$@"
}
# A machine that loses a period loses it for the recording alone: then it is played again.
for _ in 1 2 3 4 5; do
    "$gainstage" record-meters main --port "$osc_port" --series 20 --csv "$work/live.csv" --seconds 60 &
    recorder=$!
    sleep 0.5
    "$tools/jack_player" -c "$client" -r 0.5 "$speech" "$work/out.wav" >"$work/player.log" 2>&1
    kill -TERM "$recorder"
    wait "$recorder"
    status=$?
    grep -q 'xruns=0' "$work/player.log" && break
done
is "$status" 0 "an interrupted recording ends well"
"$gainstage" measure "$work/out.wav" --quiet --series 20 --csv "$work/file.csv" >/dev/null
is "$(head -n 1 "$work/live.csv")" "$(head -n 1 "$work/file.csv")" "the same columns as measure --series"
is "$(awk -F, 'NF != 26' "$work/live.csv" | wc -l)" 0 "every row has them all"
is "$(grep -c -i -E 'nan|inf' "$work/live.csv")" 0 "no number that is none"
is "$(awk -F, 'NR > 2 { d = $1 - t; if (d < 0.0393 || d > 0.0607) n++ } { t = $1 } END { print n + 0 }' \
    "$work/live.csv")" 0 "a row each twentieth of a second, to the bin"
# Held from the beginning: no tick in them. Integrated loudness of one second of speech stands on ten blocks of a grid
# that lies elsewhere in the recording.
for column in sp_dbfs:0.01 tp_dbtp:0.01 i_lufs:0.6; do
    name=${column%:*}
    within "$(last "$work/live.csv" "$name")" "$(last "$work/file.csv" "$name")" "${column#*:}"
    is $? 0 "$name: $(last "$work/live.csv" "$name") live, $(last "$work/file.csv" "$name") recorded"
done
# The highest of the ticks: a tick of 50 ms late costs a momentary reading 10 log10(1 - 0.05 / 0.8) dB, a PPM of type
# II 24 dB in 2.8 s, one of type I 20 dB in 1.7 s.
for column in m_lufs:0.28 s_lufs:0.1 ppm2_dbfs:0.43 ppm1_dbfs:0.59; do
    name=${column%:*}
    within "$(highest "$work/live.csv" "$name")" "$(highest "$work/file.csv" "$name")" "${column#*:}"
    is $? 0 "$name: at most $(highest "$work/live.csv" "$name") live, $(highest "$work/file.csv" "$name") recorded"
done
is "$(record --series 50 --csv - --point in --seconds 1 | wc -l)" 51 "--seconds ends it, - is standard output"
record --series 200 --csv "$work/fine.csv" --seconds 1
is "$(awk -F, 'NR > 1 && $1 <= t { n++ } NR > 1 { t = $1 } END { print NR - 1, n + 0 }' "$work/fine.csv")" "200 0" \
    "two hundred rows a second, each a later one"
record --series 10 --csv "$work/none.csv" --point middle 2>/dev/null
is $? 64 "a point that is none is refused"
timeout 30 "$gainstage" record-meters mian --port "$osc_port" --series 10 --csv "$work/none.csv" 2>"$work/error"
is $? 65 "so is a stage that is none"
grep -q "did you mean 'main'" "$work/error"
is $? 0 "with the nearest: $(cat "$work/error")"
record --series 10 --csv /dev/null --seconds 60 2>"$work/error" &
recorder=$!
sleep 0.5
daemon_end
wait "$recorder"
is $? 71 "a daemon that ends ends the recording: $(cat "$work/error")"
server_end TERM
tap_end
