#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The walls of HACKING: a folder of src/ includes only folders of lower floors; each library is used where its adapter
# is and nowhere else; what runs in the audio thread cannot even name stdio, the heap, threads or the log.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
cd "$abs_top_srcdir" || exit 99

# Every include as "file<TAB>header", header with its quotes or brackets.
includes=$(find include src -name '*.[ch]' -exec grep -HE '^[[:space:]]*#[[:space:]]*include' {} + |
    sed -E 's/^([^:]*):[[:space:]]*#[[:space:]]*include[[:space:]]*/\1\t/; s/([">])[^">]*$/\1/')

clean "folders include only lower floors" "$(awk -F'\t' '
    BEGIN {
        n = split("gainstage|base|dsp|stage meter|chain catalog|engine|report|session backend|control|app", floors, "|")
        for (i = 1; i <= n; i++) {
            m = split(floors[i], folders, " ")
            for (j = 1; j <= m; j++)
                floor[folders[j]] = i
        }
    }
    $2 ~ /^"/ {
        n = split($1, path, "/")
        from = path[n - 1]
        header = substr($2, 2, length($2) - 2)
        to = header
        sub("/.*", "", to)
        if (!(from in floor))
            print $1 ": folder " from " is on no floor"
        else if (header == "config.h")
            next
        else if (header !~ "/" || !(to in floor))
            print $1 ": write \"" header "\" as folder/file.h"
        else if (to != from && floor[to] >= floor[from])
            print $1 ": " from " may not include " header
    }' <<<"$includes")"

clean "kinds do not know the list of kinds" "$(awk -F'\t' '
    $1 ~ "^src/(stage|meter)/" && $1 !~ "_table[.]c$" && $2 ~ "_table[.]h" { print $1 ": includes " $2 }' <<<"$includes")"

# only HEADER WHERE TEXT: a library is included by files that match WHERE, all others go through them
only() {
    clean "$3" "$(awk -F'\t' -v header="$1" -v where="$2" '
        $2 ~ header && $1 !~ where { print $1 ": includes " $2 }' <<<"$includes")"
}
only '<(cjson/)?cJSON' '^src/(chain/(load|save)|report/json|catalog/schema|control/)' \
    "cJSON only where JSON is read and written"
only '<lo/' '^src/control/(osc|nsm)' "liblo only in control/osc and control/nsm"
only '<jack/' '^src/backend/jack' "JACK only in backend/jack"

# An allow-list: whoever needs another header in the audio thread has to come here and say why.
rt_allowed='<(assert|complex|float|limits|math|stdalign|stdatomic|stdbool|stddef|stdint|string|tgmath).h>'
rt_allowed+='|<(immintrin|xmmintrin|pmmintrin|emmintrin|arm_neon).h>'
clean "the audio thread includes only what cannot block" "$(awk -F'\t' -v allowed="^($rt_allowed)\$" '
    ($1 ~ "^src/(dsp|stage|meter)/" || $1 ~ "^src/engine/process") &&
        (($2 ~ /^</ && $2 !~ allowed) || $2 == "\"base/log.h\"") { print $1 ": includes " $2 }' <<<"$includes")"

clean "no lock exists in src" \
    "$(grep -rnE --include='*.[ch]' '\b(pthread_(mutex|rwlock|spin|cond)_|mtx_(lock|init)|cnd_)' src include)"
tap_end
