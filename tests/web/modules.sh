#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page's modules that need no browser, under node's own test runner: tests/web/*.test.js.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need node
cd "$abs_top_srcdir" || exit 99
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)'; then
    [ "${CI:-}" = true ] || skip_all "node is older than 18: it has no test runner"
    not_ok "node 18 or later" "CI=true, so an old tool is a failure"
    tap_end
fi
for test in tests/web/*.test.js; do
    if report=$(timeout 60 node --no-warnings --test "$test" 2>&1); then
        ok "$test: $(sed -n 's/^# pass /passed /p' <<<"$report")"
    else
        not_ok "$test" "$(grep -A 12 -E '^ *not ok' <<<"$report" || printf '%s\n' "$report" | tail -20)"
    fi
done
tap_end
