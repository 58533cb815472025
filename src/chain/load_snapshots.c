/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Snapshots out of their file. See snapshots.h. A file that is none is refused as a whole; a value that this
 * chain cannot take is skipped, because a chain may have been edited since. */
#include "chain/snapshots.h"

#include "chain/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a row in words of JSON; false for anything that the row does not take. */
static bool take_value(const struct gs_param *row, const cJSON *json, double *value)
{
    if (row->type == GS_SWITCH) {
        *value = cJSON_IsTrue(json);
        return cJSON_IsBool(json);
    }
    if (row->type == GS_CHOICE) {
        int index = cJSON_IsString(json) ? gs_param_choice(row, json->valuestring) : -1;
        *value = index;
        return index >= 0;
    }
    if (cJSON_IsNull(json)) {
        *value = NAN;
        return row->flags & GS_PARAM_OPTIONAL;
    }
    if (cJSON_IsString(json)) {
        *value = -INFINITY;
        return (row->flags & GS_PARAM_MINUS_INF) && strcmp(json->valuestring, "-inf") == 0;
    }
    *value =
        cJSON_IsNumber(json) && isfinite(json->valuedouble) ? gs_param_snap(row, json->valuedouble) : NAN;
    return !isnan(*value);
}

static void take_slot(struct gs_snapshot *snapshot, const struct gs_chain *chain, size_t slot,
                      const cJSON *object)
{
    const struct gs_param *row = gs_chain_slot_row(chain, slot);
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(object, row->key);
    double value;
    if (json && gs_snapshot_takes(chain, slot) && take_value(row, json, &value)) {
        snapshot->value[slot] = value;
        snapshot->given[slot] = true;
    }
}

static void take_stage(struct gs_snapshot *snapshot, const struct gs_chain *chain, size_t stage,
                       const cJSON *object)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    for (size_t p = 0; p < s->kind->n_params + GS_COMMON_PARAMS; p++) {
        take_slot(snapshot, chain, s->first_slot + p, object);
    }
    const cJSON *from = cJSON_GetObjectItemCaseSensitive(object, "from");
    for (size_t i = 0; (s->kind->flags & GS_STAGE_SUMS) && i < s->n_sends; i++) {
        const cJSON *send = cJSON_GetObjectItemCaseSensitive(from, chain->stages[s->sends[i].stage].id);
        for (size_t p = 0; send && p < GS_SEND_PARAMS; p++) {
            take_slot(snapshot, chain, gs_chain_send_slot(chain, stage, i, p), send);
        }
    }
}

static enum gs_status take_snapshot(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                    const cJSON *json, const char *path, struct gs_errors *errors)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "name"));
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(json, "values");
    if (!name || !gs_snapshot_name_is_good(name) || !cJSON_IsObject(values)) {
        return gs_errors_add(errors, GS_E_TYPE, path, "snapshot %zu: expected a name and values",
                             snapshots->n + 1);
    }
    enum gs_status status = gs_snapshots_take(snapshots, chain, name);
    if (status) {
        return gs_errors_add(errors, status, path, "found more than %d snapshots, or no memory",
                             GS_SNAPSHOTS_MAX);
    }
    struct gs_snapshot *snapshot = gs_snapshots_find(snapshots, name);
    memset(snapshot->given, 0, chain->n_slots * sizeof *snapshot->given);
    for (size_t i = 0; i < chain->n_stages; i++) {
        take_stage(snapshot, chain, i, cJSON_GetObjectItemCaseSensitive(values, chain->stages[i].id));
    }
    return GS_OK;
}

static enum gs_status take_all(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                               const cJSON *root, const char *path, struct gs_errors *errors)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(root, "gainstage_snapshots");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "snapshots"), *json;
    if (!cJSON_IsNumber(format) || format->valuedouble != 1 || !cJSON_IsArray(list)) {
        return gs_errors_add(
            errors, GS_E_TYPE, path,
            "expected a file of snapshots: {\"gainstage_snapshots\": 1, \"snapshots\": [...]}");
    }
    enum gs_status status = GS_OK;
    cJSON_ArrayForEach(json, list)
    {
        status = status ? status : take_snapshot(snapshots, chain, json, path, errors);
    }
    return status;
}

enum gs_status gs_snapshots_load(struct gs_snapshots *snapshots, const struct gs_chain *chain,
                                 const char *path, struct gs_errors *errors)
{
    char *text = NULL;
    size_t length = 0;
    enum gs_status status = gs_load_read(path, "a file of snapshots", &text, &length, errors);
    if (status) {
        return status;
    }
    cJSON *root = gs_load_parse(text, length);
    free(text);
    status = root ? take_all(snapshots, chain, root, path, errors)
                  : gs_errors_add(errors, GS_E_SYNTAX, path, "expected a file of snapshots in JSON");
    cJSON_Delete(root);
    if (status) {
        gs_snapshots_finish(snapshots);
    }
    return status;
}
