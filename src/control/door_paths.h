/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What another chain changes of the tree, told as OSCQuery tells it: stages that came, went, are of another kind, or
 * stand under another name where one of their kind stood. [control] */
#ifndef CONTROL_DOOR_PATHS_H
#define CONTROL_DOOR_PATHS_H

#include "chain/chain.h"

struct gs_door_paths {
    struct gs_door_stage_name {
        char id[GS_CHAIN_ID_SIZE];
        const void *kind;
    } * stage; /* of the chain that is known */
    size_t n;
};

/* `command` is "PATH_ADDED", "PATH_REMOVED", "PATH_CHANGED" or "PATH_RENAMED"; `renamed` is the new path, else NULL. */
typedef void gs_door_paths_say(void *context, const char *command, const char *path, const char *renamed);

/* Says what is other than in the chain before, at last that "/" has changed, and remembers `chain`. Without memory
 * nothing is said. */
void gs_door_paths_follow(struct gs_door_paths *paths, const struct gs_chain *chain, gs_door_paths_say *say,
                          void *context);
void gs_door_paths_finish(struct gs_door_paths *paths);

#endif
