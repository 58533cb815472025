#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep spread over the cores of this machine, or over several, with GNU parallel: one process for each preamp gain,
# each of which tries every fader position. Give --sshlogin to parallel (here through PARALLEL) for other machines that
# have gainstage and the chain file.
#
#     sweep-parallel.sh CHAIN STAGE.KEY=FROM:TO:STEP STAGE.KEY=FROM:TO:STEP [SECONDS] > result.csv
#
# The first range is spread, the second one is swept by each process. With SECONDS each variant is rendered, too.
set -euo pipefail
if [ $# -lt 3 ]; then
    sed -n '/^#     sweep/s/^# *//p' "$0" >&2
    exit 64
fi
chain=$1 spread=$2 swept=$3 seconds=${4:-}
gainstage=${GAINSTAGE:-gainstage}
name=${spread%%=*} range=${spread#*=}
IFS=: read -r from to step <<<"$range"

seq "$from" "$step" "$to" |
    parallel --keep-order --halt now,fail=1 \
        "$gainstage" sweep "$chain" --csv --vary "$name={}:{}:1" --vary "$swept" ${seconds:+--render "$seconds"} |
    awk 'NR == 1 || $0 != head { print } NR == 1 { head = $0 }'
