/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One data sheet from its file. See models.h. */
#include "chain/models.h"

#include "chain/load.h"
#include "chain/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_CHARACTERS  100
#define SOURCE_CHARACTERS 300

enum {
    KEY_FORMAT,
    KEY_NAME,
    KEY_DESCRIPTION,
    KEY_KINDS,
    KEYS
};
static const char *const keys[KEYS] = { "gainstage_model", "name", "description", "kinds" };

enum {
    VALUE_VALUE,
    VALUE_SOURCE,
    VALUE_CONFIDENCE,
    VALUE_KEYS
};
static const char *const value_keys[VALUE_KEYS] = { "value", "source", "confidence" };

/* In the order of enum gs_confidence. */
static const struct gs_choice confidences[] = {
    { "low", "sources disagree: see what the source says" },
    { "medium", "a review, a bench of one piece, a sister model" },
    { "high", "a manual, a data sheet, a careful bench" },
    { NULL, NULL },
};
static const struct gs_param confidence_row = { .type = GS_CHOICE, .choices = confidences };

const char *gs_confidence_word(enum gs_confidence confidence)
{
    return confidences[confidence].word;
}

static bool has_all(struct gs_load *load, const struct gs_at *at, const char *const *wanted, size_t n,
                    const cJSON **found)
{
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        if (!found[i]) {
            gs_load_refuse(load, at, GS_E_MISSING, "found no `%s`, expected it in every data sheet",
                           wanted[i]);
            all = false;
        }
    }
    return all;
}

/* ---- values -------------------------------------------------------------------------------------------- */

static void load_value(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                       struct gs_model_part *part)
{
    const struct gs_param *row = &part->kind->params[gs_stage_param_index(part->kind, json->string)];
    struct gs_model_value value = { .index = (size_t)(row - part->kind->params) };
    struct gs_at here[VALUE_KEYS];
    const cJSON *found[VALUE_KEYS];
    double confidence = GS_CONFIDENCE_LOW;
    if (!cJSON_IsObject(json)) {
        gs_load_refuse_type(load, at, json, "an object with `value`, `source` and `confidence`");
        return;
    }
    gs_load_keys(load, at, json, "a value", value_keys, VALUE_KEYS, 0, found);
    for (int i = 0; i < VALUE_KEYS; i++) {
        here[i] = (struct gs_at){ .up = at, .key = value_keys[i] };
    }
    if (has_all(load, at, value_keys, VALUE_KEYS, found)) {
        gs_load_value(load, &here[VALUE_VALUE], found[VALUE_VALUE], row, &value.value);
        gs_load_value(load, &here[VALUE_CONFIDENCE], found[VALUE_CONFIDENCE], &confidence_row, &confidence);
        gs_load_text(load, &here[VALUE_SOURCE], found[VALUE_SOURCE], SOURCE_CHARACTERS, false, &value.source);
        value.confidence = (enum gs_confidence)confidence;
        part->values[part->n_values++] = value;
    }
}

/* A text is a name of something on the user's disk; what a person turns live is no fact about a device. */
static bool may_stand_in_a_sheet(const struct gs_param *row)
{
    return row->type != GS_TEXT && !(row->flags & GS_PARAM_GAIN);
}

static void load_part(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                      struct gs_model_part *part)
{
    const char *words[GS_STAGE_PARAMS_MAX] = { NULL };
    const cJSON *found[GS_STAGE_PARAMS_MAX];
    char owner[64];
    size_t n = 0;
    for (size_t i = 0; i < part->kind->n_params; i++) {
        if (may_stand_in_a_sheet(&part->kind->params[i])) {
            words[n++] = part->kind->params[i].key;
        }
    }
    part->values = calloc(n + 1, sizeof *part->values);
    if (!part->values) {
        gs_load_no_memory(load);
        return;
    }
    snprintf(owner, sizeof owner, "the data sheet of %s `%s`", gs_load_article(part->kind->key),
             part->kind->key);
    gs_load_keys(load, at, json, owner, words, n, 0, found);
    for (size_t i = 0; i < n; i++) {
        struct gs_at here = { .up = at, .key = words[i] };
        if (found[i]) {
            load_value(load, &here, found[i], part);
        }
    }
}

static void load_kinds(struct gs_load *load, const cJSON *json, struct gs_model *model)
{
    struct gs_at at = { .key = "kinds" };
    const char *words[GS_KINDS_MAX] = { NULL };
    const cJSON *found[GS_KINDS_MAX];
    size_t n = 0;
    for (; n < GS_KINDS_MAX && gs_stage_kinds[n]; n++) {
        words[n] = gs_stage_kinds[n]->key;
    }
    if (!cJSON_IsObject(json) || !json->child) {
        gs_load_refuse_type(load, &at, json, "an object with at least one kind of stage");
        return;
    }
    model->parts = calloc(n, sizeof *model->parts);
    if (!model->parts) {
        gs_load_no_memory(load);
        return;
    }
    gs_load_keys(load, &at, json, "`kinds`", words, n, 0, found);
    for (size_t i = 0; i < n; i++) {
        struct gs_at here = { .up = &at, .key = words[i] };
        if (found[i] && !cJSON_IsObject(found[i])) {
            gs_load_refuse_type(load, &here, found[i], "an object with the kind's parameters");
        } else if (found[i]) {
            model->parts[model->n_parts].kind = gs_stage_kinds[i];
            load_part(load, &here, found[i], &model->parts[model->n_parts++]);
        }
    }
}

/* ---- the sheet ----------------------------------------------------------------------------------------- */

static void load_sheet(struct gs_load *load, const cJSON *root, struct gs_model *model)
{
    const cJSON *found[KEYS];
    struct gs_at format = { .key = keys[KEY_FORMAT] }, name = { .key = keys[KEY_NAME] };
    struct gs_at description = { .key = keys[KEY_DESCRIPTION] };
    if (!cJSON_IsObject(root)) {
        gs_load_refuse_type(load, NULL, root, "an object with `gainstage_model` and `kinds`");
        return;
    }
    gs_load_keys(load, NULL, root, "a data sheet", keys, KEYS, 0, found);
    if (!has_all(load, NULL, keys, KEYS, found)) {
        return;
    }
    if (found[KEY_FORMAT]->valuedouble != GS_MODEL_FORMAT) {
        gs_load_refuse_type(load, &format, found[KEY_FORMAT], "1: the format that this program reads");
        return;
    }
    gs_load_text(load, &name, found[KEY_NAME], TITLE_CHARACTERS, false, &model->title);
    gs_load_text(load, &description, found[KEY_DESCRIPTION], GS_DESCRIPTION_CHARACTERS, true,
                 &model->description);
    load_kinds(load, found[KEY_KINDS], model);
}

/* The name is the file's: that is what chains say. */
static bool name_after(struct gs_model *model, const char *path)
{
    char *name = gs_chain_default_name(path);
    snprintf(model->name, sizeof model->name, "%s", name ? name : "");
    free(name);
    model->path = strdup(path);
    return *model->name && model->path;
}

static enum gs_status parse(const char *text, size_t length, const char *path, struct gs_model **model,
                            struct gs_errors *errors)
{
    struct gs_errors mine = { 0 };
    struct gs_load load = { .origin = path, .errors = &mine };
    cJSON *root = gs_load_parse(text, length);
    struct gs_model *made = calloc(1, sizeof *made);
    if (!root || !made || !name_after(made, path)) {
        gs_load_no_memory(&load);
    } else {
        load_sheet(&load, root, made);
    }
    cJSON_Delete(root);
    enum gs_status status = gs_load_hand_over(&mine, errors);
    if (status) {
        gs_model_destroy(made);
    } else {
        *model = made;
    }
    return status;
}

enum gs_status gs_model_load(const char *path, struct gs_model **model, struct gs_errors *errors)
{
    char *text;
    size_t length;
    struct gs_error error;
    enum gs_status status = gs_load_read(path, "a data sheet", &text, &length, errors);
    if (status) {
        return status;
    }
    status = gs_scan_json(text, length, path, GS_CHAIN_DEPTH_MAX, &error);
    status = status ? gs_errors_add(errors, status, error.where, "%s", error.text)
                    : parse(text, length, path, model, errors);
    free(text);
    return status;
}

void gs_model_destroy(struct gs_model *model)
{
    if (!model) {
        return;
    }
    for (size_t i = 0; i < model->n_parts; i++) {
        for (size_t v = 0; v < model->parts[i].n_values; v++) {
            free(model->parts[i].values[v].source);
        }
        free(model->parts[i].values);
    }
    free(model->parts);
    free(model->title);
    free(model->description);
    free(model->path);
    free(model);
}

const struct gs_model_part *gs_model_part(const struct gs_model *model, const struct gs_stage_kind *kind)
{
    for (size_t i = 0; i < model->n_parts; i++) {
        if (model->parts[i].kind == kind) {
            return &model->parts[i];
        }
    }
    return NULL;
}
