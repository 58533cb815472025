/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of saving, shared by save*.c. See chain.h. [control] */
#ifndef CHAIN_SAVE_H
#define CHAIN_SAVE_H

#include "gainstage/status.h"

#include <cjson/cJSON.h>

/* The document as text in the one layout of chain files: two spaces a level, one member a line, but what
 * fits into 100 columns on one line - except the document itself and its list of stages. Ends with a line
 * break. Owner: the caller (free). NULL when out of memory. */
char *gs_save_print(const cJSON *root);

/* A text onto disk, whole or not at all: see gs_chain_save(). save_file.c */
enum gs_status gs_save_text(const char *path, const char *text, struct gs_error *error);

#endif
