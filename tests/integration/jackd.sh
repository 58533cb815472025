# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2317 # the test that sources this uses what is set here
# Private JACK servers and daemons for integration tests. Source it after tap.sh. Everything that is started here is
# ended when the test ends, by process number, or by the kernel when the test is killed; names and ports are this test's
# own, so tests may run side by side. No clock of a loaded machine decides: a state is waited for, for as long as it may
# take at worst (a minute costs nothing where it comes), and what only a machine with time can show is tried again.

need jackd
need jack_lsp

gainstaged=${GAINSTAGED:-${abs_top_builddir:?}/gainstaged}
gainstage=${GAINSTAGE:-$abs_top_builddir/gainstage}
tools=${INTEGRATION_TOOLS:-$abs_top_builddir/tests/integration}
chains=${abs_top_srcdir:?}/tests/integration/chains
speech=/usr/share/sounds/alsa/Front_Center.wav

work=$(mktemp -d "${TMPDIR:-/tmp}/gst.XXXXXX") || exit 99
export JACK_DEFAULT_SERVER="gst$$"
export JACK_NO_AUDIO_RESERVATION=1
export JACK_NO_START_SERVER=1
client=gst$$d
server_pid='' daemon_pid='' osc_port=''
daemon_env=(env) # what the daemon is started through

# jackd is asked to end: killed, it would leave its place in JACK's list of eight servers taken.
finish() {
    local pid
    for pid in $(jobs -pr); do
        [ "$pid" = "$server_pid" ] || kill -KILL "$pid" 2>/dev/null
    done
    if [ -n "$server_pid" ]; then
        kill -CONT "$server_pid" 2>/dev/null
        kill -TERM "$server_pid" 2>/dev/null
        wait_for 20 eval "! kill -0 $server_pid"
        kill -KILL "$server_pid" 2>/dev/null
    fi
    wait
    rm -rf "$work" /dev/shm/jack_*_gst$$*
}
trap finish EXIT
trap 'exit 99' HUP INT TERM

# wait_for SECONDS COMMAND...: until it succeeds; a loaded machine gets the time it needs
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# attempts TIMES COMMAND...: until it succeeds; what a machine without time can spoil for once
attempts() {
    local n
    for ((n = $1; n > 0; n--)); do
        "${@:2}" && return
    done
    return 1
}

server_answers() {
    timeout 20 jack_lsp
}

# Whether it answers, or has ended before: others may have the eight places of JACK's list for a while.
server_settled() {
    ! kill -0 "$server_pid" || server_answers
}

# server_with ARGUMENT...: jackd with these
server_with() {
    local try
    for try in $(seq 24); do
        setpriv --pdeathsig TERM jackd -n "$JACK_DEFAULT_SERVER" --no-mlock "$@" >>"$work/jackd.log" 2>&1 &
        server_pid=$!
        wait_for 60 server_settled && kill -0 "$server_pid" 2>/dev/null && return
        kill -KILL "$server_pid" 2>/dev/null
        wait "$server_pid" 2>/dev/null
        sleep 5
    done
    server_pid=''
    return 1
}

# server_start [RATE [PERIOD]]
server_start() {
    server_with -R -d dummy -r "${1:-48000}" -p "${2:-256}"
}

# server_end SIGNAL
server_end() {
    kill "-$1" "$server_pid"
    wait "$server_pid" 2>/dev/null
    server_pid=''
}

# daemon_start ARGUMENT...: any free OSC port
daemon_start() {
    setpriv --pdeathsig KILL "${daemon_env[@]}" "$gainstaged" --name "$client" --osc-port 0 "$@" 2>>"$work/daemon.log" &
    daemon_pid=$!
    wait_for 60 grep -q 'UDP port' "$work/daemon.log" || return
    osc_port=$(sed -n 's/.*UDP port \([0-9]*\).*/\1/p' "$work/daemon.log" | tail -n 1)
}

# said TEXT: how often the daemon has said so
said() {
    grep -c -- "$1" "$work/daemon.log"
}

# said_again TEXT TIMES: the daemon has said so more often than TIMES
said_again() {
    [ "$(said "$1")" -gt "$2" ]
}

running() {
    said_again 'running at' "${1:-0}"
}

# daemon_end: sets daemon_status
daemon_end() {
    kill -TERM "$daemon_pid"
    wait "$daemon_pid"
    daemon_status=$?
    daemon_pid=''
}

# connected PORT PEER: PORT is a port of ours
connected() {
    timeout 20 jack_lsp -c "$client:$1" | grep -qxF "   $2"
}

# osc_get ADDRESS; osc_set ADDRESS VALUE
osc_get() {
    timeout 60 "$gainstage" get --wait 30 --port "$osc_port" "$1"
}
osc_set() {
    timeout 60 "$gainstage" set --wait 30 --port "$osc_port" "$1" "$2"
}

# audio_is PATTERN: what /audio says
audio_is() {
    # shellcheck disable=SC2053 # a pattern
    [[ $(osc_get /audio) == $1 ]]
}

# udp_bound PORT PROCESS: the process lives and somebody has the UDP port of the loopback or of every address
udp_bound() {
    kill -0 "$2" && grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") " /proc/net/udp
}

# within VALUE TARGET TOLERANCE
within() {
    awk -v v="$1" -v t="$2" -v e="$3" 'BEGIN { exit !(v != "" && v - t <= e && t - v <= e) }'
}

# below VALUE LIMIT
below() {
    awk -v v="$1" -v l="$2" 'BEGIN { exit !(v != "" && v < l) }'
}

# field NAME TEXT: the number behind NAME= in TEXT
field() {
    sed -n "s/.*\b$1=\([-0-9.]*\).*/\1/p" <<<"$2"
}
