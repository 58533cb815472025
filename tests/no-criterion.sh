#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Stands for the unit tests where configure did not find Criterion.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
if [ "${CI:-}" = true ]; then
    not_ok "criterion is installed" "CI=true, so a missing tool is a failure"
    tap_end
fi
skip_all "NO UNIT TEST RAN: criterion is missing (Debian: libcriterion-dev); install it, run configure again"
