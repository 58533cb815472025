/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where chains are looked for: the rules of the XDG base directory specification 0.8, one by one. */
#include "app/chain_folders.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[64];

static void set_up(void)
{
    strcpy(here, "/tmp/gst-folders.XXXXXX");
    cr_assert_not_null(mkdtemp(here));
    cr_assert_eq(chdir(here), 0);
    mkdir("a", 0777);
    mkdir("b", 0777);
}

static void tear_down(void)
{
    static const char *const all[] = { "a/one.json", "b/one.json", "b/two.json", "b/three", "four" };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        unlink(all[i]);
    }
    rmdir("a");
    rmdir("b");
    rmdir(here);
}

TestSuite(chain_folders, .init = set_up, .fini = tear_down);

static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fclose(file);
}

static void expect(const struct gs_chain_folders *folders, const char *name, const char *path)
{
    char *found = gs_chain_folders_find(folders, name);
    if (path) {
        cr_assert_not_null(found, "%s should be found", name);
        cr_assert_str_eq(found, path);
    } else {
        cr_assert_null(found, "%s should not be found", name);
    }
    free(found);
}

Test(chain_folders, first_folder_wins)
{
    struct gs_chain_folders folders = { 0 };
    gs_chain_folders_add(&folders, "a");
    gs_chain_folders_add(&folders, "b");
    touch("b/one.json");
    touch("b/two.json");
    touch("b/three");
    touch("four");
    expect(&folders, "one", "b/one.json");
    touch("a/one.json");
    expect(&folders, "one", "a/one.json");
    expect(&folders, "two.json", "b/two.json");
    expect(&folders, "three", "b/three");
    expect(&folders, "four", "four");
    expect(&folders, "five", NULL);
    expect(&folders, "x/five", "x/five"); /* a path is a path: the loader says what is wrong with it */
    gs_chain_folders_finish(&folders);
}

Test(chain_folders, standard_places)
{
    struct gs_chain_folders folders = { 0 };
    setenv("HOME", "/home/ann", 1);
    setenv("XDG_CONFIG_HOME", "/cfg", 1);
    setenv("XDG_CONFIG_DIRS", "/one:relative:/two", 1);
    gs_chain_folders_add_standard(&folders);
    static const char *const wanted[] = { "/cfg/gainstaged/chains", "/one/gainstaged/chains",
                                          "/two/gainstaged/chains", PKGDATADIR "/chains" };
    cr_assert_eq(folders.n, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_str_eq(folders.list[i], wanted[i]);
    }
    cr_assert_null(folders.list[4]);
    gs_chain_folders_finish(&folders);
}

Test(chain_folders, defaults_of_the_standard)
{
    struct gs_chain_folders folders = { 0 };
    setenv("HOME", "/home/ann", 1);
    setenv("XDG_CONFIG_HOME", "not/absolute", 1);
    unsetenv("XDG_CONFIG_DIRS");
    gs_chain_folders_add_standard(&folders);
    cr_assert_eq(folders.n, 3);
    cr_assert_str_eq(folders.list[0], "/home/ann/.config/gainstaged/chains");
    cr_assert_str_eq(folders.list[1], "/etc/xdg/gainstaged/chains");
    gs_chain_folders_finish(&folders);
}

Test(chain_folders, too_many_are_left_out)
{
    struct gs_chain_folders folders = { 0 };
    for (int i = 0; i < 100; i++) {
        gs_chain_folders_add(&folders, "a");
    }
    cr_assert_eq(folders.n, GS_CHAIN_FOLDERS_MAX);
    cr_assert_null(folders.list[GS_CHAIN_FOLDERS_MAX]);
    gs_chain_folders_finish(&folders);
}
