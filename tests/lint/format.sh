#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-format 14 agrees with every C file. (Other versions decide differently, so only 14 counts.)
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
tool=clang-format-14
command -v $tool >/dev/null || {
    clang-format --version 2>/dev/null | grep -q 'version 14\.' && tool=clang-format
}
need $tool
cd "$abs_top_srcdir" || exit 99
clean "make format would change nothing" \
    "$(find include src tests -name '*.[ch]' -exec $tool --dry-run --Werror {} + 2>&1 | grep 'error:')"
tap_end
