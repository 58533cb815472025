#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The wrapper's own test: every fault of faulty.c, above all the leak that Criterion calls ok, becomes `not ok`.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
wrapper=$abs_top_srcdir/tests/run-criterion
faulty=${abs_top_builddir:?}/tests/self/faulty

# wrapped COMMAND...: the TAP that comes out, its diagnostics aside
wrapped() {
    sh "$wrapper" "$@" 2>/dev/null | grep -v '^#'
}

# counts COMMAND...: "passed failed", where the plan counts every line; else what is wrong with the plan
counts() {
    wrapped "$@" | awk '
        /^(not )?ok/ { n++ }
        /^ok/ && !/# SKIP/ { passed++ }
        /^not ok/ { failed++ }
        /^1\.\./ { plan = substr($0, 4) }
        END { print (plan == n) ? passed + 0 " " failed + 0 : "plan of " plan " for " n }'
}

is "$(counts true)" "0 1" "a program without results fails"
is "$(counts false)" "0 2" "a program that ends badly without results fails"
is "$(GS_TEST_TIMEOUT=1 counts sh -c 'sleep 20')" "0 2" "a program that hangs is stopped"

# reported FAULT TEXT: a sanitizer's finding fails, whatever Criterion makes of the test
reported() {
    local tap
    tap=$(wrapped "$faulty" --filter="faulty/$1")
    case $tap in
    *"not ok - sanitizer report"*) ok "$2" ;;
    *) not_ok "$2" "$tap" ;;
    esac
}

if [ -x "$faulty" ]; then
    is "$(counts "$faulty" --filter='faulty/nothing')" "1 0" "a good test passes"
    is "$(counts "$faulty" --filter='faulty/wrong')" "0 1" "a wrong test fails"
    is "$(counts "$faulty" --filter='faulty/crash')" "0 1" "a crashing test fails"
    case ${INSTRUMENT:-} in
    *thread*)
        reported race "a race fails"
        ;;
    *)
        is "$(counts "$faulty" --filter='faulty/leak')" "1 1" "a leaking test fails, though Criterion calls it ok"
        reported overflow "a heap overflow fails"
        ;;
    esac
else
    echo "ok $((++tap_count)) - faults of a real program # SKIP this compiler links no sanitizer"
fi
tap_end
