/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Snapshots into their file. See snapshots.h. */
#include "chain/snapshots.h"

#include "chain/save.h"

#include <math.h>
#include <stdlib.h>

static cJSON *value_of(const struct gs_param *row, double value)
{
    return row->type == GS_SWITCH   ? cJSON_CreateBool(value >= 0.5)
           : row->type == GS_CHOICE ? cJSON_CreateString(row->choices[(size_t)value].word)
           : isnan(value)           ? cJSON_CreateNull()
           : isinf(value)           ? cJSON_CreateString("-inf")
                                    : cJSON_CreateNumber(value);
}

/* Adds a member and hands it back; NULL, and nothing leaked, without memory. */
static cJSON *add(cJSON *object, const char *key, cJSON *member)
{
    if (!object || !member || !cJSON_AddItemToObject(object, key, member)) {
        cJSON_Delete(member);
        return NULL;
    }
    return member;
}

static bool add_value(cJSON *object, const struct gs_snapshot *snapshot, size_t slot,
                      const struct gs_param *row)
{
    return !snapshot->given[slot] || add(object, row->key, value_of(row, snapshot->value[slot]));
}

static bool add_send(cJSON *from, const struct gs_snapshot *snapshot, const struct gs_chain *chain,
                     size_t stage, size_t send)
{
    const char *id = chain->stages[chain->stages[stage].sends[send].stage].id;
    cJSON *json = add(from, id, cJSON_CreateObject());
    bool whole = json;
    for (size_t p = 0; whole && p < GS_SEND_PARAMS; p++) {
        whole = add_value(json, snapshot, gs_chain_send_slot(chain, stage, send, p), &gs_stage_send[p]);
    }
    return whole;
}

static bool add_stage(cJSON *values, const struct gs_snapshot *snapshot, const struct gs_chain *chain,
                      size_t stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    cJSON *json = add(values, s->id, cJSON_CreateObject());
    bool whole = json;
    for (size_t p = 0; whole && p < s->kind->n_params + GS_COMMON_PARAMS; p++) {
        whole = add_value(json, snapshot, s->first_slot + p, gs_stage_param(s->kind, p));
    }
    bool sums = s->kind->flags & GS_STAGE_SUMS;
    cJSON *from = whole && sums ? add(json, "from", cJSON_CreateObject()) : NULL;
    whole = whole && (!sums || from);
    for (size_t i = 0; whole && sums && i < s->n_sends; i++) {
        whole = add_send(from, snapshot, chain, stage, i);
    }
    return whole;
}

static bool add_snapshot(cJSON *list, const struct gs_snapshot *snapshot, const struct gs_chain *chain)
{
    cJSON *json = cJSON_CreateObject();
    if (!json || !cJSON_AddItemToArray(list, json)) {
        cJSON_Delete(json);
        return false;
    }
    cJSON *values = cJSON_AddStringToObject(json, "name", snapshot->name)
                        ? add(json, "values", cJSON_CreateObject())
                        : NULL;
    bool whole = values;
    for (size_t i = 0; whole && i < chain->n_stages; i++) {
        whole = add_stage(values, snapshot, chain, i);
    }
    return whole;
}

enum gs_status gs_snapshots_save(const struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *path, struct gs_error *error)
{
    cJSON *root = cJSON_CreateObject();
    bool whole = root && cJSON_AddNumberToObject(root, "gainstage_snapshots", 1);
    cJSON *list = whole ? add(root, "snapshots", cJSON_CreateArray()) : NULL;
    whole = list;
    for (size_t i = 0; whole && i < snapshots->n; i++) {
        whole = add_snapshot(list, &snapshots->list[i], chain);
    }
    char *text = whole ? gs_save_print(root) : NULL;
    cJSON_Delete(root);
    if (!text) {
        return gs_fail(error, GS_E_MEMORY, path, "found no memory left, expected some to save the snapshots");
    }
    enum gs_status status = gs_save_text(path, text, error);
    free(text);
    return status;
}
