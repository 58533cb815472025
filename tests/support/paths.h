/*
 * Where a test finds its data and leaves its files: the makefile says it in the environment, so tests run from any
 * directory, out of a tarball too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_SUPPORT_PATHS_H
#define TESTS_SUPPORT_PATHS_H

#include <stddef.h>

/* Full path of a file of the source tree ("chains/desk.json"), in buf; exits the test when it does not fit or the
   environment lacks abs_top_srcdir. Returns buf. */
const char *test_source_path(char *buf, size_t size, const char *relative);

/* The same for the build tree, which is the place to write to. */
const char *test_build_path(char *buf, size_t size, const char *relative);

#endif
