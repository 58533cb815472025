/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saving is whole or not at all: whatever call fails, the old file stands and nothing is left beside it.
 * The test's own write(), fsync(), rename() and so on stand before the C library's and fail on demand. */
#include "chain/chain.h"

#include "../support/chain_text.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

TestSuite(save_file, .fini = test_folder_remove);

/* ---- calls that fail ----------------------------------------------------------------------------------- */

static const char *failing; /* name of the call that fails; NULL: none */
static int failing_with;
static int failing_after; /* calls that still succeed */
static bool failing_once; /* then all is well again */

static bool fails(const char *call)
{
    if (!failing || strcmp(failing, call) != 0 || failing_after-- > 0) {
        return false;
    }
    errno = failing_with;
    failing = failing_once ? NULL : failing;
    return true;
}

ssize_t write(int file, const void *data, size_t size)
{
    if (fails("write")) {
        return -1;
    }
    bool slow =
        failing && strcmp(failing, "write") == 0 && size > 10; /* a disk that fills up takes a part first */
    return syscall(SYS_write, file, data, slow ? 10 : size);
}

int fsync(int file)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, file);
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fchmod(int file, mode_t mode)
{
    return fails("fchmod") ? -1 : (int)syscall(SYS_fchmod, file, mode);
}

int close(int file)
{
    int closed = (int)syscall(SYS_close, file);
    return fails("close") ? -1 : closed;
}

/* ---- ground -------------------------------------------------------------------------------------------- */

#define SMALL "{'gainstage':1,'stages':[{'id':'a','kind':'source'},{'id':'m','kind':'master'}]}"
#define SAVED                                                                                                \
    "{\n  \"gainstage\": 1,\n  \"stages\": [\n    { \"id\": \"a\", \"kind\": \"source\" },\n"                \
    "    { \"id\": \"m\", \"kind\": \"master\" }\n  ]\n}\n"

static char path[4096];

static void contains(const char *expected)
{
    char *text = test_read(path);
    cr_assert(text, "%s is gone", path);
    cr_assert_str_eq(text, expected);
    free(text);
}

static int count_files(void)
{
    DIR *folder = opendir(test_folder());
    int n = 0;
    while (readdir(folder)) {
        n++;
    }
    closedir(folder);
    return n - 2;
}

static enum gs_status save_to(const char *where, struct gs_error *error)
{
    struct gs_chain *chain = test_chain(SMALL);
    enum gs_status status = gs_chain_save(chain, where, error);
    gs_chain_destroy(chain);
    return status;
}

/* ---- what works ---------------------------------------------------------------------------------------- */

Test(save_file, new_file_obeys_umask)
{
    struct stat status;
    umask(027);
    cr_assert_eq(save_to(test_file(path, sizeof path, "new.json"), NULL), GS_OK);
    contains(SAVED);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 07777, 0640);
    cr_assert_eq(count_files(), 1);
}

Test(save_file, old_file_keeps_mode_and_owner)
{
    struct stat status;
    test_write(test_file(path, sizeof path, "old.json"), "old");
    cr_assert_eq(chmod(path, 0604), 0);
    bool root = chown(path, 12345, 54321) == 0;
    cr_assert_eq(chmod(path, 0604), 0);
    cr_assert_eq(save_to(path, NULL), GS_OK);
    contains(SAVED);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 07777, 0604);
    cr_assert(!root || (status.st_uid == 12345 && status.st_gid == 54321));
    cr_assert_eq(count_files(), 1);
}

Test(save_file, link_stays_a_link)
{
    char link[4096];
    struct stat status;
    test_write(test_file(path, sizeof path, "target.json"), "old");
    cr_assert_eq(symlink("target.json", test_file(link, sizeof link, "link.json")), 0);
    cr_assert_eq(save_to(link, NULL), GS_OK);
    contains(SAVED);
    cr_assert_eq(lstat(link, &status), 0);
    cr_assert(S_ISLNK(status.st_mode));
}

Test(save_file, bare_name)
{
    cr_assert_eq(chdir(test_folder()), 0);
    cr_assert_eq(save_to("bare.json", NULL), GS_OK);
    test_file(path, sizeof path, "bare.json");
    contains(SAVED);
}

/* Leftovers of a crash under the names that this process would use. */
Test(save_file, leftovers_are_no_obstacle)
{
    char name[64], left[4096];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, ".gainstage-%ld-%d.tmp", (long)getpid(), i);
        test_write(test_file(left, sizeof left, name), "left");
    }
    cr_assert_eq(save_to(test_file(path, sizeof path, "a.json"), NULL), GS_OK);
    contains(SAVED);
    cr_assert_eq(count_files(), 4);
}

/* ---- what fails ---------------------------------------------------------------------------------------- */

static const struct {
    const char *call;
    int with, after;
} failures[] = {
    { "write", ENOSPC, 0 }, { "write", ENOSPC, 3 }, { "write", EIO, 1 },     { "write", EDQUOT, 2 },
    { "fsync", EIO, 0 },    { "fsync", ENOSPC, 0 }, { "rename", EACCES, 0 }, { "rename", ENOSPC, 0 },
    { "fchmod", EPERM, 0 }, { "close", EIO, 0 },    { "close", ENOSPC, 0 },
};

Test(save_file, old_file_stays_whole)
{
    struct gs_chain *chain = test_chain(SMALL);
    test_write(test_file(path, sizeof path, "old.json"), "old, but mine");
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        struct gs_error error = { 0 };
        failing = failures[i].call;
        failing_with = failures[i].with;
        failing_after = failures[i].after;
        enum gs_status status = gs_chain_save(chain, path, &error);
        failing = NULL;
        cr_assert_eq(status, GS_E_IO, "%s: %s", failures[i].call, strerror(failures[i].with));
        cr_assert_str_eq(error.where, path);
        cr_assert(strstr(error.text, strerror(failures[i].with)), "%s: %s", failures[i].call, error.text);
        cr_assert(strstr(error.text, "nothing was changed"), "%s", error.text);
        contains("old, but mine");
        cr_assert_eq(count_files(), 1, "%s leaves something behind", failures[i].call);
    }
    gs_chain_destroy(chain);
}

Test(save_file, interrupted_write_goes_on)
{
    struct gs_chain *chain = test_chain(SMALL);
    test_file(path, sizeof path, "a.json");
    failing = "write";
    failing_with = EINTR;
    failing_after = 1;
    failing_once = true;
    enum gs_status status = gs_chain_save(chain, path, NULL);
    cr_assert_null(failing, "write was never interrupted");
    cr_assert_eq(status, GS_OK);
    gs_chain_destroy(chain);
    contains(SAVED);
}

Test(save_file, folder_that_does_not_reach_the_disk)
{
    struct gs_error error;
    test_file(path, sizeof path, "a.json");
    failing = "fsync";
    failing_with = EIO;
    failing_after = 1;
    enum gs_status status = save_to(path, &error);
    failing = NULL;
    cr_assert_eq(status, GS_E_IO);
    cr_assert(strstr(error.text, "is saved"), "%s", error.text);
    contains(SAVED);
}

/* The system's own limit on the size of files, without any help from this test. */
Test(save_file, file_size_limit)
{
    struct rlimit limit = { 40, 40 };
    struct gs_error error;
    struct gs_chain *chain = test_chain(SMALL);
    test_write(test_file(path, sizeof path, "old.json"), "old, but mine");
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum gs_status status = gs_chain_save(chain, path, &error);
    gs_chain_destroy(chain);
    cr_expect_eq(status, GS_E_IO);
    cr_expect(strstr(error.text, "File too large"));
    contains("old, but mine");
    cr_expect_eq(count_files(), 1);
}

static void refused(const char *where, const char *found)
{
    struct gs_error error = { 0 };
    int files = count_files();
    cr_assert_eq(save_to(where, &error), GS_E_IO, "%s", where);
    cr_assert(strstr(error.text, found), "%s: %s", where, error.text);
    cr_assert_eq(count_files(), files);
}

Test(save_file, places_that_cannot_be)
{
    refused("/no/such/folder/x.json", "No such file or directory");
    refused(test_folder(), "a folder");
    refused("/dev/null", "not a file");
    refused("", "No such file or directory");
    cr_assert_eq(mkfifo(test_file(path, sizeof path, "fifo"), 0666), 0);
    refused(path, "not a file");
    cr_assert_eq(symlink("nowhere", test_file(path, sizeof path, "dangling")), 0);
    refused(path, "leads nowhere");
}
