#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every benchmark runs, once and short: it names kinds and parameters, and says so when one is gone.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
cd "${abs_top_builddir:?}" || exit 99
while IFS= read -r program; do
    clean "$(basename "$program") runs" "$("$program" --once 2>&1 >/dev/null || echo "ended with status $?")"
done < <(find tests/bench -maxdepth 1 -type f -name 'bench_*' -executable | sort)
tap_end
