/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Snapshots in memory. See snapshots.h; their file is read in load_snapshots.c, written in save_snapshots.c. */
#include "chain/snapshots.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool gs_snapshot_name_is_good(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= GS_SNAPSHOT_NAME_SIZE) {
        return false;
    }
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && *name != '-' && *name != '_') {
            return false;
        }
    }
    return true;
}

bool gs_snapshot_takes(const struct gs_chain *chain, size_t slot)
{
    const struct gs_param *row = gs_chain_slot_row(chain, slot);
    return row && row->type != GS_TEXT && !(row->flags & GS_PARAM_SETUP);
}

struct gs_snapshot *gs_snapshots_find(struct gs_snapshots *snapshots, const char *name)
{
    for (size_t i = 0; i < snapshots->n; i++) {
        if (strcmp(snapshots->list[i].name, name) == 0) {
            return &snapshots->list[i];
        }
    }
    return NULL;
}

static void drop(struct gs_snapshot *snapshot)
{
    free(snapshot->value);
    free(snapshot->given);
    *snapshot = (struct gs_snapshot){ 0 };
}

enum gs_status gs_snapshots_take(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *name)
{
    struct gs_snapshot *old = gs_snapshots_find(snapshots, name);
    struct gs_snapshot taken = { .value = malloc((chain->n_slots + 1) * sizeof *taken.value),
                                 .given = calloc(chain->n_slots + 1, sizeof *taken.given) };
    if (!taken.value || !taken.given || (!old && snapshots->n == GS_SNAPSHOTS_MAX)) {
        enum gs_status status = taken.value && taken.given ? GS_E_LIMIT : GS_E_MEMORY;
        drop(&taken);
        return status;
    }
    snprintf(taken.name, sizeof taken.name, "%s", name);
    memcpy(taken.value, chain->value, chain->n_slots * sizeof *taken.value);
    for (size_t slot = 0; slot < chain->n_slots; slot++) {
        taken.given[slot] = gs_snapshot_takes(chain, slot);
    }
    if (old) {
        drop(old);
    } else {
        old = &snapshots->list[snapshots->n++];
    }
    *old = taken;
    return GS_OK;
}

void gs_snapshots_delete(struct gs_snapshots *snapshots, struct gs_snapshot *snapshot)
{
    size_t behind = (size_t)(&snapshots->list[snapshots->n] - snapshot) - 1;
    drop(snapshot);
    memmove(snapshot, snapshot + 1, behind * sizeof *snapshot);
    snapshots->n--;
}

void gs_snapshots_finish(struct gs_snapshots *snapshots)
{
    while (snapshots->n) {
        drop(&snapshots->list[--snapshots->n]);
    }
}

bool gs_snapshots_path(const char *chain_path, char *path, size_t size)
{
    size_t length = strlen(chain_path);
    if (length > 5 && strcmp(chain_path + length - 5, ".json") == 0) {
        length -= 5;
    }
    int written = snprintf(path, size, "%.*s.snapshots", (int)length, chain_path);
    return written > 0 && (size_t)written < size;
}
