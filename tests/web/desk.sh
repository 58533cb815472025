#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What hands do at the page: strips, drawer, scope, comparing, chains, listening, phone. About 45 seconds.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
. "$abs_top_srcdir/tests/web/browser.sh"

mkdir "$work/deskchains"
cp "$abs_top_srcdir/chains/demo.json" "$abs_top_srcdir/chains/unity-walk.json" "$work/deskchains"
sed 's/"gain_db": 48/"gain_bd": 48/' "$abs_top_srcdir/chains/demo.json" >"$work/deskchains/misspelt.json"

export GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
server_start 48000 512 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
browser_run desk.mjs 16 "$work/deskchains"
tap_end
