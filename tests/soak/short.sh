#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Three minutes of the day that `make soak` measures; the whole day of bins is in tests/meter/test_loudness.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
cd "${abs_top_builddir:?}" || exit 99
found=$(tests/soak/soak_meters --hours 0.05)
is $? 0 "three minutes are exact to 0.01 dB, in flat memory"
clean "nothing is wrong" "$(grep WRONG <<<"$found")"
tap_end
