#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From an OSC packet to changed audio. The goal is one period and 2 ms for 99 of 100 packets; no clock decides whether
# a build is good, so this reports, and asserts only that every packet is heard. As a benchmark: latency.sh 100.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"

cat >"$work/wire.json" <<'END'
{ "gainstage": 1, "name": "wire", "stages": [
  { "id": "in", "kind": "source", "signal": "jack", "domain": "digital" }, { "id": "trim", "kind": "gain" }, { "id": "out", "kind": "master" } ] }
END
for period in 64 256 1024; do
    server_start 48000 "$period" || not_ok "jackd starts" "$(cat "$work/jackd.log")"
    daemon_start --connect none "$work/wire.json"
    wait_for 60 running
    figures=$("$tools/osc_latency" "$client" "$osc_port" /stage/trim/gain "${1:-4}" 2>&1)
    is "$?" 0 "each packet changes the audio, period $period at 48 kHz: $figures"
    if [ "$period" -eq 256 ]; then
        # jackd's clock is not the one that the rest of the machine goes by: after hours they are far apart. A daemon
        # that loses the processor for longer than its lead is late: then once more.
        ahead() {
            figures=$("$tools/osc_latency" "$client" "$osc_port" /stage/trim/gain "${1:-4}" 300 2>&1)
            within "$(field median_ms "$figures")" 0 10
        }
        attempts 10 ahead "$@"
        is "$?" 0 "a bundle for 300 ms later is heard then: off by $figures"
    fi
    daemon_end
    : >"$work/daemon.log"
    server_end TERM
done
tap_end
