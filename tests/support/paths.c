/*
 * Paths of test data, from the environment that the makefile sets.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>

static const char *join(char *buf, size_t size, const char *variable, const char *relative)
{
    const char *top = getenv(variable);
    int n = top ? snprintf(buf, size, "%s/%s", top, relative) : -1;
    if (n < 0 || (size_t)n >= size) {
        fprintf(stderr, "test: no path for %s: is %s set?\n", relative, variable);
        abort();
    }
    return buf;
}

const char *test_source_path(char *buf, size_t size, const char *relative)
{
    return join(buf, size, "abs_top_srcdir", relative);
}

const char *test_build_path(char *buf, size_t size, const char *relative)
{
    return join(buf, size, "abs_top_builddir", relative);
}
