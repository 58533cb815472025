#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mandoc finds no warning in any manual page, hand-written or generated.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need mandoc
while IFS= read -r page; do
    clean "$(basename "$page")" "$(mandoc -T lint -W warning "$page" 2>&1)"
done < <(find "$abs_top_srcdir/man" "${abs_top_builddir:?}/man" -name '*.[1-8]' 2>/dev/null | sort -u)
[ "$tap_count" -gt 0 ] || skip_all "no manual pages"
tap_end
