#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/demo, on this machine and a copy of this tree: builds, plays, shows moving levels, obeys a second terminal,
# ends by itself, leaves no process and no server behind, and the terminal as it was.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
need jackd
need script
need git
[ -e "$abs_top_srcdir/.git" ] || skip_all "not a clone: the demo is for those"

work=$(mktemp -d "${TMPDIR:-/tmp}/gst.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export JACK_DEFAULT_SERVER=gst$$none # nobody's, so that the demo has to start its own

clone=$work/clone
git clone --quiet --no-hardlinks "$abs_top_srcdir" "$clone" 2>"$work/git.log" || {
    not_ok "the tree can be cloned" "$(cat "$work/git.log")"
    tap_end
}
# What is not committed yet is to be tested too.
(cd "$abs_top_srcdir" && git diff HEAD --binary) | (cd "$clone" && git apply --allow-empty --whitespace=nowarn)
nice "$clone/scripts/demo" --seconds 2 --no-install >"$work/first.log" 2>&1 </dev/null
is $? 0 "ends well after --seconds 2, not on a terminal"
grep -q 'set.* /stage/pre/gain 30' "$work/first.log"
is $? 0 "says what to try"
grep -Eq '^ *pre\b|Preamp' "$work/first.log" || not_ok "shows the stages" "$(cat "$work/first.log")"

# On a terminal, with a second one beside it.
begin=$SECONDS
script --quiet --return --command "stty -a >$work/before; '$clone/scripts/demo' --seconds 12 --no-install; \
    stty -a >$work/after; tput cnorm" "$work/typescript" >/dev/null 2>&1 </dev/null &
demo=$!
for _ in $(seq 300); do
    port=$(sed -n 's/.*UDP port \([0-9]*\).*/\1/p' "$clone/build/demo/gainstaged.log" 2>/dev/null | tail -n 1)
    grep -q 'running at' "$clone/build/demo/gainstaged.log" 2>/dev/null && [ "$SECONDS" -gt "$begin" ] && break
    sleep 0.1
done
sleep 2
levels() {
    "$clone/build/demo/gainstage" get --port "$port" /stage/mic/meter/out/rms /stage/pre/meter/out/rms \
        /stage/master/meter/out/rms
}
before=$(levels)
"$clone/build/demo/gainstage" set --port "$port" /stage/pre/gain 30
is $? 0 "a second terminal sets the preamp's gain"
sleep 2
after=$(levels)
# Noise: its level over 400 ms wanders by a fraction of a decibel, for all stages alike.
awk -v b="$(awk '{ print $NF }' <<<"$before" | tr '\n' ' ')" -v a="$(awk '{ print $NF }' <<<"$after" | tr '\n' ' ')" '
    BEGIN {
        split(b, x); split(a, y)
        mic = y[1] - x[1]; pre = y[2] - x[2]; master = y[3] - x[3]
        printf "# moved: before the preamp %.2f dB, behind it %.2f dB, at the end %.2f dB\n", mic, pre, master
        exit !(mic < 3 && mic > -3 && pre - mic < -17.5 && pre - mic > -18.5 && master - pre < 0.5 && master - pre > -0.5)
    }'
is $? 0 "every level behind it moves by 18 dB, none before it"
wait "$demo"
is $? 0 "ends well on a terminal"
[ $((SECONDS - begin)) -lt 60 ]
is $? 0 "by itself"
is "$(cat "$work/after")" "$(cat "$work/before")" "leaves the terminal as it was"
levels_seen=$(grep -aoE -- '-?[0-9]+\.[0-9]' "$work/typescript" | sort -u | wc -l)
[ "$levels_seen" -gt 10 ]
is $? 0 "has shown moving levels ($levels_seen different numbers)"
server=$(sed -n 's/.*JACK_DEFAULT_SERVER=//p' "$clone/build/demo/gainstaged.log" | tail -n 1)
[ -n "$server" ]
is $? 0 "has had a server of its own"
clean "leaves no process behind" "$(pgrep -af -- "$clone/build|jackd -n ${server:-none}\b")"
tap_end
