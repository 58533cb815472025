#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page in a real browser (Debian's Chromium, driven by Playwright) against a live daemon on jackd's dummy driver.
# About 45 seconds.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
. "$abs_top_srcdir/tests/web/browser.sh"

# A chain with known noise and a tone, one to load later, one that is none, and a long one.
mkdir "$work/pagechains"
cp "$tests/strip.json" "$work/pagechains/strip.json"
cat >"$work/pagechains/other.json" <<'END'
{ "gainstage": 1, "name": "other", "stages": [
  { "id": "line", "kind": "source", "domain": "line", "signal": "sine", "level_dbu": -20 },
  { "id": "ad", "kind": "adc", "label": "A/D" }, { "id": "out", "kind": "master" } ] }
END
sed 's/"adc"/"acd"/' "$work/pagechains/other.json" >"$work/pagechains/bad.json"
{
    echo '{ "gainstage": 1, "name": "forty", "stages": [ { "id": "s1", "kind": "source", "domain": "line", "signal": "pink", "level_dbu": -20 }, { "id": "s2", "kind": "adc" }'
    for i in $(seq 3 39); do
        echo ", { \"id\": \"s$i\", \"kind\": \"gain\", \"gain_db\": $((i % 5 - 2)) }"
    done
    echo ', { "id": "s40", "kind": "master" } ] }'
} >"$work/pagechains/forty.json"

server_start 48000 512 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
browser_run diagram.mjs 60 "$work/pagechains"
tap_end
