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

"$gainstaged" --http-pin "@$work/no-such-file" "$work/tone.json" 2>"$work/said"
is "$?: $(cat "$work/said")" "66: gainstaged: --http-pin @$work/no-such-file: No such file or directory" \
    "a file without a PIN is named"
mapfile -t hosts < <(seq 17 | sed 's/.*/--http-host=desk&/')
"$gainstaged" "${hosts[@]}" "$work/tone.json" 2>"$work/said"
is "$?: $(cat "$work/said")" "64: gainstaged: --http-host desk17: more than 16 names" "a name too many is said"
tap_end
