#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of web/: modules a person can read, nothing inline that its Content-Security-Policy would refuse, nothing
# from elsewhere, every word for people in text/en.js, every file in web.am.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
cd "$abs_top_srcdir" || exit 99

mapfile -t modules < <(find web -name '*.js' ! -path 'web/text/*' | sort)
mapfile -t all < <(find web -type f ! -name '*.am' | sort)

clean "no module is longer than 250 lines" "$(wc -l "${modules[@]}" | awk '$1 > 250 && $2 != "total"')"

clean "every module says in a paragraph what it is" \
    "$(for f in "${modules[@]}"; do
        sed -n 3p "$f" | grep -qE '^// [A-Z].{20,}' || echo "$f: line 3 is no sentence"
    done)"

# A contract stands above what other modules use: the comment's end is the line before the export.
clean "every export has a contract" \
    "$(awk 'FNR == 1 { before = "" }
        /^export (default )?(async )?(function|class|const|let)/ && before !~ /\*\/$/ { print FILENAME ":" FNR ": " $0 }
        { before = $0 }' "${modules[@]}")"

clean "nothing inline: handlers, styles, scripts" \
    "$(grep -nE '\bon[a-z]+="|style="|javascript:|<style|<script>' web/*.html "${modules[@]}"
        grep -nE "innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('style'|[ {]style: [\`'\"]" "${modules[@]}")"

clean "nothing from elsewhere" \
    "$(grep -nEi "(import|from|src|href|url|fetch)[ (=:]*['\"]?(https?:)?//" "${all[@]}" | grep -v 'http://www.w3.org/')"

# What el() and setText() show to people comes from the text; one word in quotes between brackets or commas is caught
# here when it starts like a sentence. Keys, tags and units are not sentences.
clean "words for people stand in text/en.js" \
    "$(grep -nE "(textContent = |setText\([^,]*, |el\([^)]*, |aria-label'?: |title: |placeholder: )['\"\`][A-Z][a-z]+" "${modules[@]}")"

clean "colours stand in style/palette.css, shadows apart" \
    "$(grep -nE '#[0-9a-fA-F]{3,8}\b' web/style/*.css "${modules[@]}" | grep -vE '^web/style/palette\.css|//|#[a-z-]+ *[{,]')"

clean "a colour stands once in each theme" \
    "$(grep -oE '^ *--[a-z]+:' web/style/palette.css | sort | uniq -c | awk '$1 != 2')"

clean "every file is listed in web/web.am" \
    "$(for f in "${all[@]}"; do grep -qF "%D%/${f#web/}" web/web.am || echo "$f"; done)"
tap_end
