/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_paths.h. */
#include "control/door_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
    const struct gs_door_paths *then, *now;
    gs_door_paths_say *say;
    void *context;
};

static const struct gs_door_stage_name *find(const struct gs_door_paths *paths, const char *id)
{
    for (size_t i = 0; i < paths->n; i++) {
        if (strcmp(paths->stage[i].id, id) == 0) {
            return &paths->stage[i];
        }
    }
    return NULL;
}

static void say(const struct telling *telling, const char *command, const char *id, const char *renamed)
{
    char path[64], other[64];
    snprintf(path, sizeof path, "/stage/%s", id);
    snprintf(other, sizeof other, "/stage/%s", renamed ? renamed : "");
    telling->say(telling->context, command, path, renamed ? other : NULL);
}

/* A stage that stands where one of its kind stood, under another name. */
static bool is_renamed(const struct telling *telling, size_t i)
{
    const struct gs_door_paths *then = telling->then, *now = telling->now;
    return i < now->n && i < then->n && now->stage[i].kind == then->stage[i].kind &&
           !find(now, then->stage[i].id) && !find(then, now->stage[i].id);
}

static void tell(const struct telling *telling)
{
    const struct gs_door_paths *then = telling->then, *now = telling->now;
    for (size_t i = 0; i < then->n; i++) {
        const struct gs_door_stage_name *same = find(now, then->stage[i].id);
        if (is_renamed(telling, i)) {
            say(telling, "PATH_RENAMED", then->stage[i].id, now->stage[i].id);
        } else if (!same) {
            say(telling, "PATH_REMOVED", then->stage[i].id, NULL);
        } else if (same->kind != then->stage[i].kind) {
            say(telling, "PATH_CHANGED", then->stage[i].id, NULL);
        }
    }
    for (size_t i = 0; i < now->n; i++) {
        if (!find(then, now->stage[i].id) && !is_renamed(telling, i)) {
            say(telling, "PATH_ADDED", now->stage[i].id, NULL);
        }
    }
    telling->say(telling->context, "PATH_CHANGED", "/", NULL);
}

void gs_door_paths_follow(struct gs_door_paths *paths, const struct gs_chain *chain, gs_door_paths_say *out,
                          void *context)
{
    struct gs_door_paths now = { calloc(chain->n_stages + 1, sizeof *now.stage), chain->n_stages };
    if (!now.stage) {
        return;
    }
    for (size_t i = 0; i < now.n; i++) {
        snprintf(now.stage[i].id, sizeof now.stage[i].id, "%s", chain->stages[i].id);
        now.stage[i].kind = chain->stages[i].kind;
    }
    tell(&(struct telling){ paths, &now, out, context });
    gs_door_paths_finish(paths);
    *paths = now;
}

void gs_door_paths_finish(struct gs_door_paths *paths)
{
    free(paths->stage);
    *paths = (struct gs_door_paths){ 0 };
}
