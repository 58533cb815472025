#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# gainstaged(8) has every option of the option table, with its letter and its argument, and no other; and every exit
# status that the program has a reason for.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
page=$abs_top_srcdir/man/gainstaged.8
daemon=${abs_top_builddir:?}/gainstaged

# "n name NAME", a line an option: letter (- when it has none), long name, argument
options() {
    "$daemon" --help | sed -nE 's/^  (-(.), |    )--([a-z-]+)( ([^ ]+))?( .*)?$/\2 \3 \5/p' | sed -E 's/^ /- /' |
        sed 's/ *$//'
}
documented() {
    sed -nE 's/^\.It Fl ((.)( Ar [^ ]+)? , Fl )?-([a-z-]+)( Ar (.*))?$/\2 \4 \6/p' "$page" | sed -E 's/^ /- /' |
        sed 's/ *$//'
}
is "$(documented)" "$(options)" "options of the manual page and of --help are the same"
[ "$(options | wc -l)" -gt 8 ]
is $? 0 "and were found at all"
clean "letter and long name have the same argument" \
    "$(sed -nE 's/^\.It Fl . Ar ([^ ]+) , Fl -[a-z-]+ Ar ([^ ]+)$/\1 \2/p' "$page" | awk '$1 != $2')"
tap_end
