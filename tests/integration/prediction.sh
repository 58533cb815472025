#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prediction equals measurement, the long way: 200 random chains and all shipped ones, 10 s each, and the bottlenecks
# of 200 random chains found by brute force, in GS_JOBS processes (two minutes of processor time in all). The seed is printed; GS_SEED, GS_CHAINS and GS_SECONDS choose others. No sound server.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

logs=$(mktemp -d "${TMPDIR:-/tmp}/prediction.XXXXXX") || exit 99
trap 'rm -rf "$logs"' EXIT
seed=${GS_SEED:-20260101} chains=${GS_CHAINS:-200} jobs=${GS_JOBS:-2}
export GS_SECONDS=${GS_SECONDS:-10}
programs="${abs_top_builddir:?}/tests/claims"

# part N FILTER: the share of process N of the random chains
part() {
    local first=$((chains * $1 / jobs)) behind=$((chains * ($1 + 1) / jobs)) status=0
    export GS_SEED=$((seed + first)) GS_CHAINS=$((behind - first))
    "$programs/test_prediction_is_measurement" -j1 --verbose --filter "$2" >"$logs/$1" 2>&1 || status=1
    "$programs/test_bottlenecks_are_brute_force" -j1 --verbose >>"$logs/$1" 2>&1 || status=1
    return "$status"
}

echo "# seed $seed, $chains random chains, $GS_SECONDS s each, $jobs at a time"
part 0 'prediction/*' &
running=($!)
for ((i = 1; i < jobs; i++)); do
    part "$i" 'prediction/!(*shipped*|*edges*)' &
    running+=($!)
done
for ((i = 0; i < jobs; i++)); do
    text="every wire measures as predicted, every bottleneck is the one found, part $((i + 1)) of $jobs"
    if wait "${running[i]}"; then
        ok "$text"
    else
        not_ok "$text" "$(grep -vE '^\[(RUN|PASS|SKIP)' "$logs/$i" | head -100)"
    fi
    sed -n 's/^\[[^]]*\] \(.*\(within\|stages clean\|brute force\).*\)/# \1/p' "$logs/$i"
done
tap_end
