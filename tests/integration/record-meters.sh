#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The meters of a live wire over time, written by the tool while speech is played and recorded: the same series as
# `measure` makes of the recording, up to the tick.
# shellcheck disable=SC2317 # wait_for and its like call functions
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
wait_for 60 running

record() {
    timeout 300 "$gainstage" record-meters main --wait 30 --port "$osc_port" "$@"
}
# rows FILE: how many there are
rows() {
    [ -f "$1" ] && wc -l <"$1"
}
recording() {
    [ "$(rows "$1")" -gt 3 ]
}
# off_the_grid FILE: rows that are not a twentieth of a second behind the one before, to the bin
off_the_grid() {
    awk -F, 'NR > 2 { d = $1 - t; if (d < 0.0393 || d > 0.0607) n++ } { t = $1 } END { print n + 0 }' "$1"
}
# Held from the beginning: no tick in them. Integrated loudness of one second of speech stands on ten blocks of a grid
# that lies elsewhere in the recording.
held='sp_dbfs:0.01 tp_dbtp:0.01 i_lufs:0.6'
# The highest of the ticks: a tick of 50 ms late costs a momentary reading 10 log10(1 - 0.05 / 0.8) dB, a PPM of type
# II 24 dB in 2.8 s, one of type I 20 dB in 1.7 s.
ticked='m_lufs:0.28 s_lufs:0.1 ppm2_dbfs:0.43 ppm1_dbfs:0.59'
# same_column HOW NAME:TOLERANCE: how is what is compared of a column
same_column() {
    within "$("$1" "$work/live.csv" "${2%:*}")" "$("$1" "$work/file.csv" "${2%:*}")" "${2#*:}"
}
# plays: records the meters of speech; whether all is well. A machine that loses a period loses it for the recording
# alone, and one that loses a tick has a reading that is late: then it is played again.
plays() {
    local column
    rm -f "$work/live.csv"
    "$gainstage" record-meters main --wait 30 --port "$osc_port" --series 20 --csv "$work/live.csv" --seconds 600 &
    recorder=$!
    wait_for 60 recording "$work/live.csv"
    "$tools/jack_player" -c "$client" -r 0.5 "$speech" "$work/out.wav" >"$work/player.log" 2>&1
    kill -TERM "$recorder"
    wait "$recorder"
    status=$?
    "$gainstage" measure "$work/out.wav" --quiet --series 20 --csv "$work/file.csv" >/dev/null
    [ "$status" -eq 0 ] && grep -q 'xruns=0' "$work/player.log" && [ "$(off_the_grid "$work/live.csv")" -eq 0 ] || return
    for column in $held; do
        same_column last "$column" || return
    done
    for column in $ticked; do
        same_column highest "$column" || return
    done
}
attempts 20 plays
is "$status" 0 "an interrupted recording ends well"
is "$(head -n 1 "$work/live.csv")" "$(head -n 1 "$work/file.csv")" "the same columns as measure --series"
is "$(awk -F, 'NF != 26' "$work/live.csv" | wc -l)" 0 "every row has them all"
is "$(grep -c -i -E 'nan|inf' "$work/live.csv")" 0 "no number that is none"
is "$(off_the_grid "$work/live.csv")" 0 "a row each twentieth of a second, to the bin"
for column in $held; do
    name=${column%:*}
    same_column last "$column"
    is $? 0 "$name: $(last "$work/live.csv" "$name") live, $(last "$work/file.csv" "$name") recorded"
done
for column in $ticked; do
    name=${column%:*}
    same_column highest "$column"
    is $? 0 "$name: at most $(highest "$work/live.csv" "$name") live, $(highest "$work/file.csv" "$name") recorded"
done
is "$(record --series 50 --csv - --point in --seconds 1 | wc -l)" 51 "--seconds ends it, - is standard output"
record --series 200 --csv "$work/fine.csv" --seconds 1
is "$(awk -F, 'NR > 1 && $1 <= t { n++ } NR > 1 { t = $1 } END { print NR - 1, n + 0 }' "$work/fine.csv")" "200 0" \
    "two hundred rows a second, each a later one"
record --series 10 --csv "$work/none.csv" --point middle 2>/dev/null
is $? 64 "a point that is none is refused"
timeout 60 "$gainstage" record-meters mian --wait 30 --port "$osc_port" --series 10 --csv "$work/none.csv" 2>"$work/error"
is $? 65 "so is a stage that is none"
[ ! -e "$work/none.csv" ]
is $? 0 "and no file is left of it"
grep -q "did you mean 'main'" "$work/error"
is $? 0 "with the nearest: $(cat "$work/error")"
record --series 10 --csv "$work/end.csv" --seconds 600 2>"$work/error" &
recorder=$!
wait_for 60 recording "$work/end.csv"
daemon_end
wait "$recorder"
is $? 71 "a daemon that ends ends the recording: $(cat "$work/error")"
server_end TERM
tap_end
