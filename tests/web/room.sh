#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page in a room of phones: PIN, addresses, narrow screens with long names. About 12 seconds.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
. "$abs_top_srcdir/tests/web/browser.sh"

# A tone that a preamp with a name as long as names may be clips; as many chains as no screen shows; 24 stages.
mkdir "$work/room"
cat >"$work/room/room.json" <<'END'
{ "gainstage": 1, "name": "A chain that somebody has given a name as long as a sentence", "stages": [
  { "id": "line", "kind": "source", "domain": "line", "signal": "sine", "level_dbu": 0, "label": "Line" },
  { "id": "pre", "kind": "preamp", "gain_db": 26, "max_output_dbu": 20,
    "label": "Donaudampfschifffahrtsgesellschaftskapitänsmützenvorverstärk" },
  { "id": "ad", "kind": "adc", "label": "A/D converter of the old desk on the left, behind a curtain" },
  { "id": "out", "kind": "master" } ] }
END
{
    echo '{ "gainstage": 1, "name": "many", "stages": [ { "id": "s1", "kind": "source", "domain": "digital" }'
    for i in $(seq 2 23); do
        echo ", { \"id\": \"s$i\", \"kind\": \"gain\", \"label\": \"Gain number $i\" }"
    done
    echo ', { "id": "s24", "kind": "master" } ] }'
} >"$work/room/many.json"
for i in $(seq 40); do
    cp "$work/room/many.json" "$work/room/z$i.json"
done

export GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
server_start 48000 512 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
browser_run room.mjs 16 "$work/room"
tap_end
