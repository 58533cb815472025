#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every option that --help says takes a number takes a number and nothing that begins like one; ports, rates and counts
# are whole.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

gainstage=${abs_top_builddir:?}/gainstage gainstaged=$abs_top_builddir/gainstaged
work=$(mktemp -d "${TMPDIR:-/tmp}/options.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
cat >tone.json <<'END'
{"gainstage":1,"name":"tone","stages":[
{"id":"src","kind":"source","domain":"digital","signal":"sine","level_dbfs":-20},
{"id":"trim","kind":"gain"},{"id":"out","kind":"master"}]}
END
"$gainstage" render tone.json --seconds 0.1 -o tone.wav --quiet >/dev/null

declare -A operands=(
    [diagram]=tone.json [predict]=tone.json [render]="tone.json --meters" [measure]="tone.wav --alignment 18 --csv tone.csv"
    [sweep]="tone.json --vary trim.gain_db=0:10:5" [layout]="touchosc tone.json -o tone.tosc"
    [get]=/info [set]="/info 1" [log]="" [watch]="" [record-meters]="trim --csv tone.csv" [gainstaged]=tone.json)
numbers=(x "" 12x " 5" "5 " 0x10 nan inf 1e999 "5,5" 1.2.3 --)
whole=(7770.5 7.77e3 9000. 99999999999999999999)

# COMMAND OPTION WORD...: each of the words is refused
refuses() {
    local command=$1 option=$2 word taken=()
    local -a call=("$gainstage" "$command")
    [ "$command" != gainstaged ] || call=("$gainstaged")
    shift 2
    for word; do
        # shellcheck disable=SC2086
        timeout 5 "${call[@]}" ${operands[$command]} "--$option=$word" >out 2>said </dev/null
        local status=$?
        if [ $status != 64 ] || ! grep -q -- "--$option $word: expected a .*number from" said || [ -s out ]; then
            taken+=("'$word' ($status: $(head -n 1 said))")
        fi
    done
    is "${taken[*]}" "" "$command --$option"
}
# "COMMAND OPTION ARGUMENT" of every option with an argument
options() {
    local command
    for command in "${!operands[@]}"; do
        if [ "$command" = gainstaged ]; then "$gainstaged" --help; else "$gainstage" "$command" --help; fi |
            sed -nE "s/^  .{4}--([a-z-]+) ([^ ]+).*/$command \1 \2/p"
    done | sort
}
seen=0
while read -r command option argument; do
    case $argument in
    PORT | N) refuses "$command" "$option" "${numbers[@]}" "${whole[@]}" ;;
    HZ | S | SECONDS | DB | DBFS | DBU)
        if [ "$option" = rate ]; then
            refuses "$command" "$option" "${numbers[@]}" "${whole[@]}"
        else
            refuses "$command" "$option" "${numbers[@]}"
        fi
        ;;
    *) continue ;;
    esac
    seen=$((seen + 1))
done < <(options)
[ "$seen" -ge 30 ]
is $? 0 "there are many: $seen"

said() { { "$gainstage" "$@" >/dev/null; } 2>&1; }
for range in 0:10 0:10:5:1 0:10:5x " 0:10:5" 0:0x10:5 0:nan:1 0:10:0 10:0:1 :: ""; do
    is "$(said sweep tone.json "--vary=trim.gain_db=$range")" \
        "gainstage: --vary trim.gain_db=$range: expected STAGE.KEY=FROM:TO:STEP, as pre.gain_db=0:60:5" \
        "no range: '$range'"
done
for size in 800 800x x600 -800x600 " 800x600" 800x600x 80000x600 0x20x600 ipads; do
    is "$(said layout touchosc tone.json -o tone.tosc "--size=$size")" \
        "gainstage: --size $size: expected ipad, iphone, android or WIDTHxHEIGHT" "no size: '$size'"
done
is "$("$gainstage" predict tone.json --set trim.gain_db=0x10 2>&1 | grep -c 0x10)" 1 "no hexadecimal decibels"
tap_end
