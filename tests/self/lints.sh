#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The lints' own test: each rule, broken once in a small tree, is noticed, and nothing else is.
. "${abs_top_srcdir:?run by make check}/tests/tap.sh"
lints=$abs_top_srcdir/tests/lint
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# plant FILE TEXT: a fresh tree with that one C file, listed as it should be
plant() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/{include,src,tests/lint,scripts,chains,man,.ci} "$tree/$(dirname "$1")"
    cp "$abs_top_srcdir/tests/tap.sh" "$tree/tests"
    cp "$lints/rt-symbols.allow" "$tree/tests/lint"
    printf '%s\n' "x += %D%/${1##*/}" "x += %D%/tap.sh" >"$tree/Makefile.am"
    sed -i '1i # SPDX-License-Identifier: GPL-3.0-or-later' "$tree/Makefile.am"
    cp "$tree/Makefile.am" "$tree/configure.ac"
    printf '%s\n' "$2" >"$tree/$1"
}

# complaints LINT: how many of its rules fail on the tree
complaints() {
    abs_top_srcdir=$tree abs_top_builddir=$tree bash "$lints/$1.sh" | grep -c '^not ok'
}

# breaks LINT FILE TEXT: exactly one rule of LINT is broken by a FILE with TEXT
breaks() {
    plant "$2" "$3"
    is "$(complaints "$1")" 1 "$1 refuses $2: $(head -n 1 <<<"$3")"
}

# keeps LINT FILE TEXT
keeps() {
    plant "$2" "$3"
    is "$(complaints "$1")" 0 "$1 allows $2: $(head -n 1 <<<"$3")"
}

keeps layers src/stage/gain.c '#include "dsp/ramp.h"'
keeps layers src/stage/gain.c '#include "stage/gain.h"'
keeps layers src/stage/stage_table.c '#include "stage/stage_table.h"'
keeps layers src/app/gainstaged.c '#include "config.h"'
keeps layers src/backend/jack.c '#include <jack/jack.h>'
keeps layers src/chain/load.c '#include <cjson/cJSON.h>'
keeps layers src/control/osc.c '#include <lo/lo.h>'
keeps layers src/dsp/ramp.c '#include <math.h>'
keeps layers src/engine/engine.c '#include <stdlib.h>'
breaks layers src/dsp/ramp.c '#include "stage/gain.h"'
breaks layers src/stage/gain.c '#include "meter/bank.h"'
breaks layers src/chain/load.c '  #  include "catalog/schema.h"'
breaks layers src/base/ring.c '#include "ring.h"'
breaks layers src/attic/ring.c '#include "base/ring.h"'
breaks layers include/gainstage/unit.h '#include "base/ring.h"'
breaks layers src/stage/gain.c '#include "stage/stage_table.h"'
breaks layers src/engine/engine.c '#include <cjson/cJSON.h>'
breaks layers src/session/verbs.c '#include <lo/lo.h>'
breaks layers src/backend/offline.c '#include <jack/jack.h>'
breaks layers src/dsp/ramp.c '#include <stdio.h>'
breaks layers src/meter/peak.c '#include <pthread.h>'
breaks layers src/stage/gain.c '#include "base/log.h"'
breaks layers src/engine/process.c '#include <stdlib.h>'
breaks layers src/session/verbs.c 'pthread_mutex_lock(&m);'

licence='/* SPDX-License-Identifier: GPL-3.0-or-later */'
keeps names src/dsp/ramp.c "$licence"
breaks names src/dsp/util.c "$licence"
breaks names src/dsp/Helpers.c "$licence"
breaks names src/dsp/ramp.c 'int gs_ramp;'
breaks names src/dsp/ramp.c "$(yes "$licence" | head -n 601)"
plant src/dsp/ramp.c "$licence"
cp "$tree/src/dsp/ramp.c" "$tree/src/dsp/forgotten.c"
is "$(complaints names)" 1 "names refuses a file that no .am file lists"

# object TEXT: compiles it to where the audio thread's kernels are
object() {
    plant src/dsp/kernel.c "$1"
    ${CC:-cc} -O0 -w -c -o "$tree/src/dsp/kernel.o" "$tree/src/dsp/kernel.c"
}
object 'float sinf(float); float gs_k(float x) { return sinf(x); }'
is "$(complaints rt-symbols)" 0 "rt-symbols allows sinf"
object 'void *malloc(unsigned long); void *gs_k(void) { return malloc(1); }'
is "$(complaints rt-symbols)" 1 "rt-symbols refuses malloc"
object 'int printf(const char *, ...); int gs_k(void) { return printf("%d", 1); }'
is "$(complaints rt-symbols)" 1 "rt-symbols refuses printf"

object 'void gs_log(void); void gs_k(void) { gs_log(); }'
is "$(complaints rt-symbols)" 1 "rt-symbols refuses the log"

# page FILE TEXT: a tree with that one module or page besides a good one
page() {
    plant src/dsp/ramp.c "$licence"
    mkdir -p "$tree/web/style"
    printf '/* %s */\n' "$licence" >"$tree/web/style/page.css"
    printf '<title>page</title>\n' >"$tree/web/index.html"
    printf '// SPDX-License-Identifier: GPL-3.0-or-later\n//\n// A module that does nothing, for a test.\n' >"$tree/web/quiet.js"
    printf '%s\n' "$2" >>"$tree/web/$1"
    printf '%s\n' 'w += %D%/quiet.js' 'w += %D%/index.html' 'w += %D%/style/page.css' >"$tree/web/web.am"
}
page quiet.js 'const x = 1;'
is "$(complaints web)" 0 "web allows a module"
page quiet.js "$(printf 'export function x() {}')"
is "$(complaints web)" 1 "web refuses an export without a contract"
page quiet.js 'node.innerHTML = words;'
is "$(complaints web)" 1 "web refuses innerHTML"
page quiet.js "import { x } from 'https://example.org/x.js';"
is "$(complaints web)" 1 "web refuses what lies elsewhere"
page quiet.js "el('p', {}, 'Words for people')"
is "$(complaints web)" 1 "web refuses words outside the text"
page quiet.js "$(yes '// line' | head -n 250)"
is "$(complaints web)" 1 "web refuses a long module"
page index.html '<p onclick="x()">x</p>'
is "$(complaints web)" 1 "web refuses inline handlers"
page style/page.css 'p { color: #ff0000; }'
is "$(complaints web)" 1 "web refuses colours outside the palette"
page quiet.js 'const x = 1;'
printf '// SPDX\n' >"$tree/web/icon.svg"
is "$(complaints web)" 1 "web refuses a file that web.am does not list"

plant man/x.1 '.Dd today'
is "$(complaints man)" 1 "man refuses a page that mandoc warns of"
plant scripts/x '#!/bin/sh
read line'
is "$(complaints shell)" 1 "shell refuses a read that eats backslashes"
plant src/dsp/ramp.c 'int   gs_ramp ;'
cp "$abs_top_srcdir/.clang-format" "$tree"
is "$(complaints format)" 1 "format refuses loose spaces"
tap_end
