# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# TAP for shell tests. Source it, call ok/not_ok/is, end with tap_end.

tap_count=0

ok() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# not_ok TEXT [DETAIL]: the detail may have many lines.
not_ok() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    if [ -n "${2:-}" ]; then
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

# is GOT EXPECTED TEXT
is() {
    if [ "$1" = "$2" ]; then
        ok "$3"
    else
        not_ok "$3" "got: $1
expected: $2"
    fi
}

# clean TEXT FINDINGS: passes when there are none.
clean() {
    if [ -z "$2" ]; then
        ok "$1"
    else
        not_ok "$1" "$2"
    fi
}

tap_end() {
    echo "1..$tap_count"
    exit 0
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# need TOOL: without it the test is skipped; where everything must run (CI=true) it fails.
need() {
    command -v "$1" >/dev/null && return
    [ "${CI:-}" = true ] || skip_all "$1 is not installed"
    not_ok "$1 is installed" "CI=true, so a missing tool is a failure"
    tap_end
}
