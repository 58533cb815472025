/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of a chain file: its id, its kind and the values of the kind's rows. See load.h. */
#include "chain/load.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The keys of a stage that are not rows; the kind's rows follow, then those that it cannot have. */
enum {
    KEY_ID,
    KEY_KIND,
    KEY_LABEL,
    KEY_MODEL,
    KEY_FIXED
};
static const char *const fixed_keys[KEY_FIXED] = { "id", "kind", "label", "model" };

#define KEYS_MAX (KEY_FIXED + GS_STAGE_PARAMS_MAX + GS_COMMON_PARAMS + 1)

/* ---- before any stage is loaded ------------------------------------------------------------------------ */

static const cJSON *first(const cJSON *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

static bool is_id(const char *id)
{
    size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    return length > 0 && length < GS_CHAIN_ID_SIZE && !id[length] && strspn(id, "0123456789") < length;
}

static size_t count_sends(const struct gs_stage_kind *kind, const cJSON *from)
{
    if (kind->domains_in == 0) {
        return 0;
    }
    bool list = (kind->flags & GS_STAGE_SUMS) && cJSON_IsArray(from);
    return list ? (size_t)cJSON_GetArraySize(from) : 1;
}

static bool prepare_stage(struct gs_load *load, size_t index, const cJSON *json)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    const cJSON *id = first(json, "id"), *kind = first(json, "kind");
    load->stage[index].json = json;
    load->stage[index].from = first(json, "from");
    if (cJSON_IsString(id) && is_id(id->valuestring)) {
        snprintf(stage->id, sizeof stage->id, "%s", id->valuestring);
    }
    stage->kind = cJSON_IsString(kind) ? gs_stage_kind(kind->valuestring) : NULL;
    stage->first_slot = load->chain->n_slots;
    if (!stage->kind) {
        return true;
    }
    size_t sends = count_sends(stage->kind, load->stage[index].from);
    stage->n_slots = stage->kind->n_params + GS_COMMON_PARAMS;
    if (stage->kind->flags & GS_STAGE_SUMS) {
        stage->n_slots += sends * GS_SEND_PARAMS;
    }
    load->chain->n_slots += stage->n_slots;
    stage->sends = calloc(sends + 1, sizeof *stage->sends);
    return stage->sends != NULL;
}

bool gs_load_prepare(struct gs_load *load, const cJSON *list)
{
    size_t n = (size_t)cJSON_GetArraySize(list), index = 0;
    struct gs_chain *chain = load->chain;
    chain->stages = calloc(n + 1, sizeof *chain->stages);
    load->stage = calloc(n + 1, sizeof *load->stage);
    if (!chain->stages || !load->stage) {
        gs_load_no_memory(load);
        return false;
    }
    chain->n_stages = n;
    const cJSON *json;
    cJSON_ArrayForEach(json, list)
    {
        if (!prepare_stage(load, index++, json)) {
            gs_load_no_memory(load);
            return false;
        }
    }
    chain->value = calloc(chain->n_slots + 1, sizeof *chain->value);
    chain->given = calloc(chain->n_slots + 1, sizeof *chain->given);
    chain->base = calloc(chain->n_slots + 1, sizeof *chain->base);
    return (chain->value && chain->given && chain->base) || (gs_load_no_memory(load), false);
}

/* ---- id and kind --------------------------------------------------------------------------------------- */

static void check_id(struct gs_load *load, const struct gs_at *stage, const cJSON *json, size_t index)
{
    char quoted[GS_QUOTED_SIZE];
    struct gs_at at = { .up = stage, .key = "id" };
    const char *id = load->chain->stages[index].id;
    if (!json) {
        gs_load_refuse(load, stage, GS_E_MISSING, "found no `id`, expected a name such as \"pre\"");
    } else if (!cJSON_IsString(json)) {
        gs_load_refuse_type(load, &at, json, "a name such as \"pre\"");
    } else if (json->valuestring[0] && json->valuestring[strspn(json->valuestring, "0123456789")] == '\0') {
        gs_load_refuse(load, &at, GS_E_RANGE,
                       "found %s, expected a name with a letter in it: bare numbers count the stages",
                       gs_where_quote(quoted, json->valuestring));
    } else if (!*id) {
        gs_load_refuse(load, &at, GS_E_RANGE, "found %s, expected 1 to %d letters, digits, `_`, `.` or `-`",
                       gs_where_quote(quoted, json->valuestring), GS_CHAIN_ID_SIZE - 1);
    }
    for (size_t i = 0; *id && i < index; i++) {
        if (strcmp(load->chain->stages[i].id, id) == 0) {
            gs_load_refuse(load, &at, GS_E_DUPLICATE,
                           "found `%s`, which /stages/%zu is called too, expected an "
                           "id of its own",
                           id, i);
            return;
        }
    }
}

static void refuse_kind(struct gs_load *load, const struct gs_at *stage, const cJSON *json)
{
    struct gs_at at = { .up = stage, .key = "kind" };
    const char *keys[GS_KINDS_MAX];
    char found[GS_FOUND_SIZE];
    size_t n = 0;
    for (; n < GS_KINDS_MAX && gs_stage_kinds[n]; n++) {
        keys[n] = gs_stage_kinds[n]->key;
    }
    struct gs_words words = gs_words_of(cJSON_IsString(json) ? json->valuestring : "", keys, n);
    gs_load_refuse_word(load, json ? &at : stage, json ? gs_load_found(found, json) : "no `kind`",
                        "a kind of stage", &words);
}

static void check_master(struct gs_load *load, const struct gs_at *stage, size_t index)
{
    const struct gs_stage_kind *kind = load->chain->stages[index].kind;
    if (!(kind->flags & GS_STAGE_MASTER)) {
        return;
    }
    if (load->master < 0) {
        load->master = (int)index;
        return;
    }
    struct gs_at at = { .up = stage, .key = "kind" };
    gs_load_refuse(load, &at, GS_E_DUPLICATE,
                   "found a second `%s` (the first is /stages/%d), expected one in a "
                   "chain",
                   kind->key, load->master);
}

/* ---- values -------------------------------------------------------------------------------------------- */

static bool sound_file(struct gs_load *load, const struct gs_at *at, const char *name)
{
    char path[4096], quoted[GS_QUOTED_SIZE];
    struct stat status;
    const char *what = !gs_chain_beside(load->origin, name, path, sizeof path) ? "a name that is too long"
                       : stat(path, &status)                                   ? "no such file"
                       : !S_ISREG(status.st_mode) ? "something that is not a file"
                       : access(path, R_OK)       ? "a file that may not be read"
                                                  : NULL;
    if (what) {
        gs_load_refuse(load, at, GS_E_NOFILE, "found %s, %s, expected a sound file beside the chain file",
                       gs_where_quote(quoted, name), what);
    }
    return !what;
}

static bool text_value(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                       const struct gs_param *row, char **text)
{
    if (!gs_load_text(load, at, json, GS_FILE_CHARACTERS, false, text)) {
        return false;
    }
    return !(row->flags & GS_PARAM_FILE) || sound_file(load, at, *text);
}

static void set_defaults(double *value, const struct gs_stage_kind *kind)
{
    for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
        const struct gs_param *row = gs_stage_param(kind, i);
        value[i] = row->type == GS_TEXT ? NAN : row->def;
    }
}

/* What nobody has said must still be a position that the knobs have, where their ends are parameters. */
static void settle(double *value, const struct gs_stage_kind *kind, const cJSON **found)
{
    for (size_t i = 0; kind->snap && i < kind->n_params; i++) {
        value[i] = found[i] ? value[i] : kind->snap(value, i, value[i]);
    }
}

/* What a value is when nobody says it. */
static void set_base(struct gs_chain *chain, const struct gs_chain_stage *stage)
{
    size_t own = stage->kind->n_params + GS_COMMON_PARAMS;
    double *base = chain->base + stage->first_slot;
    memcpy(base, chain->value + stage->first_slot, own * sizeof *base);
    for (size_t i = own; i < stage->n_slots; i++) {
        base[i] = gs_stage_send[(i - own) % GS_SEND_PARAMS].def;
    }
}

static bool load_values(struct gs_load *load, const struct gs_at *at, size_t index, const cJSON **found)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    double *value = load->chain->value + stage->first_slot;
    bool good = true;
    set_base(load->chain, stage);
    for (size_t i = 0; i < stage->kind->n_params + GS_COMMON_PARAMS; i++) {
        const struct gs_param *row = gs_stage_param(stage->kind, i);
        struct gs_at here = { .up = at, .key = row->key };
        load->chain->given[stage->first_slot + i] = found[i];
        if (found[i]) {
            good = gs_load_value(load, &here, found[i], row, &value[i]) && good;
        }
        if (found[i] && row->type == GS_TEXT && cJSON_IsString(found[i])) {
            good = text_value(load, &here, found[i], row, &stage->text[i]) && good;
        }
    }
    settle(value, stage->kind, found);
    return good;
}

/* A value that contradicts others: as the file gives it, as its data sheet does, or as it is by default. */
static void describe_value(const struct gs_chain_stage *stage, const double *value, const cJSON *given,
                           const char *key, char *found, size_t size)
{
    int index = gs_stage_param_index(stage->kind, key);
    char text[GS_FOUND_SIZE];
    if (given) {
        snprintf(found, size, "%s", gs_load_found(text, given));
    } else if (index < 0 || isnan(value[index])) {
        snprintf(found, size, "nothing");
    } else {
        gs_param_text(gs_stage_param(stage->kind, (size_t)index), value[index], text, sizeof text);
        snprintf(found, size, "%s%s%s%s", text, stage->model ? " (data sheet `" : " (default",
                 stage->model ? stage->model : "", stage->model ? "`)" : ")");
    }
}

/* Where the other values leave a knob only certain positions: which is the nearest. */
static void append_position(const struct gs_chain_stage *stage, const double *value, const char *key,
                            char *text, size_t size)
{
    int index = gs_stage_param_index(stage->kind, key);
    char nearest[GS_NUMBER_SIZE];
    if (!stage->kind->snap || index < 0 || (size_t)index >= stage->kind->n_params || isnan(value[index])) {
        return;
    }
    double position = stage->kind->snap(value, (size_t)index, value[index]);
    if (position != value[index]) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "; the nearest is %s", gs_number_text(nearest, position));
    }
}

static void validate(struct gs_load *load, const struct gs_at *at, const struct gs_chain_stage *stage,
                     const cJSON *json)
{
    const char *key = NULL;
    char text[400] = "";
    const double *value = load->chain->value + stage->first_slot;
    if (!stage->kind->validate ||
        stage->kind->validate(value, &load->chain->alignment, &key, text, sizeof text)) {
        return;
    }
    if (!key) {
        gs_load_refuse(load, at, GS_E_IMPOSSIBLE, "%s", text);
        return;
    }
    struct gs_at here = { .up = at, .key = key };
    char found[GS_FOUND_SIZE + GS_MODEL_NAME_SIZE + 32];
    describe_value(stage, value, first(json, key), key, found, sizeof found);
    append_position(stage, value, key, text, sizeof text);
    gs_load_refuse(load, &here, GS_E_IMPOSSIBLE, "found %s, but %s", found, text);
}

static void refuse_bypass(struct gs_load *load, const struct gs_at *at, const struct gs_stage_kind *kind,
                          const cJSON **found)
{
    const cJSON *bypass = found[kind->n_params + GS_COMMON_BYPASS];
    if (bypass && !(kind->flags & GS_STAGE_BYPASS)) {
        struct gs_at here = { .up = at, .key = bypass->string };
        gs_load_refuse(load, &here, GS_E_UNKNOWN, "found `bypass`, expected none: %s `%s` cannot be bypassed",
                       gs_load_article(kind->key), kind->key);
    }
}

/* ---- the whole stage ----------------------------------------------------------------------------------- */

/* Behind the fixed keys: the kind's rows, mute, bypass, from. The last one or two may be out of place. */
static size_t list_keys(const struct gs_stage_kind *kind, const char **keys, size_t *hidden)
{
    memcpy(keys, fixed_keys, sizeof fixed_keys);
    size_t n = KEY_FIXED;
    for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
        keys[n++] = gs_stage_param(kind, i)->key;
    }
    keys[n++] = "from";
    *hidden = kind->domains_in ? 0 : kind->flags & GS_STAGE_BYPASS ? 1 : 2;
    return n;
}

static void load_label(struct gs_load *load, const struct gs_at *at, struct gs_chain_stage *stage,
                       const cJSON *json)
{
    struct gs_at here = { .up = at, .key = "label" };
    if (json) {
        gs_load_text(load, &here, json, GS_LABEL_CHARACTERS, false, &stage->label);
    } else if (!(stage->label = strdup(stage->id))) {
        gs_load_no_memory(load);
    }
}

static void load_known(struct gs_load *load, const struct gs_at *at, size_t index)
{
    struct gs_chain_stage *stage = &load->chain->stages[index];
    const char *keys[KEYS_MAX];
    const cJSON *found[KEYS_MAX];
    char owner[64];
    snprintf(owner, sizeof owner, "%s `%s`", gs_load_article(stage->kind->key), stage->kind->key);
    size_t hidden, n = list_keys(stage->kind, keys, &hidden);
    gs_load_keys(load, at, load->stage[index].json, owner, keys, n, hidden, found);
    check_id(load, at, found[KEY_ID], index);
    load_label(load, at, stage, found[KEY_LABEL]);
    check_master(load, at, index);
    refuse_bypass(load, at, stage->kind, found + KEY_FIXED);
    set_defaults(load->chain->value + stage->first_slot, stage->kind);
    bool model = !found[KEY_MODEL] || gs_load_sheet(load, at, index, found[KEY_MODEL]);
    bool values = load_values(load, at, index, found + KEY_FIXED) && model;
    bool from = gs_load_from(load, at, index);
    if (values) {
        validate(load, at, stage, load->stage[index].json);
    }
    if (values && from) {
        gs_load_join(load, at, index);
    }
}

void gs_load_stage(struct gs_load *load, const struct gs_at *list, size_t index)
{
    struct gs_at at = { .up = list, .index = index };
    const cJSON *json = load->stage[index].json;
    if (!cJSON_IsObject(json)) {
        gs_load_refuse_type(load, &at, json, "an object with `id` and `kind`");
    } else if (!load->chain->stages[index].kind) {
        load->kind_unknown = true;
        check_id(load, &at, first(json, "id"), index);
        refuse_kind(load, &at, first(json, "kind"));
    } else {
        load_known(load, &at, index);
    }
}
