/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a chain is looked for that is given by a bare name: the folders of the XDG base directory
 * specification 0.8, and those of the command line before them. [control] */
#ifndef APP_CHAIN_FOLDERS_H
#define APP_CHAIN_FOLDERS_H

#include "gainstage/status.h"

#include <stddef.h>

#define GS_CHAIN_FOLDERS_MAX 32

struct gs_chain_folders {
    const char *list[GS_CHAIN_FOLDERS_MAX + 1]; /* ends with NULL; owned */
    size_t n;
};

/* One more folder behind the others; one too many is left out. Copied. */
void gs_chain_folders_add(struct gs_chain_folders *folders, const char *folder);
/* $XDG_CONFIG_HOME, each of $XDG_CONFIG_DIRS with "/gainstaged/chains", and the installed chains. */
void gs_chain_folders_add_standard(struct gs_chain_folders *folders);
void gs_chain_folders_finish(struct gs_chain_folders *folders);

/* The file that an operand means: itself when it exists or has a slash; else NAME.json or NAME in the first
 * folder that has it; else NULL. Owner of the text: the caller (free). */
char *gs_chain_folders_find(const struct gs_chain_folders *folders, const char *name);

/* What is said when it was NULL: where was looked, and the nearest name. Returns GS_E_NOFILE. */
enum gs_status gs_chain_folders_refuse(const struct gs_chain_folders *folders, const char *name,
                                       struct gs_error *error);

#endif
