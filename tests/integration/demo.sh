#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/demo, on this machine and a copy of this tree: builds, plays, shows moving levels, obeys a second terminal,
# ends by itself, leaves no process and no server behind, and the terminal as it was.
# shellcheck disable=SC2317 # until_so calls functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need jackd
need script
need git
[ -e "$abs_top_srcdir/.git" ] || skip_all "not a clone: the demo is for those"

work=$(mktemp -d "${TMPDIR:-/tmp}/gst.XXXXXX") || exit 99
trap '[ -z "$(jobs -pr)" ] || kill $(jobs -pr); wait; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export JACK_DEFAULT_SERVER=gst$$none # nobody's, so that the demo has to start its own
export CFLAGS=-O0 # half the time; how fast the compiler's code is does not matter to it

clone=$work/clone
export CCACHE_BASEDIR=$clone CCACHE_NOHASHDIR=1 # where there is a cache, it knows the files in whatever folder
git clone --quiet --no-hardlinks "$abs_top_srcdir" "$clone" 2>"$work/git.log" || {
    not_ok "the tree can be cloned" "$(cat "$work/git.log")"
    tap_end
}
# What is not committed yet is to be tested too.
(cd "$abs_top_srcdir" && git diff HEAD --binary) | (cd "$clone" && git apply --allow-empty --whitespace=nowarn)
"$clone/scripts/demo" --seconds 2 --no-install >"$work/first.log" 2>&1 </dev/null
is $? 0 "ends well after --seconds 2, not on a terminal"
grep -q 'set.* /stage/pre/gain 30' "$work/first.log"
is $? 0 "says what to try"
grep -Eq '^ *pre\b|Preamp' "$work/first.log" || not_ok "shows the stages" "$(cat "$work/first.log")"

# On a terminal, with a second one beside it.
log=$clone/build/demo/gainstaged.log
gainstage() {
    "$clone/build/demo/gainstage" "$1" --wait 30 --port "$port" "${@:2}"
}
levels() {
    gainstage get /stage/mic/meter/out/rms /stage/pre/meter/out/rms /stage/master/meter/out/rms
}
# Noise: its level over 400 ms wanders by a fraction of a decibel, for all stages alike.
moved() {
    awk -v b="$(awk '{ print $NF }' <<<"$1" | tr '\n' ' ')" -v a="$(awk '{ print $NF }' <<<"$2" | tr '\n' ' ')" '
    BEGIN {
        split(b, x); split(a, y)
        mic = y[1] - x[1]; pre = y[2] - x[2]; master = y[3] - x[3]
        printf "# moved: before the preamp %.2f dB, behind it %.2f dB, at the end %.2f dB\n", mic, pre, master
        exit !(mic < 3 && mic > -3 && pre - mic < -17.5 && pre - mic > -18.5 && master - pre < 0.5 && master - pre > -0.5)
    }'
}
# until_so COMMAND...: while the demo goes on
until_so() {
    until "$@"; do
        kill -0 "$demo" 2>/dev/null || return 1
        sleep 0.1
    done
}
playing() {
    grep -q 'running at' "$log"
}
levels_have_moved() {
    moved "$before" "$(levels)" >"$work/moved"
}
# plays SECONDS: whether everything has happened before they were over
plays() {
    : >"$log"
    script --quiet --command "stty -a >$work/before; '$clone/scripts/demo' --seconds $1 --no-install; \
        echo \$? >$work/ended; stty -a >$work/after" "$work/typescript" >/dev/null 2>&1 </dev/null &
    demo=$! set=1 moved=1
    until_so playing
    port=$(sed -n 's/.*UDP port \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    sleep 2
    before=$(levels)
    gainstage set /stage/pre/gain 30
    set=$?
    until_so levels_have_moved
    moved=$?
    wait "$demo"
    [ "$set$moved" = 00 ]
}
# On a busy machine the seconds may be too few for all that.
for seconds in 12 60 180; do
    plays "$seconds" && break
done
is "$set" 0 "a second terminal sets the preamp's gain"
cat "$work/moved"
is "$moved" 0 "every level behind it moves by 18 dB, none before it"
is "$(cat "$work/ended")" 0 "ends well on a terminal, by itself"
is "$(cat "$work/after")" "$(cat "$work/before")" "leaves the terminal as it was"
levels_seen=$(grep -aoE -- '-?[0-9]+\.[0-9]' "$work/typescript" | sort -u | wc -l)
[ "$levels_seen" -gt 10 ]
is $? 0 "has shown moving levels ($levels_seen different numbers)"
server=$(sed -n 's/.*JACK_DEFAULT_SERVER=//p' "$clone/build/demo/gainstaged.log" | tail -n 1)
[ -n "$server" ]
is $? 0 "has had a server of its own"
for _ in $(seq 600); do
    pgrep -f -- "$clone/build|jackd -n ${server:-none}\b" >/dev/null || break
    sleep 0.1
done
clean "leaves no process behind" "$(pgrep -af -- "$clone/build|jackd -n ${server:-none}\b")"
tap_end
