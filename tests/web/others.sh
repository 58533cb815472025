#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page in Firefox and in WebKit, Safari's family. About 15 seconds.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
. "$abs_top_srcdir/tests/web/browser.sh"
if [ "${CI:-}" = true ]; then
    need firefox-esr
    need WebKitWebDriver
    need Xvfb
fi

OTHERS=''
command -v firefox-esr >/dev/null && OTHERS=firefox
command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null && OTHERS="${OTHERS:+$OTHERS }webkit"
[ -n "$OTHERS" ] || skip_all "neither firefox-esr nor webkit2gtk-driver with xvfb is installed"
export OTHERS

mkdir "$work/otherchains"
cp "$abs_top_srcdir/chains/demo.json" "$work/otherchains"
server_start 48000 512 || not_ok "jackd starts" "$(cat "$work/jackd.log")"
browser_run others.mjs 10 "$work/otherchains"
tap_end
