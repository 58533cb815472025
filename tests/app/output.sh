#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the programs print and where it goes: a disk that is full is an error of every command, and standard streams
# that are closed do not become somebody else's file.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

gainstage=${abs_top_builddir:?}/gainstage gainstaged=$abs_top_builddir/gainstaged
work=$(mktemp -d "${TMPDIR:-/tmp}/output.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
cat >"$work/tone.json" <<'END'
{"gainstage":1,"name":"tone","stages":[
{"id":"src","kind":"source","domain":"digital","signal":"sine","level_dbfs":-20},
{"id":"trim","kind":"gain"},{"id":"out","kind":"master"}]}
END

commands() {
    cat <<END
--help
--version
predict --help
check $work/tone.json
commands
diagram $work/tone.json
kinds
kinds gain
kinds --json
meters
osc
osc $work/tone.json
predict $work/tone.json
predict --json $work/tone.json
predict --csv $work/tone.json
sweep $work/tone.json --vary trim.gain_db=0:10:5
render $work/tone.json --seconds 0.1 --report -
render $work/tone.json --seconds 0.1 --meters
END
}
while read -r -a words; do
    if [ -c /dev/full ]; then
        "$gainstage" "${words[@]}" >/dev/full 2>"$work/said"
        is "$? $(wc -l <"$work/said")" "71 1" "a full disk is said in one line: ${words[*]/#$work\//}"
    fi
    "$gainstage" "${words[@]}" >&- 2>"$work/said"
    is "$? $(wc -l <"$work/said")" "71 1" "so is a closed output: ${words[*]/#$work\//}"
done < <(commands)

"$gainstage" render "$work/tone.json" --seconds 0.1 -o "$work/with.wav" --meters >/dev/null
"$gainstage" render "$work/tone.json" --seconds 0.1 -o "$work/without.wav" --meters <&- >&- 2>&-
cmp "$work/with.wav" "$work/without.wav"
is "$?" 0 "no text in a sound file for want of standard streams"

# ---- what is refused leaves nothing, and takes nothing away ----
mkdir "$work/new"
refused=(
    "64 render $work/tone.json"
    "65 render $work/tone.json -o $work/new/a.wav --input trim=$work/with.wav"
    "65 render $work/tone.json -o $work/new/a.wav --input src=$work/none.wav --report $work/new/a.json"
    "66 render $work/none.json -o $work/new/a.wav --report $work/new/a.json"
    "66 measure $work/none.wav --series 10 --csv $work/new/a.csv"
    "64 measure $work/with.wav --csv $work/new/a.csv"
    "71 record-meters out --csv $work/new/a.csv --port 9 --wait 0.1"
    "64 diagram $work/tone.json -o $work/new/a.svg --view sideways"
    "65 layout touchosc $work/tone.json -o $work/new/a.tosc --size 1x1"
    "64 sweep $work/tone.json --vary trim.gain_db=-20:2000:20"
)
for words in "${refused[@]}"; do
    read -r -a words <<<"$words"
    "$gainstage" "${words[@]:1}" >"$work/printed" 2>"$work/said"
    is "$? $(wc -c <"$work/printed") $(grep -c . "$work/said")$(ls "$work/new")" "${words[0]} 0 1" \
        "nothing is printed or made: ${words[*]:1} ($(head -n 1 "$work/said"))"
done
"$gainstage" render "$work/tone.json" 2>"$work/said"
is "$?: $(cat "$work/said")" \
    "64: gainstage: nothing is asked for: expected -o OUT.wav, --report FILE.json or --meters" "a render for nothing is none"
echo older >"$work/new/old.csv"
ln -s nowhere.csv "$work/new/link.csv"
for csv in old link; do
    "$gainstage" measure "$work/none.wav" --series 10 --csv "$work/new/$csv.csv" 2>/dev/null
    "$gainstage" record-meters out --csv "$work/new/$csv.csv" --port 9 --wait 0.1 2>/dev/null
done
is "$(cat "$work/new/old.csv") $(readlink "$work/new/link.csv") $(cd "$work/new" && echo ./*)" \
    "older nowhere.csv ./link.csv ./old.csv" "what was there stays"
"$gainstage" measure "$work/with.wav" --quiet --series 50 --csv "$work/new/link.csv" >/dev/null
is "$(readlink "$work/new/link.csv") $(wc -l <"$work/new/nowhere.csv")" "nowhere.csv 6" "a link leads where it leads"
"$gainstage" measure "$work/with.wav" --quiet --series 1 --csv "$work/new/old.csv" >/dev/null
is "$(wc -l <"$work/new/old.csv")" 1 "a sound too short for a row has a heading"

"$gainstaged" --http-pin "@$work/no-such-file" "$work/tone.json" 2>"$work/said"
is "$?: $(cat "$work/said")" "66: gainstaged: --http-pin @$work/no-such-file: No such file or directory" \
    "a file without a PIN is named"
mapfile -t hosts < <(seq 17 | sed 's/.*/--http-host=desk&/')
"$gainstaged" "${hosts[@]}" "$work/tone.json" 2>"$work/said"
is "$?: $(cat "$work/said")" "64: gainstaged: --http-host desk17: more than 16 names" "a name too many is said"
tap_end
