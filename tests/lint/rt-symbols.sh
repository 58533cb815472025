#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the objects of the audio thread call outside themselves: each other, and what rt-symbols.allow names. malloc,
# printf, a lock, a system call or the log there is a failed test.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
NM=${NM:-nm}
need "$NM"
cd "${abs_top_builddir:?}" || exit 99
allow=$abs_top_srcdir/tests/lint/rt-symbols.allow

# By source, so that an object left over from a file that is gone does not count. A source may have several objects
# (built for several instruction sets, named library-source.o).
shopt -s nullglob
objects=()
for source in "$abs_top_srcdir"/src/{dsp,stage,meter}/*.c "$abs_top_srcdir"/src/engine/process*.c; do
    [ -f "$source" ] || continue
    name=${source##*/} folder=${source#"$abs_top_srcdir/"}
    built=("${folder%/*}/${name%.c}.o" "${folder%/*}"/*-"${name%.c}.o")
    [ -f "${built[0]}" ] || unset 'built[0]'
    [ ${#built[@]} -gt 0 ] || not_ok "$folder was compiled"
    objects+=("${built[@]}")
done
[ ${#objects[@]} -gt 0 ] || [ "$tap_count" -gt 0 ] || skip_all "no object of the audio thread yet"

own=$("$NM" -g --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }')
for object in "${objects[@]}"; do
    clean "$object" "$("$NM" -u "$object" | own=$own awk -v allow="$allow" '
        BEGIN {
            n = split(ENVIRON["own"], names, "\n")
            for (i = 1; i <= n; i++)
                ours[names[i]] = 1
            n = 0
            while ((getline line < allow) > 0) {
                sub("[[:space:]]*#.*", "", line)
                if (line != "")
                    patterns[++n] = "^(" line ")$"
            }
        }
        $NF in ours { next }
        {
            for (i = 1; i <= n; i++)
                if ($NF ~ patterns[i])
                    next
            print "calls " $NF ": the audio thread may not, or tests/lint/rt-symbols.allow has to say why it may"
        }')"
done
tap_end
