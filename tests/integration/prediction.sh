#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prediction equals measurement, the long way: 200 random chains and all shipped ones, 10 s each. The seed is printed;
# GS_SEED, GS_CHAINS and GS_SECONDS choose others. No sound server.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

log=$(mktemp "${TMPDIR:-/tmp}/prediction.XXXXXX") || exit 99
trap 'rm -f "$log"' EXIT
export GS_CHAINS=${GS_CHAINS:-200} GS_SECONDS=${GS_SECONDS:-10} GS_SEED=${GS_SEED:-20260101} GS_TEST_TIMEOUT=1500

echo "# seed $GS_SEED, $GS_CHAINS random chains, $GS_SECONDS s each"
"${abs_top_builddir:?}/tests/claims/test_prediction_is_measurement" --verbose >"$log" 2>&1
status=$?
sed -n 's/^\[[^]]*\] \(.*\(within\|stages clean\).*\)/# \1/p' "$log"
if [ "$status" -eq 0 ]; then
    ok "every wire of every chain measures as predicted"
else
    not_ok "every wire of every chain measures as predicted" "$(grep -vE '^\[(RUN|PASS)' "$log" | head -100)"
fi
tap_end
