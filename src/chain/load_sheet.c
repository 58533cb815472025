/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "model" of a stage: the values of a data sheet under those that the chain file gives. See load.h. */
#include "chain/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool refuse_name(struct gs_load *load, const struct gs_at *at, const cJSON *json)
{
    struct gs_model_names names;
    char found[GS_FOUND_SIZE], quoted[GS_QUOTED_SIZE];
    if (gs_model_names_list(load->origin, &names)) {
        gs_load_no_memory(load);
        return false;
    }
    snprintf(found, sizeof found, "no data sheet %s", gs_where_quote(quoted, json->valuestring));
    struct gs_words words = gs_words_of(json->valuestring, (const char *const *)names.list, names.n);
    if (words.nearest && strcmp(words.nearest, json->valuestring) == 0) {
        gs_load_no_memory(load); /* it is there: looking for it has failed */
        gs_model_names_finish(&names);
        return false;
    }
    gs_load_refuse(load, at, GS_E_UNKNOWN, "found %s, expected one that `gainstage models` lists%s%s%s",
                   found, words.nearest ? ": did you mean `" : "", words.nearest ? words.nearest : "",
                   words.nearest ? "`?" : "");
    gs_model_names_finish(&names);
    return false;
}

static bool refuse_part(struct gs_load *load, const struct gs_at *at, const struct gs_model *model,
                        const struct gs_stage_kind *kind)
{
    char parts[160] = "";
    for (size_t i = 0; i < model->n_parts; i++) {
        size_t length = strlen(parts);
        const char *key = model->parts[i].kind->key;
        snprintf(parts + length, sizeof parts - length, "%s%s `%s`", i ? " and " : "", gs_load_article(key),
                 key);
    }
    gs_load_refuse(load, at, GS_E_UNKNOWN, "found `%s`, the data sheet of %s, expected one of %s `%s`",
                   model->name, parts, gs_load_article(kind->key), kind->key);
    return false;
}

static bool apply(struct gs_load *load, const struct gs_at *at, size_t index, const struct gs_model *model)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    const struct gs_model_part *part = gs_model_part(model, stage->kind);
    if (!part) {
        return refuse_part(load, at, model, stage->kind);
    }
    for (size_t i = 0; i < part->n_values; i++) {
        load->chain->value[stage->first_slot + part->values[i].index] = part->values[i].value;
    }
    stage->model = strdup(model->name);
    return stage->model || (gs_load_no_memory(load), false);
}

bool gs_load_sheet(struct gs_load *load, const struct gs_at *stage, size_t index, const cJSON *json)
{
    struct gs_at at = { .up = stage, .key = "model" };
    struct gs_model *model = NULL;
    if (!cJSON_IsString(json)) {
        gs_load_refuse_type(load, &at, json, "the name of a data sheet");
        return false;
    }
    char *path = gs_model_find(json->valuestring, load->origin);
    if (!path) {
        return refuse_name(load, &at, json);
    }
    bool good = gs_model_load(path, &model, load->errors) == GS_OK && apply(load, &at, index, model);
    free(path);
    gs_model_destroy(model);
    return good;
}
