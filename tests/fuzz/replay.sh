#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every harness over every file of its corpus: what was found once is not found again.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

# ThreadSanitizer of gcc 12 and clang 14 does not start where the kernel draws addresses from more than 28 bits.
run=(env -u GAINSTAGE_MODELS)
case "${INSTRUMENT:-}" in
*thread*) setarch -R true 2>/dev/null && run+=(setarch -R) ;;
esac

for name in osc_packet osc_framing chain session door; do
    log=$("${run[@]}" "${abs_top_builddir:?}/tests/fuzz/fuzz_$name" \
        "$abs_top_srcdir/tests/fuzz/corpus/$name"/* 2>&1)
    status=$?
    if [ "$status" -eq 0 ]; then
        ok "$name: $(find "$abs_top_srcdir/tests/fuzz/corpus/$name" -type f | wc -l) files"
    else
        not_ok "$name" "exit status $status
$(tail -n 40 <<<"$log")"
    fi
done
tap_end
