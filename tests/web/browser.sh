# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154 # what tap.sh and jackd.sh set is used here
# The page in a real browser, Debian's Chromium driven by Playwright. Source it after tap.sh and jackd.sh.

need chromium
need node
need npm
tests=$abs_top_srcdir/tests/web/browser

# Playwright and axe at the versions of the lock file, once a build. They must lie above the scripts that import them.
modules=${abs_top_builddir:?}/tests/web/npm
mkdir -p "${abs_top_builddir:?}/tests/web"
exec 9>"$abs_top_builddir/tests/web/npm.lock" # two tests may begin at once
flock 9
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
for script in "$tests"/*.mjs; do # whole at once: another test may just be starting with it
    cmp -s "$script" "$modules/${script##*/}" ||
        { cp -f "$script" "$modules/new" && mv -f "$modules/new" "$modules/${script##*/}"; }
done
exec 9>&-

# browser_run SCRIPT LEAST CHAINS: the script's lines "ok TEXT" and "not ok TEXT" as results, of which at least so many
# must come; it starts its own daemon with this folder of chains.
browser_run() {
    local script=$1 least=$2 lines=0 line
    while read -r line; do
        case $line in
        "ok "*) ok "${line#ok }" ;;
        *) not_ok "${line#not ok }" ;;
        esac
        lines=$((lines + 1))
    done < <(timeout 1800 node "$modules/$script" "$gainstaged" "$gainstage" \
        "$modules/node_modules/axe-core/axe.min.js" "$3" "$client" 2>&1)
    [ "$lines" -ge "$least" ]
    is $? 0 "$script came to its end: $lines results"
}
