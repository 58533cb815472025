/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stage listens to: "from" of a chain file, one id, or for a summing stage several with gain and
 * pan. See load.h. */
#include "chain/load.h"

#include <stdio.h>
#include <string.h>

enum {
    SEND_STAGE,
    SEND_FIXED
};
#define SEND_KEYS (SEND_FIXED + GS_SEND_PARAMS)

static bool refuse_stage(struct gs_load *load, const struct gs_at *at, const char *id, size_t index)
{
    const char *ids[GS_CHAIN_STAGES_MAX] = { NULL };
    char found[GS_FOUND_SIZE], quoted[GS_QUOTED_SIZE];
    size_t n = 0;
    if (gs_load_is_full(load)) {
        return false;
    }
    for (size_t i = 0; i < index && n < GS_CHAIN_STAGES_MAX; i++) {
        if (*load->chain->stages[i].id) {
            ids[n++] = load->chain->stages[i].id;
        }
    }
    for (size_t i = index; i < load->chain->n_stages; i++) {
        if (strcmp(load->chain->stages[i].id, id) == 0) {
            gs_load_refuse(load, at, GS_E_UNKNOWN, "found `%s`, which %s, expected a stage before this one",
                           id, i == index ? "is this stage itself" : "comes later");
            return false;
        }
    }
    struct gs_words words = gs_words_of(id, ids, n);
    snprintf(found, sizeof found, "no stage %s", gs_where_quote(quoted, id));
    if (n) {
        gs_load_refuse_word(load, at, found, "a stage before this one", &words);
    } else {
        gs_load_refuse(load, at, GS_E_UNKNOWN, "found %s, expected a stage before this one: there is none",
                       found);
    }
    return false;
}

static bool find_stage(struct gs_load *load, const struct gs_at *at, const cJSON *json, size_t index,
                       unsigned *stage)
{
    if (!cJSON_IsString(json)) {
        gs_load_refuse_type(load, at, json, "the id of a stage before this one");
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (*json->valuestring && strcmp(load->chain->stages[i].id, json->valuestring) == 0) {
            *stage = (unsigned)i;
            return true;
        }
    }
    return refuse_stage(load, at, json->valuestring, index);
}

/* ---- sends of a summing stage -------------------------------------------------------------------------- */

static double *send_values(struct gs_load *load, size_t index, size_t send)
{
    return load->chain->value + gs_chain_send_slot(load->chain, index, send, 0);
}

static bool load_send_object(struct gs_load *load, const struct gs_at *at, const cJSON *json, size_t index,
                             size_t send)
{
    const char *keys[SEND_KEYS];
    const cJSON *found[SEND_KEYS];
    struct gs_chain_send *to = &load->chain->stages[index].sends[send];
    keys[SEND_STAGE] = "stage";
    for (int i = 0; i < GS_SEND_PARAMS; i++) {
        keys[SEND_FIXED + i] = gs_stage_send[i].key;
    }
    gs_load_keys(load, at, json, "a send", keys, SEND_KEYS, 0, found);
    bool good = true;
    for (int i = 0; i < GS_SEND_PARAMS; i++) {
        struct gs_at here = { .up = at, .key = keys[SEND_FIXED + i] };
        const cJSON *value = found[SEND_FIXED + i];
        good = (!value ||
                gs_load_value(load, &here, value, &gs_stage_send[i], send_values(load, index, send) + i)) &&
               good;
    }
    to->pan_given = found[SEND_FIXED + GS_SEND_PAN] != NULL;
    if (!found[SEND_STAGE]) {
        gs_load_refuse(load, at, GS_E_MISSING,
                       "found no `stage`, expected the id of a stage before this one");
        return false;
    }
    struct gs_at here = { .up = at, .key = "stage" };
    return find_stage(load, &here, found[SEND_STAGE], index, &to->stage) && good;
}

static bool load_send(struct gs_load *load, const struct gs_at *at, const cJSON *json, size_t index,
                      size_t send)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    for (int i = 0; i < GS_SEND_PARAMS; i++) {
        send_values(load, index, send)[i] = gs_stage_send[i].def;
    }
    if (!cJSON_IsString(json) && !cJSON_IsObject(json)) {
        gs_load_refuse_type(load, at, json, "the id of a stage before this one, or an object with `stage`");
        return false;
    }
    bool good = cJSON_IsObject(json) ? load_send_object(load, at, json, index, send)
                                     : find_stage(load, at, json, index, &stage->sends[send].stage);
    for (size_t i = 0; good && i < send; i++) {
        if (stage->sends[i].stage == stage->sends[send].stage) {
            gs_load_refuse(load, at, GS_E_DUPLICATE, "found `%s` a second time, expected every stage once",
                           load->chain->stages[stage->sends[send].stage].id);
            return false;
        }
    }
    return good;
}

static bool load_sends(struct gs_load *load, const struct gs_at *at, const cJSON *from, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    if (!cJSON_IsArray(from)) {
        stage->n_sends = 1;
        return load_send(load, at, from, index, 0);
    }
    bool good = true;
    const cJSON *item;
    cJSON_ArrayForEach(item, from)
    {
        struct gs_at here = { .up = at, .index = stage->n_sends };
        good = load_send(load, &here, item, index, stage->n_sends++) && good;
    }
    if (!stage->n_sends) {
        gs_load_refuse(load, at, GS_E_RANGE, "found an empty list, expected at least one stage");
    }
    return good && stage->n_sends > 0;
}

/* ---- any stage ----------------------------------------------------------------------------------------- */

static bool default_from(struct gs_load *load, const struct gs_at *at, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    if (index == 0) {
        gs_load_refuse(
            load, at, GS_E_MISSING,
            "found %s `%s` at the beginning, expected a `source` before it: it has nothing to take",
            gs_load_article(stage->kind->key), stage->kind->key);
        return false;
    }
    stage->sends[0].stage = (unsigned)index - 1;
    stage->n_sends = 1;
    for (int i = 0; i < GS_SEND_PARAMS && (stage->kind->flags & GS_STAGE_SUMS); i++) {
        send_values(load, index, 0)[i] = gs_stage_send[i].def;
    }
    return true;
}

bool gs_load_from(struct gs_load *load, const struct gs_at *at, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    const cJSON *from = load->stage[index].from;
    struct gs_at here = { .up = at, .key = "from" };
    if (stage->kind->domains_in == 0) {
        if (from) {
            gs_load_refuse(load, &here, GS_E_UNKNOWN, "found `from`, expected none: %s `%s` takes no stage",
                           gs_load_article(stage->kind->key), stage->kind->key);
        }
        return !from;
    }
    if (!from) {
        return default_from(load, at, index);
    }
    if (stage->kind->flags & GS_STAGE_SUMS) {
        return load_sends(load, &here, from, index);
    }
    if (cJSON_IsArray(from) || cJSON_IsObject(from)) {
        char found[GS_FOUND_SIZE];
        gs_load_refuse(load, &here, GS_E_TYPE,
                       "found %s, expected the id of one stage: only a summing stage (`bus`) takes several",
                       gs_load_found(found, from));
        return false;
    }
    stage->n_sends = 1;
    return find_stage(load, &here, from, index, &stage->sends[0].stage);
}
