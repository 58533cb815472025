/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See choose.h. The same values come out when the chain is saved and loaded again. */
#include "chain/choose.h"

#include "chain/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHEETS_MAX 1024 /* named in a complaint */

bool gs_model_is_none(const char *name)
{
    return !*name || strcmp(name, "none") == 0;
}

/* "found FOUND, expected one of a `preamp`: did you mean `motu-m2`?", or with all there are. */
static enum gs_status refuse(const struct gs_model_shelf *shelf, const struct gs_stage_kind *kind,
                             const char *name, const char *found, struct gs_error *error)
{
    const char *words[SHEETS_MAX] = { NULL }, *article = gs_load_article(kind->key);
    size_t n = 0;
    for (size_t i = 0; i < shelf->n && n < SHEETS_MAX; i++) {
        if (gs_model_part(shelf->model[i], kind)) {
            words[n++] = shelf->model[i]->name;
        }
    }
    if (n == 0) {
        return gs_fail(error, GS_E_UNKNOWN, "", "found %s, expected none: there is no data sheet of %s `%s`",
                       found, article, kind->key);
    }
    struct gs_words all = gs_words_of(name, words, n);
    return gs_fail(error, GS_E_UNKNOWN, "", "found %s, expected that of %s `%s`%s%s%s", found, article,
                   kind->key, all.nearest ? ": did you mean `" : ": ", all.nearest ? all.nearest : all.list,
                   all.nearest ? "`?" : "");
}

static const struct gs_model *on_shelf(const struct gs_model_shelf *shelf, const char *name)
{
    for (size_t i = 0; i < shelf->n; i++) {
        if (strcmp(shelf->model[i]->name, name) == 0) {
            return shelf->model[i];
        }
    }
    return NULL;
}

/* Not on the shelf: there is no such file, or one with mistakes, which it is told. */
static enum gs_status refuse_missing(const struct gs_chain *chain, const struct gs_stage_kind *kind,
                                     const char *name, const struct gs_model_shelf *shelf,
                                     struct gs_error *error)
{
    char found[160], quoted[GS_QUOTED_SIZE];
    struct gs_errors errors = { 0 };
    struct gs_model *model = NULL;
    char *path = gs_model_find(name, chain->path);
    enum gs_status status = path ? gs_model_load(path, &model, &errors) : GS_OK;
    if (status && errors.count) {
        *error = errors.list[0];
    } else {
        snprintf(found, sizeof found, "no data sheet %s", gs_where_quote(quoted, name));
        status = refuse(shelf, kind, name, found, error);
    }
    gs_errors_finish(&errors);
    gs_model_destroy(model);
    free(path);
    return status;
}

static enum gs_status find(const struct gs_chain *chain, const struct gs_stage_kind *kind, const char *name,
                           const struct gs_model_shelf *shelf, const struct gs_model_part **part,
                           struct gs_error *error)
{
    const struct gs_model *model = on_shelf(shelf, name);
    if (!model) {
        return refuse_missing(chain, kind, name, shelf, error);
    }
    *part = gs_model_part(model, kind);
    if (*part) {
        return GS_OK;
    }
    char found[160];
    const char *key = model->parts[0].kind->key;
    snprintf(found, sizeof found, "`%s`, the data sheet of %s `%s`", name, gs_load_article(key), key);
    return refuse(shelf, kind, name, found, error);
}

/* Default, then sheet, then what was given. */
static void merge(const struct gs_chain *chain, const struct gs_chain_stage *stage,
                  const struct gs_model_part *part, double *value)
{
    const struct gs_stage_kind *kind = stage->kind;
    for (size_t i = 0; i < kind->n_params; i++) {
        value[i] = kind->params[i].def;
    }
    for (size_t i = 0; part && i < part->n_values; i++) {
        value[part->values[i].index] = part->values[i].value;
    }
    for (size_t i = 0; i < kind->n_params; i++) {
        size_t slot = stage->first_slot + i;
        bool stays = chain->given[slot] || kind->params[i].type == GS_TEXT;
        value[i] = stays ? chain->value[slot] : value[i];
    }
    for (size_t i = 0; kind->snap && i < kind->n_params; i++) {
        value[i] = isnan(value[i]) ? value[i] : kind->snap(value, i, value[i]);
    }
}

static enum gs_status check(const struct gs_chain *chain, const struct gs_stage_kind *kind, const char *name,
                            const double *value, struct gs_error *error)
{
    const char *key = NULL;
    char text[400] = "", is[96] = "";
    if (!kind->validate || kind->validate(value, &chain->alignment, &key, text, sizeof text)) {
        return GS_OK;
    }
    int index = key ? gs_stage_param_index(kind, key) : -1;
    if (index >= 0) {
        gs_param_text(gs_stage_param(kind, (size_t)index), value[index], is, sizeof is);
    }
    return gs_fail(error, GS_E_IMPOSSIBLE, "", "found `%s`, but with it %s is %s: %s", *name ? name : "none",
                   key ? key : "the stage", *is ? is : "impossible", text);
}

enum gs_status gs_chain_with_model(const struct gs_chain *chain, size_t stage, const char *name,
                                   const struct gs_model_shelf *shelf, double *value, struct gs_error *error)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    const struct gs_model_part *part = NULL;
    bool none = gs_model_is_none(name);
    enum gs_status status = none ? GS_OK : find(chain, s->kind, name, shelf, &part, error);
    if (status) {
        return status;
    }
    merge(chain, s, part, value);
    return check(chain, s->kind, none ? "" : name, value, error);
}
