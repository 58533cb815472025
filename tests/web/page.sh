#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page in a real browser (Debian's Chromium, driven by Playwright) against a live daemon on jackd's dummy driver.
# About 45 seconds.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
need chromium
need node
need npm
tests=$abs_top_srcdir/tests/web/browser

# Playwright and axe at the versions of the lock file, once a build. They must lie above the scripts that import them.
modules=${abs_top_builddir:?}/tests/web/npm
if ! cmp -s "$tests/package-lock.json" "$modules/installed"; then
    rm -rf "$modules"
    mkdir -p "$modules"
    cp "$tests/package.json" "$tests/package-lock.json" "$tests/.npmrc" "$modules"
    if ! npm ci --prefix "$modules" >"$modules/log" 2>&1; then
        [ "${CI:-}" = true ] || skip_all "npm cannot install what drives the browser: $(tail -n 1 "$modules/log")"
        not_ok "npm installs what drives the browser" "$(cat "$modules/log")"
        tap_end
    fi
    cp "$tests/package-lock.json" "$modules/installed"
fi
cp "$tests"/*.mjs "$modules"

# A chain with known noise and a tone, one to load later, one that is none, and a long one.
mkdir "$work/pagechains"
cp "$tests/strip.json" "$work/pagechains/strip.json"
cat >"$work/pagechains/other.json" <<'END'
{ "gainstage": 1, "name": "other", "stages": [
  { "id": "line", "kind": "source", "domain": "line", "signal": "sine", "level_dbu": -20 },
  { "id": "ad", "kind": "adc", "label": "A/D" }, { "id": "out", "kind": "master" } ] }
END
sed 's/"adc"/"acd"/' "$work/pagechains/other.json" >"$work/pagechains/bad.json"
{
    echo '{ "gainstage": 1, "name": "forty", "stages": [ { "id": "s1", "kind": "source", "domain": "line", "signal": "pink", "level_dbu": -20 }, { "id": "s2", "kind": "adc" }'
    for i in $(seq 3 39); do
        echo ", { \"id\": \"s$i\", \"kind\": \"gain\", \"gain_db\": $((i % 5 - 2)) }"
    done
    echo ', { "id": "s40", "kind": "master" } ] }'
} >"$work/pagechains/forty.json"

server_start 48000 512 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
lines=0
while read -r line; do
    case $line in
    "ok "*) ok "${line#ok }" ;;
    *) not_ok "${line#not ok }" ;;
    esac
    lines=$((lines + 1))
done < <(timeout 170 node "$modules/diagram.mjs" "$gainstaged" "$gainstage" "$modules/node_modules/axe-core/axe.min.js" \
    "$work/pagechains" "$client" 2>&1)
[ "$lines" -ge 60 ]
is $? 0 "the test came to its end: $lines results"
tap_end
