/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Snapshots of a chain's live values, and the file beside the chain that keeps them:
 *   { "gainstage_snapshots": 1, "snapshots": [ { "name": "verse", "values": {
 *     "pre": { "gain_db": 40, "mute": false }, "mix": { "from": { "vox": { "gain_db": "-inf" } } } } } ] }
 * Values are known by stage id and key, so that they survive an edited chain; what the chain no longer has is
 * skipped. [control] */
#ifndef CHAIN_SNAPSHOTS_H
#define CHAIN_SNAPSHOTS_H

#include "chain/chain.h"

#include <stdbool.h>

#define GS_SNAPSHOTS_MAX      100
#define GS_SNAPSHOT_NAME_SIZE 32 /* [A-Za-z0-9_-]{1,31} */

struct gs_snapshot {
    char name[GS_SNAPSHOT_NAME_SIZE];
    double *value; /* one per slot of the chain */
    bool *given;   /* the slot is part of it */
};

struct gs_snapshots {
    struct gs_snapshot list[GS_SNAPSHOTS_MAX];
    size_t n;
};

bool gs_snapshot_name_is_good(const char *name);
/* Whether a slot belongs into snapshots: live numbers, switches and choices. */
bool gs_snapshot_takes(const struct gs_chain *chain, size_t slot);

/* NULL when there is none of that name. */
struct gs_snapshot *gs_snapshots_find(struct gs_snapshots *snapshots, const char *name);
/* The chain's values of today under this name, new or written over. GS_E_LIMIT: one too many; GS_E_MEMORY. */
enum gs_status gs_snapshots_take(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *name);
void gs_snapshots_delete(struct gs_snapshots *snapshots, struct gs_snapshot *snapshot);
void gs_snapshots_finish(struct gs_snapshots *snapshots);

/* "x/vocal.json" -> "x/vocal.snapshots"; false when it does not fit. */
bool gs_snapshots_path(const char *chain_path, char *path, size_t size);
/* GS_E_NOFILE when there is no such file; on any complaint `snapshots` stays empty. */
enum gs_status gs_snapshots_load(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *path, struct gs_errors *errors);
enum gs_status gs_snapshots_save(const struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *path, struct gs_error *error);

#endif
