#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The server is killed twenty times: the daemon comes back twenty times under the same names with the same
# connections, and neither memory nor descriptors grow. Then it ends as others would have it: SIGTERM, frozen, at
# another rate; and a peer that comes late finds its connection.
# shellcheck disable=SC2317 # wait_for and its like call functions
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
. "$abs_top_srcdir/tests/integration/jackd.sh"
rounds=${ROUNDS:-20}

# Kilobytes of ours alone: without the memory that JACK shares with all its clients.
memory() {
    awk '
        /^[0-9a-f]+-[0-9a-f]+ / { jack = $6 ~ "^/dev/shm/" }
        /^Rss:/ && !jack { sum += $2 }
        END { print sum }' "/proc/$daemon_pid/smaps"
}
descriptors() {
    find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l
}
threads() {
    find "/proc/$daemon_pid/task" -mindepth 1 -maxdepth 1 | wc -l
}

# join PORT PORT: whose client may not be active yet
joined() {
    timeout 20 jack_lsp -c "$1" | grep -qxF "   $2" || { jack_connect "$1" "$2" && false; }
}
join() {
    wait_for 60 joined "$@"
}

server_start || { not_ok "jackd starts" "$(cat "$work/jackd.log")"; tap_end; }
daemon_start --log debug "$chains/live.json" # which says what connections it keeps, and each word of libjack's
wait_for 60 running || not_ok "the daemon finds the server" "$(cat "$work/daemon.log")"
wait_for 60 connected in_1 system:capture_1 && wait_for 60 connected out_2 system:playback_2
is $? 0 "physical ports are connected by themselves"
jack_disconnect "$client:out_2" system:playback_2
join "$client:out_2" system:playback_1
join "$client:out_1" "$client:in_1"
# keeps OWN PEER, forgets OWN PEER: the daemon has seen it; the last that it said of this connection
keeps() {
    grep "connection $1 - $2 is" "$work/daemon.log" | tail -n 1 | grep -q kept
}
forgets() {
    ! keeps "$@"
}
wait_for 60 keeps out_2 system:playback_1 && wait_for 60 keeps out_1 "$client:in_1" &&
    wait_for 60 grep -q 'connection out_2 - system:playback_2 is forgotten' "$work/daemon.log"
is $? 0 "the daemon sees what is connected, and after two seconds forgets what is no longer"

back=0 restored=0
for round in $(seq "$rounds"); do
    before=$(said 'running at')
    server_end KILL
    server_start
    wait_for 60 running "$before" && back=$((back + 1))
    wait_for 60 connected out_1 system:playback_1 && wait_for 60 connected out_2 system:playback_1 &&
        wait_for 60 connected in_1 "$client:out_1" && wait_for 60 connected in_1 system:capture_1 &&
        ! connected out_2 system:playback_2 && restored=$((restored + 1))
    if [ "$round" -eq $((rounds < 4 ? 1 : 3)) ]; then # what libraries keep for themselves they have by now
        memory=$(memory) descriptors=$(descriptors) threads=$(threads)
    fi
done
is "$back" "$rounds" "comes back after each of $rounds kills"
is "$restored" "$rounds" "with the connections as they were"
# What the last server had may be under way still.
flat() {
    [ "$("$1")" -le "$2" ]
}
wait_for 60 flat descriptors "$descriptors"
is $? 0 "descriptors are flat: $descriptors, then $(descriptors)"
wait_for 60 flat threads "$threads"
is $? 0 "threads are flat: $threads, then $(threads)"
grown=$(($(memory) - memory))
if [ "$grown" -lt 1024 ]; then
    ok "memory is flat: $grown kB more than $memory kB"
else
    not_ok "memory is flat" "$memory kB and $grown more"
fi

before=$(said 'running at')
server_end TERM
server_start 44100
wait_for 60 running "$before"
wait_for 60 grep -q 'running at 44100 Hz' "$work/daemon.log"
is $? 0 "follows a server that ends in order and comes back at 44.1 kHz"
wait_for 60 connected out_2 system:playback_1
is $? 0 "with its connections"
follows_period() {
    timeout 60 jack_bufsize "$1" >/dev/null 2>&1
    wait_for 60 said_again "running at 44100 Hz, period $1\$" "$before"
}
for period in 16 64 2048 4096 256; do
    before=$(said "running at 44100 Hz, period $period\$")
    attempts 3 follows_period $period
    is $? 0 "follows to a period of $period"
done

# A peer that goes and comes back, before and after a new server; and one that somebody disconnects.
peer() {
    setpriv --pdeathsig KILL "$tools/jack_peer" peer &
    peer_pid=$!
    wait_for 60 peer_there
}
peer_there() {
    timeout 20 jack_lsp | grep -qx peer:out
}
peer_gone() {
    timeout 20 jack_lsp >"$work/ports" && ! grep -q '^peer:' "$work/ports"
}
peer
join "$client:out_1" peer:in
join peer:out "$client:in_1"
wait_for 60 keeps out_1 peer:in && wait_for 60 keeps in_1 peer:out
kill "$peer_pid"
wait "$peer_pid" 2>/dev/null
wait_for 60 peer_gone
sleep 2
peer
wait_for 60 connected out_1 peer:in && wait_for 60 connected in_1 peer:out
is $? 0 "a peer that went away is connected again when it comes back"
jack_disconnect "$client:out_1" peer:in
wait_for 60 forgets out_1 peer:in
kill -KILL "$peer_pid"
wait "$peer_pid" 2>/dev/null
before=$(said 'running at')
server_end KILL
server_start
wait_for 60 running "$before"
sleep 1
peer
wait_for 60 connected in_1 peer:out
is $? 0 "on a new server too, though it comes late"
sleep 1
connected out_1 peer:in
is $? 1 "but not where somebody has disconnected it"
kill "$peer_pid"
wait "$peer_pid" 2>/dev/null

wait_for 60 audio_is 'active *'
before=$(said 'stalled')
kill -STOP "$server_pid"
wait_for 60 said_again stalled "$before"
is $? 0 "tells that a frozen server is stalled"
before=$(said 'running at')
kill -CONT "$server_pid"
wait_for 60 running "$before"
is $? 0 "goes on when it thaws"

kill -STOP "$server_pid"
wait_for 60 grep -q 'has not called for 10 s' "$work/daemon.log"
is $? 0 "gives a frozen server up after 10 s"
begin=$SECONDS
daemon_end
is "$daemon_status" 0 "ends though the server hangs"
[ $((SECONDS - begin)) -le 30 ] # it gives up after three; the server would hang for ever
is $? 0 "within seconds"
kill -CONT "$server_pid"
clean "no server message floods the log" "$([ "$(grep -vcE '^gainstaged: (connect|libjack: )' "$work/daemon.log")" -lt 400 ] ||
    tail -n 50 "$work/daemon.log")"
tap_end
