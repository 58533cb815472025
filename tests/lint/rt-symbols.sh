#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the objects of the audio thread call outside themselves: our own gs_ functions and what rt-symbols.allow names,
# nothing else. malloc, printf, a lock or a system call there is a failed test.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
NM=${NM:-nm}
need "$NM"
cd "${abs_top_builddir:?}" || exit 99
allow=$abs_top_srcdir/tests/lint/rt-symbols.allow

shopt -s nullglob
objects=(src/dsp/*.o src/stage/*.o src/meter/*.o src/engine/*process.o)
[ ${#objects[@]} -gt 0 ] || skip_all "no object of the audio thread yet"

for object in "${objects[@]}"; do
    clean "$object" "$("$NM" -u "$object" | awk -v allow="$allow" '
        BEGIN {
            while ((getline line < allow) > 0) {
                sub("[[:space:]]*#.*", "", line)
                if (line != "")
                    patterns[++n] = "^" line "$"
            }
        }
        {
            for (i = 1; i <= n; i++)
                if ($NF ~ patterns[i])
                    next
            print "calls " $NF ", which is not in rt-symbols.allow"
        }')"
done
tap_end
