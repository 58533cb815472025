#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# gainstage predict, diagram and sweep from the command line: what they print, what they refuse, and that a sweep's
# line is the prediction of the same chain with the same values.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

gainstage=${abs_top_builddir:?}/gainstage
work=$(mktemp -d "${TMPDIR:-/tmp}/predict.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
cat >"$work/strip.json" <<'END'
{"gainstage":1,"name":"strip","stages":[
{"id":"src","kind":"source","domain":"line","signal":"sine","level_dbu":-40},
{"id":"pre","kind":"preamp","gain_db":40,"ein_dbu":-125,"max_output_dbu":20},
{"id":"ad","kind":"adc","dynamic_range_db":110},{"id":"out","kind":"master"}]}
END

refused() {
    local said status
    said=$("$gainstage" "${@:2}" 2>&1 >/dev/null)
    status=$?
    is "$status" 64 "exit status 64: ${*:2}"
    case $said in
    *"$1"*) ok "says: $1" ;;
    *) not_ok "says: $1" "$said" ;;
    esac
}
refused "did you mean 'gain_db'" predict "$work/strip.json" --set pre.gian_db=3
refused "did you mean 'pre'" predict "$work/strip.json" --set prr.gain_db=3
refused "a number from 0 to 75" predict "$work/strip.json" --set pre.gain_db=200
refused "stages or source" diagram "$work/strip.json" --view sideways
refused "light or dark" diagram "$work/strip.json" --theme pink
refused "FROM:TO:STEP" sweep "$work/strip.json" --vary pre.gain_db=0:60
refused "FROM:TO:STEP" sweep "$work/strip.json" --vary pre.gain_db=0:60:-5
refused "wants a --vary" sweep "$work/strip.json"

# the end of the chain at 30 dB: -40 + 30 - 18 dBFS
"$gainstage" sweep "$work/strip.json" --vary pre.gain_db=20:40:10 --csv >"$work/sweep.csv"
is "$(tr -d '\r' <"$work/sweep.csv" | awk -F, 'NR > 1 { print $1, $2 }' | tr '\n' ';')" \
    "20 -38.0000;30 -28.0000;40 -18.0000;" "one line for each value, the level at the end beside it"
noise=$("$gainstage" predict "$work/strip.json" --set pre.gain_db=30 --csv | tr -d '\r' | awk -F, '$1 == "out" { print $8 }')
is "$(tr -d '\r' <"$work/sweep.csv" | awk -F, '$1 == 30 { print $3 }')" "$noise" "a sweep's noise is the prediction's"
is "$("$gainstage" sweep "$work/strip.json" --vary pre.gain_db=0:60:10 --vary ad.full_scale_dbu=10:20:5 | wc -l)" 22 \
    "every combination of two ranges, and a heading"

"$gainstage" render "$work/strip.json" --seconds 10 --report "$work/report.json" >/dev/null 2>&1
"$gainstage" diagram "$work/strip.json" --report "$work/report.json" -o "$work/picture.svg"
is "$?" 0 "a picture with a report"
is "$(grep -c '>measured\( level\)\?<' "$work/picture.svg")" 2 "shows what was measured, and says so in the legend"
is "$(grep -c 'model error' "$work/picture.svg")" 0 "measured as predicted"
"$gainstage" diagram "$work/strip.json" --report "$work/strip.json" -o "$work/no.svg" 2>/dev/null
is "$?" 65 "a report that is none is refused"
tap_end
