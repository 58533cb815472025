/*
 * The environment that every test relies on: the source tree is where the makefile says, the build tree is writable.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "paths.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

Test(paths, source_tree_is_ours)
{
    char path[4096], line[128] = "";
    FILE *f = fopen(test_source_path(path, sizeof path, "configure.ac"), "r");
    cr_assert(ne(ptr, f, NULL));
    while (fgets(line, sizeof line, f) && !strstr(line, "AC_INIT([gainstaged]"))
        ;
    fclose(f);
    cr_assert(ne(ptr, strstr(line, "AC_INIT([gainstaged]"), NULL));
}

Test(paths, build_tree_is_writable)
{
    char path[4096];
    cr_assert(zero(int, access(test_build_path(path, sizeof path, "."), W_OK)));
}

Test(paths, too_long_ends_the_test, .signal = SIGABRT)
{
    char path[4];
    test_source_path(path, sizeof path, "configure.ac");
}
