#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A daemon on a machine that knows nothing of it yet, no JACK server, no folder of chains; and what is typed wrong on
# the first evening.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

gainstage=${abs_top_builddir:?}/gainstage gainstaged=$abs_top_builddir/gainstaged
work=$(mktemp -d "${TMPDIR:-/tmp}/evening.XXXXXX") || exit 99
daemon_pid=''
trap '[ -z "$daemon_pid" ] || kill -KILL "$daemon_pid"; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$work/home"
cat >"$work/tone.json" <<'END'
{"gainstage":1,"name":"tone","stages":[
{"id":"src","kind":"source","domain":"digital","signal":"sine","level_dbfs":-20},
{"id":"trim","kind":"gain"},{"id":"out","kind":"master"}]}
END
env -u XDG_CONFIG_HOME HOME="$work/home" setpriv --pdeathsig KILL "$gainstaged" --server "none$$" --name "evening$$" --osc-port 0 --no-http \
    "$work/tone.json" 2>"$work/daemon.log" &
daemon_pid=$!
for _ in $(seq 1200); do # a minute: the machine may be busy with others
    grep -q 'UDP port' "$work/daemon.log" && break
    sleep 0.05
done
port=$(sed -n 's/.*UDP port \([0-9]*\).*/\1/p' "$work/daemon.log")

# says STATUS TEXT COMMAND...
says() {
    local said status
    said=$(timeout 60 "$gainstage" "${@:3}" --wait 30 2>&1 >/dev/null)
    status=$?
    is "$status" "$1" "status $1: ${*:3}"
    case $said in
    *"$2"*) ok "says: $2" ;;
    *) not_ok "says: $2" "$said" ;;
    esac
}
saved=$(timeout 60 "$gainstage" set --wait 30 --port "$port" /chain/save mine)
is "$saved" "$work/home/.config/gainstaged/chains/mine.json" "the first chain ever is saved"
is "$(stat -c %a "$work/home/.config/gainstaged/chains")" 700 "in a folder that was made for it, ours alone"
is "$("$gainstage" check "$saved" >/dev/null; echo $?)" 0 "and is one"
says 64 "did you mean '/stage/trim/gain'?" get --port "$port" stage/trim/gain
says 64 "did you mean '/stage/trim/gain'?" set --port "$port" stage/trim/gain 3
says 64 "/undo 1" set --port "$port" /undo

echo "an evening's work" >"$work/old.csv"
says 65 "did you mean 'trim'" record-meters --port "$port" trin --csv "$work/old.csv"
is "$(cat "$work/old.csv")" "an evening's work" "a recording that is refused leaves the old series whole"
says 71 "No such file or directory" record-meters --port "$port" trim --csv "$work/nowhere/x.csv"

"$gainstaged" --server "none$$" --osc-port "$port" --no-http "$work/tone.json" 2>"$work/second.log"
is "$?" 71 "a second daemon on the same port ends"
grep -q -- '--osc-port' "$work/second.log"
is "$?" 0 "and says what helps: $(tail -n 1 "$work/second.log")"

said=$(HOME="$work/home" XDG_CONFIG_HOME='' "$gainstaged" --no-http mien 2>&1)
is "$?" 66 "a chain that nobody knows"
case $said in
*"$work/home/.config/gainstaged/chains"*"did you mean 'mine'?"*) ok "is said, with where was looked and the nearest" ;;
*) not_ok "is said, with where was looked and the nearest" "$said" ;;
esac

kill -INT "$daemon_pid"
wait "$daemon_pid"
is "$?" 0 "Ctrl-C ends it, without a server too"
daemon_pid=''
tap_end
