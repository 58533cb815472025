/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the text of a chain file to struct gs_chain, or to every complaint about it: the document's own
 * keys; stages are in load_stage.c. See load.h. */
#include "chain/load.h"

#include "base/alignment.h"
#include "chain/scan.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_FORMAT,
    KEY_NAME,
    KEY_DESCRIPTION,
    KEY_ALIGNMENT,
    KEY_STAGES,
    KEY_LISTEN,
    KEYS
};
static const char *const keys[KEYS] = { "gainstage", "name", "description", "alignment", "stages", "listen" };

static bool load_format(struct gs_load *load, const cJSON *json)
{
    struct gs_at at = { .key = "gainstage" };
    char found[GS_FOUND_SIZE];
    if (!json) {
        gs_load_refuse(load, NULL, GS_E_MISSING,
                       "found no `gainstage`, expected \"gainstage\": %d in a chain file", GS_CHAIN_FORMAT);
    } else if (!cJSON_IsNumber(json) || json->valuedouble != GS_CHAIN_FORMAT) {
        gs_load_refuse(load, &at, cJSON_IsNumber(json) ? GS_E_RANGE : GS_E_TYPE,
                       "found %s, expected %d: the format that this program reads",
                       gs_load_found(found, json), GS_CHAIN_FORMAT);
    } else {
        return true;
    }
    return false;
}

static void load_texts(struct gs_load *load, const cJSON *name, const cJSON *description)
{
    struct gs_at at = { .key = "name" };
    struct gs_chain *chain = load->chain;
    if (name) {
        gs_load_text(load, &at, name, GS_NAME_CHARACTERS, false, &chain->name);
    } else {
        chain->name = gs_chain_default_name(load->origin);
    }
    at.key = "description";
    if (description) {
        gs_load_text(load, &at, description, GS_DESCRIPTION_CHARACTERS, true, &chain->description);
    } else {
        chain->description = strdup("");
    }
    chain->path = load->origin ? strdup(load->origin) : NULL;
    if ((!name && !chain->name) || (!description && !chain->description) || (load->origin && !chain->path)) {
        gs_load_no_memory(load);
    }
}

static void load_alignment(struct gs_load *load, const cJSON *json)
{
    struct gs_at at = { .key = "alignment" };
    const char *words[GS_ALIGNMENT_PARAMS];
    const cJSON *found[GS_ALIGNMENT_PARAMS];
    double value[GS_ALIGNMENT_PARAMS];
    load->chain->alignment = gs_alignment_default();
    if (!cJSON_IsObject(json)) {
        if (json) {
            gs_load_refuse_type(load, &at, json, "an object with `dbu_at_0dbfs` and `nominal_dbfs`");
        }
        return;
    }
    for (int i = 0; i < GS_ALIGNMENT_PARAMS; i++) {
        words[i] = gs_alignment_rows[i].key;
        value[i] = gs_alignment_rows[i].def;
    }
    gs_load_keys(load, &at, json, "the alignment", words, GS_ALIGNMENT_PARAMS, 0, found);
    for (int i = 0; i < GS_ALIGNMENT_PARAMS; i++) {
        struct gs_at here = { .up = &at, .key = words[i] };
        if (found[i]) {
            gs_load_value(load, &here, found[i], &gs_alignment_rows[i], &value[i]);
        }
    }
    load->chain->alignment = (struct gs_alignment){ .dbu_at_0dbfs = value[GS_ALIGNMENT_DBU],
                                                    .nominal_dbfs = value[GS_ALIGNMENT_NOMINAL] };
}

/* ---- stages and listen --------------------------------------------------------------------------------- */

static void refuse_no_master(struct gs_load *load, const struct gs_at *at)
{
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        if (gs_stage_kinds[i]->flags & GS_STAGE_MASTER) {
            gs_load_refuse(load, at, GS_E_MISSING, "found no `%s`, expected one stage of this kind",
                           gs_stage_kinds[i]->key);
            return;
        }
    }
}

static void load_stages(struct gs_load *load, const cJSON *json)
{
    struct gs_at at = { .key = "stages" };
    int n = cJSON_IsArray(json) ? cJSON_GetArraySize(json) : 0;
    if (!json) {
        gs_load_refuse(load, NULL, GS_E_MISSING, "found no `stages`, expected a list of stages, in order");
    } else if (!cJSON_IsArray(json)) {
        gs_load_refuse_type(load, &at, json, "a list of stages, in order");
    } else if (n == 0) {
        gs_load_refuse(load, &at, GS_E_RANGE,
                       "found an empty list, expected at least a `source` and a `master`");
    } else if (n > GS_CHAIN_STAGES_MAX) {
        gs_load_refuse(load, &at, GS_E_LIMIT, "found %d stages, expected at most %d", n, GS_CHAIN_STAGES_MAX);
    } else if (gs_load_prepare(load, json)) {
        for (size_t i = 0; i < (size_t)n; i++) {
            gs_load_stage(load, &at, i);
        }
        if (load->master < 0 && !load->kind_unknown) {
            refuse_no_master(load, &at);
        }
    }
}

static void listen_stage(struct gs_load *load, const struct gs_at *at, const cJSON *json)
{
    const char *ids[GS_CHAIN_STAGES_MAX];
    char found[GS_FOUND_SIZE];
    struct gs_chain *chain = load->chain;
    size_t n = 0;
    for (size_t i = 0; i < chain->n_stages; i++) {
        const char *id = chain->stages[i].id;
        if (cJSON_IsString(json) && *id && strcmp(id, json->valuestring) == 0) {
            chain->listen_stage = (unsigned)i;
            return;
        }
        if (*id) {
            ids[n++] = id;
        }
    }
    if (n || !cJSON_IsString(json)) {
        struct gs_words words = gs_words_of(cJSON_IsString(json) ? json->valuestring : "", ids, n);
        gs_load_refuse_word(load, at, gs_load_found(found, json), "the id of a stage", &words);
    }
}

/* In the order of enum gs_path. */
static const struct gs_choice paths[] = {
    { "real", "the signal as the equipment passes it" },
    { "ideal", "the signal as it would be if nothing went wrong" },
    { "error", "the difference: all that went wrong" },
    { NULL, NULL },
};
static const struct gs_param path_row = { .key = "path", .type = GS_CHOICE, .choices = paths };

static void listen_path(struct gs_load *load, const struct gs_at *at, const cJSON *json)
{
    double value = GS_REAL;
    if (gs_load_value(load, at, json, &path_row, &value)) {
        load->chain->listen_path = (enum gs_path)value;
    }
}

static void load_listen(struct gs_load *load, const cJSON *json)
{
    static const char *const words[] = { "stage", "path" };
    const cJSON *found[2];
    struct gs_at at = { .key = "listen" };
    load->chain->listen_stage = load->chain->n_stages ? (unsigned)load->chain->n_stages - 1 : 0;
    if (!json) {
        return;
    }
    if (!cJSON_IsObject(json)) {
        gs_load_refuse_type(load, &at, json, "an object with `stage` and `path`");
        return;
    }
    gs_load_keys(load, &at, json, "`listen`", words, 2, 0, found);
    for (int i = 0; i < 2; i++) {
        struct gs_at here = { .up = &at, .key = words[i] };
        if (found[i]) {
            (i ? listen_path : listen_stage)(load, &here, found[i]);
        }
    }
}

/* ---- the whole document -------------------------------------------------------------------------------- */

static void load_document(struct gs_load *load, const cJSON *root)
{
    const cJSON *found[KEYS];
    if (!cJSON_IsObject(root)) {
        gs_load_refuse_type(load, NULL, root, "an object with `gainstage` and `stages`");
        return;
    }
    if (!load_format(load, cJSON_GetObjectItemCaseSensitive(root, "gainstage"))) {
        return;
    }
    gs_load_keys(load, NULL, root, "a chain", keys, KEYS, 0, found);
    load_texts(load, found[KEY_NAME], found[KEY_DESCRIPTION]);
    load_alignment(load, found[KEY_ALIGNMENT]);
    load_stages(load, found[KEY_STAGES]);
    load_listen(load, found[KEY_LISTEN]);
}

/* The parser wants a NUL behind the text to be sure that nothing follows. */
cJSON *gs_load_parse(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) {
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    cJSON *root = cJSON_ParseWithLengthOpts(copy, length + 1, NULL, true);
    free(copy);
    return root;
}

static void remember(struct gs_load *load)
{
    struct gs_document *document = load->chain->document;
    size_t bytes = load->chain->n_slots * sizeof(double);
    document->loaded = malloc(bytes + 1);
    if (!document->loaded) {
        gs_load_no_memory(load);
        return;
    }
    memcpy(document->loaded, load->chain->value, bytes);
}

static void load_text(struct gs_load *load, const char *text, size_t length)
{
    cJSON *root = gs_load_parse(text, length);
    load->chain = calloc(1, sizeof *load->chain);
    struct gs_document *document = gs_document_create(root);
    if (!root || !load->chain || !document) {
        gs_load_no_memory(load);
        gs_document_destroy(document);
        return;
    }
    load->chain->document = document;
    load_document(load, root);
    if (load->errors->count + load->errors->dropped == 0) {
        remember(load);
    }
}

enum gs_status gs_load_hand_over(struct gs_errors *mine, struct gs_errors *errors)
{
    for (size_t i = 0; i < mine->count; i++) {
        gs_errors_add(errors, mine->list[i].status, mine->list[i].where, "%s", mine->list[i].text);
    }
    if (errors) {
        errors->dropped += mine->dropped;
    }
    enum gs_status status = mine->count ? mine->list[0].status : mine->dropped ? GS_E_MEMORY : GS_OK;
    gs_errors_finish(mine);
    return status;
}

enum gs_status gs_chain_parse(const char *text, size_t length, const char *origin, struct gs_chain **chain,
                              struct gs_errors *errors)
{
    struct gs_error error;
    struct gs_errors mine = { 0 };
    struct gs_load load = { .origin = origin, .errors = &mine, .master = -1 };
    enum gs_status status = gs_scan_json(text, length, origin, GS_CHAIN_DEPTH_MAX, &error);
    if (status) {
        return gs_errors_add(errors, status, error.where, "%s", error.text);
    }
    load_text(&load, text, length);
    free(load.stage);
    status = gs_load_hand_over(&mine, errors);
    if (status) {
        gs_chain_destroy(load.chain);
    } else {
        *chain = load.chain;
    }
    return status;
}
