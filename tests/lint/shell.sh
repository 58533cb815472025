#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ShellCheck has nothing to say about any script.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need shellcheck
cd "$abs_top_srcdir" || exit 99
while IFS= read -r script; do
    clean "$script" "$(shellcheck --external-sources --source-path=. --format=gcc "$script" 2>&1)"
done < <(grep -rlE '^#!.*\b(ba)?sh$|shellcheck shell=' .ci scripts tests | sort)
tap_end
