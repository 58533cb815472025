#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each tests/bad/x.json is refused with exactly the words of x.expected, and each complaint says where, what was found
# and what was expected. `bad.sh --update` writes the words anew, for someone who then reads every line of the diff.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
tool=${abs_top_builddir:?}/gainstage
export GAINSTAGE_MODELS=$abs_top_srcdir/chains/models
cd "$abs_top_srcdir/tests/bad" || exit 99

# A complaint, per line: "gainstage: file:LINE:COLUMN: " or "gainstage: file: /json/pointer: " or, about the whole
# document, "gainstage: file: "; then a sentence with what was found and what would be right.
shape='^gainstage: [a-z0-9-]+\.json(:[0-9]+:[0-9]+|: (/[^/ ]+)+)?: '
shape+='(found .+, (expected|but) .+|.+ takes .+ but .+ gives .+: put .+)$'

files=(*.json)
enough=$((${#files[@]} >= 50))
is $enough 1 "there are at least 50 bad files"
for file in "${files[@]}"; do
    got=$("$tool" check "$file" 2>&1)
    code=$?
    [ "${1:-}" != --update ] || printf '%s\n' "$got" >"${file%.json}.expected"
    is "$code: $got" "65: $(cat "${file%.json}.expected")" "$file"
    clean "$file: where, found, expected" "$(grep -vE "$shape" <<<"$got")"
done
tap_end
