/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain back into its document: only what has changed since loading is rewritten, in its old place; what
 * the file never said is added behind. See chain.h. */
#include "chain/chain.h"

#include "base/alignment.h"
#include "chain/load.h"
#include "chain/save.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct save {
    const struct gs_chain *chain;
    const struct gs_document *document;
    bool failed; /* no memory */
};

/* Takes `value`; NULL says that there was no memory for it. */
static void set(struct save *save, cJSON *object, const char *key, cJSON *value)
{
    bool there = cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
    bool done = value && (there ? cJSON_ReplaceItemInObjectCaseSensitive(object, key, value)
                                : cJSON_AddItemToObject(object, key, value));
    if (!done) {
        cJSON_Delete(value);
        save->failed = true;
    }
}

/* Member that is an object or list; made when it is not there. */
static cJSON *member(struct save *save, cJSON *object, const char *key, cJSON *(*create)(void))
{
    cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!found) {
        found = create();
        set(save, object, key, found);
    }
    return save->failed ? NULL : found;
}

static const char *text_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* `given`: what the document says or implies without the key. */
static void set_text(struct save *save, cJSON *object, const char *key, const char *given, const char *now)
{
    const char *stands = text_of(object, key);
    stands = stands ? stands : given;
    if (now && (!stands || strcmp(stands, now) != 0)) {
        set(save, object, key, cJSON_CreateString(now));
    } else if (!now && stands) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    }
}

/* ---- values -------------------------------------------------------------------------------------------- */

static cJSON *choice(const struct gs_param *row, double value)
{
    const char *word = row->choices[(size_t)value].word;
    char *end;
    double number = strtod(word, &end);
    return end != word && !*end ? cJSON_CreateNumber(number) : cJSON_CreateString(word);
}

static cJSON *value_of(const struct gs_param *row, double value)
{
    switch (row->type) {
    case GS_SWITCH:
        return cJSON_CreateBool(value >= 0.5);
    case GS_CHOICE:
        return choice(row, gs_param_snap(row, value));
    case GS_NUMBER:
    case GS_TEXT:
        break;
    }
    return isinf(value) ? cJSON_CreateString("-inf") : cJSON_CreateNumber(value);
}

static bool is_changed(const struct save *save, size_t slot)
{
    return !gs_param_same(save->chain->value[slot], save->document->loaded[slot]);
}

/* `sheet`: a data sheet may give it, so that "not given" has to be said. */
static void set_value(struct save *save, cJSON *object, const struct gs_param *row, double value, bool sheet)
{
    bool word = row->type == GS_NUMBER && gs_param_choices(row) > 0; /* that stands for "not given" */
    if (isnan(value) && word) {
        set(save, object, row->key, cJSON_CreateString(row->choices[0].word));
    } else if (isnan(value) && sheet) {
        set(save, object, row->key, cJSON_CreateNull());
    } else if (isnan(value)) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, row->key);
    } else {
        set(save, object, row->key, value_of(row, value));
    }
}

static void save_number(struct save *save, cJSON *json, const struct gs_chain_stage *stage, size_t i)
{
    const struct gs_param *row = gs_stage_param(stage->kind, i);
    size_t slot = stage->first_slot + i;
    bool stands = cJSON_GetObjectItemCaseSensitive(json, row->key);
    if (!save->chain->given[slot]) {
        cJSON_DeleteItemFromObjectCaseSensitive(json, row->key);
    } else if (!stands || is_changed(save, slot)) {
        set_value(save, json, row, save->chain->value[slot], stage->model);
    }
}

static void save_values(struct save *save, cJSON *json, size_t index)
{
    const struct gs_chain_stage *stage = &save->chain->stages[index];
    for (size_t i = 0; i < stage->kind->n_params + GS_COMMON_PARAMS; i++) {
        const struct gs_param *row = gs_stage_param(stage->kind, i);
        if (row->type == GS_TEXT) {
            set_text(save, json, row->key, NULL, stage->text[i]);
        } else {
            save_number(save, json, stage, i);
        }
    }
}

/* ---- sends --------------------------------------------------------------------------------------------- */

/* A pan that the file did not give is written only where the sum is stereo anyway: giving one makes it
 * stereo the next time. */
static bool is_written(const struct save *save, size_t index, size_t send, int param)
{
    const struct gs_chain_stage *stage = &save->chain->stages[index];
    bool counts = param != GS_SEND_PAN || stage->sends[send].pan_given || stage->channels_in > 1;
    return counts && is_changed(save, gs_chain_send_slot(save->chain, index, send, (size_t)param));
}

/* "from" as a list, whatever it was: absent, one id, one object. */
static cJSON *from_list(struct save *save, cJSON *json, size_t index)
{
    cJSON *from = cJSON_GetObjectItemCaseSensitive(json, "from");
    if (cJSON_IsArray(from)) {
        return from;
    }
    const struct gs_chain_stage *stage = &save->chain->stages[index];
    cJSON *only = from ? cJSON_Duplicate(from, true)
                       : cJSON_CreateString(save->chain->stages[stage->sends[0].stage].id);
    cJSON *list = cJSON_CreateArray();
    if (!only || !list || !cJSON_AddItemToArray(list, only)) {
        cJSON_Delete(only);
        cJSON_Delete(list);
        save->failed = true;
        return NULL;
    }
    set(save, json, "from", list);
    return save->failed ? NULL : list;
}

/* The item of one send as an object. */
static cJSON *send_object(struct save *save, cJSON *list, size_t send)
{
    cJSON *item = cJSON_GetArrayItem(list, (int)send);
    if (cJSON_IsObject(item)) {
        return item;
    }
    cJSON *object = cJSON_CreateObject();
    if (!object || !cJSON_AddStringToObject(object, "stage", item->valuestring) ||
        !cJSON_ReplaceItemInArray(list, (int)send, object)) {
        cJSON_Delete(object);
        save->failed = true;
        return NULL;
    }
    return object;
}

static void save_sends(struct save *save, cJSON *json, size_t index)
{
    const struct gs_chain_stage *stage = &save->chain->stages[index];
    for (size_t send = 0; send < stage->n_sends; send++) {
        for (int i = 0; i < GS_SEND_PARAMS; i++) {
            if (!is_written(save, index, send, i)) {
                continue;
            }
            cJSON *list = from_list(save, json, index);
            cJSON *object = list ? send_object(save, list, send) : NULL;
            if (!object) {
                return;
            }
            set_value(save, object, &gs_stage_send[i],
                      save->chain->value[gs_chain_send_slot(save->chain, index, send, (size_t)i)], false);
        }
    }
}

/* ---- the document -------------------------------------------------------------------------------------- */

static void save_stages(struct save *save, cJSON *list)
{
    for (size_t i = 0; i < save->chain->n_stages && !save->failed; i++) {
        const struct gs_chain_stage *stage = &save->chain->stages[i];
        cJSON *json = cJSON_GetArrayItem(list, (int)i);
        set_text(save, json, "label", stage->id, stage->label);
        set_text(save, json, "model", NULL, stage->model);
        save_values(save, json, i);
        if (stage->kind->flags & GS_STAGE_SUMS) {
            save_sends(save, json, i);
        }
    }
}

static void save_alignment(struct save *save, cJSON *root)
{
    const struct gs_alignment *now = &save->chain->alignment;
    const double value[GS_ALIGNMENT_PARAMS] = {
        [GS_ALIGNMENT_DBU] = now->dbu_at_0dbfs, [GS_ALIGNMENT_NOMINAL] = now->nominal_dbfs
    };
    for (int i = 0; i < GS_ALIGNMENT_PARAMS; i++) {
        const struct gs_param *row = &gs_alignment_rows[i];
        const cJSON *there = cJSON_GetObjectItemCaseSensitive(root, "alignment");
        const cJSON *given = cJSON_GetObjectItemCaseSensitive(there, row->key);
        if (gs_param_same(value[i], given ? given->valuedouble : row->def)) {
            continue;
        }
        cJSON *object = member(save, root, "alignment", cJSON_CreateObject);
        if (object) {
            set(save, object, row->key, cJSON_CreateNumber(value[i]));
        }
    }
}

static void save_listen(struct save *save, cJSON *root)
{
    static const char *const paths[] = { [GS_REAL] = "real", [GS_IDEAL] = "ideal", [GS_ERROR] = "error" };
    const struct gs_chain *chain = save->chain;
    const cJSON *there = cJSON_GetObjectItemCaseSensitive(root, "listen");
    const char *stage = text_of(there, "stage"), *path = text_of(there, "path");
    const char *stage_now = chain->stages[chain->listen_stage].id, *path_now = paths[chain->listen_path];
    bool stage_same = strcmp(stage ? stage : chain->stages[chain->n_stages - 1].id, stage_now) == 0;
    bool path_same = strcmp(path ? path : paths[GS_REAL], path_now) == 0;
    cJSON *object = stage_same && path_same ? NULL : member(save, root, "listen", cJSON_CreateObject);
    if (object && !stage_same) {
        set(save, object, "stage", cJSON_CreateString(stage_now));
    }
    if (object && !path_same) {
        set(save, object, "path", cJSON_CreateString(path_now));
    }
}

char *gs_chain_text(const struct gs_chain *chain)
{
    struct save save = { .chain = chain, .document = chain->document };
    cJSON *root = cJSON_Duplicate(save.document->root, true);
    char *name = gs_chain_default_name(chain->path), *text = NULL;
    if (root && name) {
        set_text(&save, root, "name", name, chain->name);
        set_text(&save, root, "description", "", chain->description);
        save_alignment(&save, root);
        save_stages(&save, cJSON_GetObjectItemCaseSensitive(root, "stages"));
        save_listen(&save, root);
        text = save.failed ? NULL : gs_save_print(root);
    }
    cJSON_Delete(root);
    free(name);
    return text;
}
