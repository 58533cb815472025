#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Housekeeping of files: telling names, a licence line, readable lengths, and each listed in its folder's .am file
# (a file that is not listed builds here and is missing from the tarball).
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
cd "$abs_top_srcdir" || exit 99
folders=()
for d in include src tests scripts chains man web .ci; do
    [ -d "$d" ] && folders+=("$d")
done

clean "no file is called util, common, misc or helpers" \
    "$(find "${folders[@]}" -regextype egrep -iregex '.*/(utils?|commons?|miscs?|helpers?)(\.[a-z]+)?')"

clean "every source says its licence" \
    "$(find configure.ac Makefile.am "${folders[@]}" -type f \
        \( -name '*.[ch]' -o -name '*.sh' -o -name '*.ac' -o -name '*.am' -o -name '*.js' -o -name '*.css' \
        -o -name '*.html' -o -path 'man/*.[1-8]' -o -path 'scripts/*' -o -path '.ci/*' -o -perm -u+x \) \
        -exec grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' {} +)"

clean "no source is longer than 600 lines" \
    "$(find "${folders[@]}" \( -name '*.[ch]' -o -name '*.sh' -o -name '*.js' -o -name '*.css' \) -exec wc -l {} + |
        awk '$1 > 600 && $2 != "total"')"

mapfile -t lists < <(find Makefile.am "${folders[@]}" -name '*.am')
# listed FILE: some .am file names it, or its program, or its folder
listed() {
    local base=${1#tests/}
    grep -qF -e "/${1##*/}" "${lists[@]}" || grep -qE "[+]= %D%/${base%.c}\$" "${lists[@]}"
}
clean "every file that belongs in the tarball is listed in a .am file" \
    "$(find "${folders[@]}" -type f \( -name '*.[ch]' -o -name '*.sh' -o -path 'chains/*.json' -o -path 'man/*.[1-8]' \
        -o -path 'scripts/*' \) | while IFS= read -r f; do
        listed "$f" || echo "$f"
    done)"
tap_end
