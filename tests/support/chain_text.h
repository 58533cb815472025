/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chains in tests: from text that must be good, with quotes that need no backslashes. */
#ifndef TESTS_SUPPORT_CHAIN_TEXT_H
#define TESTS_SUPPORT_CHAIN_TEXT_H

#include "chain/chain.h"

/* Loads a chain from text in which ' stands for "; the test fails with all complaints when it is refused. */
struct gs_chain *test_chain(const char *text);

/* The complaints about a text that must be refused, one a line as "where: text". Owner: the caller. */
char *test_chain_complaints(const char *text);

/* Value of a stage's parameter; of a send's (GS_SEND_*). Fails when there is none. */
double test_chain_value(const struct gs_chain *chain, const char *id, const char *key);
double test_chain_send(const struct gs_chain *chain, const char *id, size_t send, size_t param);
size_t test_chain_slot(const struct gs_chain *chain, const char *id, const char *key);

/* A folder of this test process, made on the first call, and a file name in it. */
const char *test_folder(void);
const char *test_file(char *buf, size_t size, const char *name);
void test_folder_remove(void);

/* Whole file as text, NULL when there is none; and back. Owner: the caller. */
char *test_read(const char *path);
void test_write(const char *path, const char *text);

#endif
