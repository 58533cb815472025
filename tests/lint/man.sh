#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mandoc finds no warning in any manual page, hand-written or generated.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need mandoc
for page in "$abs_top_srcdir"/man/*.[1-8] "${abs_top_builddir:?}"/man/*.[1-8]; do
    [ -f "$page" ] || continue
    clean "$(basename "$page")" "$(mandoc -T lint -W warning "$page" 2>&1)"
done
[ "$tap_count" -gt 0 ] || skip_all "no manual pages"
tap_end
