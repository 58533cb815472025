#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `gainstage measure` on the command line: several files of which some cannot be read, standard input, what is no file.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"

gainstage=${abs_top_builddir:?}/gainstage
work=$(mktemp -d "${TMPDIR:-/tmp}/measure.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
cat >"$work/tone.json" <<'END'
{"gainstage":1,"name":"tone","stages":[
{"id":"src","kind":"source","domain":"digital","signal":"sine","level_dbfs":-20},{"id":"out","kind":"master"}]}
END
"$gainstage" render "$work/tone.json" --output "$work/tone.wav" --seconds 1 --quiet >/dev/null
echo "no sound" >"$work/text.wav"

first() { # the first letter of what is printed for these files: an object or a list
    "$gainstage" measure --json "$@" 2>/dev/null | head -c 1
}
is "$(first "$work/tone.wav")" "{" "one file: an object"
is "$(first "$work/tone.wav" "$work/tone.wav")" "[" "two files: a list"
is "$(first "$work/tone.wav" "$work/text.wav")" "[" "a list, too, when one of two cannot be read"
is "$(first "$work/none.wav" "$work/text.wav")" "[" "or neither"
is "$(first "$work/text.wav")" "" "one that cannot be read: nothing"

peak() {
    tr -d '\t\n' | sed 's/.*"sample_peak_dbfs":\([^,]*\),.*/\1/'
}
expected=$("$gainstage" measure --json "$work/tone.wav" | peak)
is "$("$gainstage" measure --json - <"$work/tone.wav" | peak)" "$expected" "- is standard input"
# shellcheck disable=SC2002 # a pipe is what is tested
is "$(cat "$work/tone.wav" | "$gainstage" measure --json - | peak)" "$expected" "or a pipe"

"$gainstage" measure "$work/tone.wav" 2>"$work/error" >/dev/null
is "$?$(cat "$work/error")" 0 "a whole file: no complaint"
head -c 100000 "$work/tone.wav" >"$work/cut.wav"
"$gainstage" measure "$work/cut.wav" 2>"$work/error" >/dev/null
is "$?" 0 "a file that was broken off is measured"
grep -q "ends before its header says" "$work/error"
is "$?" 0 "and it is said"

refused() { # refused FILE STATUS WORDS TEXT
    "$gainstage" measure "$1" >"$work/out" 2>"$work/error"
    is "$?" "$2" "$4"
    grep -q "$3" "$work/error"
    is "$?" 0 "and says so: $(cat "$work/error")"
}
refused "$work" 66 "a folder" "a folder is refused"
refused "$work/none.wav" 66 "no such" "so is what is not there"
refused - 71 "Is a directory" "a folder as standard input" <"$work"
refused "$work/text.wav" 65 "not a sound file" "and what is no sound"

# A file that may grow but not be emptied, as one of chattr +a.
cat >"$work/grows.py" <<'END'
import fcntl, os, sys
fd = os.memfd_create("series", os.MFD_ALLOW_SEALING)
os.write(fd, b"kept")
fcntl.fcntl(fd, 1033, 2)  # F_ADD_SEALS, F_SEAL_SHRINK
failed = os.spawnv(os.P_WAIT, sys.argv[1], ["gainstage", "measure", "--series", "10", "--csv",
                                            f"/proc/{os.getpid()}/fd/{fd}", sys.argv[2]])
print(failed, os.pread(fd, 100, 0).decode())
END
if command -v python3 >/dev/null; then
    is "$(python3 "$work/grows.py" "$gainstage" "$work/tone.wav" 2>"$work/error" | tail -n 1)" "71 kept" \
        "a series that cannot be written over is refused, and nothing is hung behind the old one"
    is "$(grep -c "cannot write the series: Operation not permitted" "$work/error")" 1 "which is said once"
fi
tap_end
