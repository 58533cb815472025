#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# pack.sh web/FILE...: prints a C source with the bytes of the files of the page, so that the daemon brings them along
# and runs from a build tree or from anywhere.
set -eu
printf '/* Made by web/pack.sh. */\n#include "control/web_files.h"\n'
n=0
for file in "$@"; do
    printf '\nstatic const unsigned char file_%d[] = {\n' "$n"
    od -An -v -tu1 "$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
    printf '0 };\n'
    n=$((n + 1))
done
printf '\nconst struct gs_web_file gs_web_files[] = {\n'
n=0
for file in "$@"; do
    printf '{ "%s", file_%d, sizeof file_%d - 1 },\n' "${file#web/}" "$n" "$n"
    n=$((n + 1))
done
printf '{ 0 } };\n'
