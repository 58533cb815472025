/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See variant.h. */
#include "app/variant.h"

#include "app/options.h"
#include "base/nearest.h"
#include "base/number.h"
#include "chain/sounds.h"
#include "chain/take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 64

int gs_variant_open(struct gs_variant *variant, const char *path, double rate_hz)
{
    struct gs_errors errors = { 0 };
    *variant = (struct gs_variant){ .rate_hz = rate_hz };
    int code = gs_chain_load(path, &variant->chain, &errors) ? gs_complain_all(&errors) : 0;
    gs_errors_finish(&errors);
    return code;
}

static void drop(struct gs_take *takes, size_t n)
{
    for (size_t i = 0; takes && i < n; i++) {
        gs_take_finish(&takes[i]);
    }
    free(takes);
}

void gs_variant_close(struct gs_variant *variant)
{
    if (variant->chain) {
        gs_predictor_destroy(variant->predictor);
        drop(variant->takes, variant->chain->n_stages);
        gs_chain_destroy(variant->chain);
    }
    *variant = (struct gs_variant){ 0 };
}

/* ---- names ---- */

static enum gs_status no_stage(const struct gs_variant *f, const char *text, const char *id,
                               struct gs_error *error)
{
    struct gs_nearest nearest = gs_nearest_start(id);
    for (size_t i = 0; i < f->chain->n_stages; i++) {
        gs_nearest_offer(&nearest, f->chain->stages[i].id);
    }
    return gs_fail(error, GS_E_USAGE, "",
                   nearest.best ? "%s: no stage '%s' in the chain: did you mean '%s'?"
                                : "%s: no stage '%s' in the chain",
                   text, id, nearest.best);
}

static enum gs_status no_key(const struct gs_stage_kind *kind, const char *text, const char *key,
                             struct gs_error *error)
{
    struct gs_nearest nearest = gs_nearest_start(key);
    for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
        gs_nearest_offer(&nearest, gs_stage_param(kind, i)->key);
    }
    return gs_fail(error, GS_E_USAGE, "",
                   nearest.best ? "%s: a %s has no '%s': did you mean '%s'?" : "%s: a %s has no '%s'", text,
                   kind->key, key, nearest.best);
}

/* Ids may hold dots, keys do not: the last dot divides. */
enum gs_status gs_variant_slot(const struct gs_variant *f, const char *text, size_t *slot, const char **rest,
                               struct gs_error *error)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    char name[GS_CHAIN_ID_SIZE + KEY_SIZE];
    if (rest) {
        *rest = equals ? equals + 1 : NULL;
    }
    if (length >= sizeof name) {
        return gs_fail(error, GS_E_USAGE, "", "%s: expected STAGE.KEY", text);
    }
    memcpy(name, text, length);
    name[length] = '\0';
    char *dot = strrchr(name, '.');
    if (!dot || dot == name || !dot[1]) {
        return gs_fail(error, GS_E_USAGE, "", "%s: expected STAGE.KEY, a stage's id and one of its keys",
                       text);
    }
    *dot = '\0';
    int stage = gs_chain_find(f->chain, name);
    if (stage < 0) {
        return no_stage(f, text, name, error);
    }
    int param = gs_stage_param_index(f->chain->stages[stage].kind, dot + 1);
    if (param < 0) {
        return no_key(f->chain->stages[stage].kind, text, dot + 1, error);
    }
    *slot = gs_chain_slot(f->chain, (size_t)stage, (size_t)param);
    return GS_OK;
}

/* ---- values ---- */

static bool parse_switch(const char *text, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = { { "on", 1 }, { "true", 1 }, { "1", 1 }, { "off", 0 }, { "false", 0 }, { "0", 0 } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i].word) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    return false;
}

static bool parse_number(const struct gs_param *row, const char *text, double *value)
{
    if (strcmp(text, "-inf") == 0 || strcmp(text, "-oo") == 0) {
        *value = -INFINITY;
        return row->flags & GS_PARAM_MINUS_INF;
    }
    return gs_number_read(text, value) && *value <= row->max &&
           (*value >= row->min || (row->flags & GS_PARAM_MINUS_INF));
}

static bool parse_value(const struct gs_param *row, const char *text, double *value)
{
    if (row->type == GS_SWITCH) {
        return parse_switch(text, value);
    }
    if (row->type == GS_CHOICE) {
        int index = gs_param_choice(row, text);
        *value = index;
        return index >= 0;
    }
    if (gs_param_is_absent(row, text)) {
        *value = NAN;
        return true;
    }
    return row->type == GS_NUMBER && parse_number(row, text, value);
}

static enum gs_status refuse_value(const struct gs_param *row, const char *text, struct gs_error *error)
{
    if (row->type == GS_TEXT) {
        return gs_fail(error, GS_E_USAGE, "", "%s: %s is a text: change the chain file", text, row->key);
    }
    if (row->type == GS_SWITCH) {
        return gs_fail(error, GS_E_USAGE, "", "%s: expected on or off", text);
    }
    if (row->type == GS_CHOICE) {
        return gs_fail(error, GS_E_USAGE, "", "%s: %s has no such word: see gainstage-chain(5)", text,
                       row->key);
    }
    return gs_fail(error, GS_E_USAGE, "", "%s: expected a number from %g to %g", text, row->min, row->max);
}

static size_t stage_of(const struct gs_chain *chain, size_t slot)
{
    size_t i = 0;
    while (slot >= chain->stages[i].first_slot + chain->stages[i].n_slots) {
        i++;
    }
    return i;
}

/* What the loader settled for good - domains, channels, contradictions - is asked again. */
static enum gs_status check_stage(const struct gs_variant *f, size_t stage, const char *text,
                                  struct gs_error *error)
{
    const struct gs_chain_stage *s = &f->chain->stages[stage];
    const double *param = f->chain->value + s->first_slot;
    char sentence[256] = "";
    const char *key = "";
    int domain = s->kind->domain_out == GS_OUT_BY_PARAM ? gs_stage_param_index(s->kind, "domain") : -1;
    if ((domain >= 0 && (enum gs_domain)param[domain] != s->domain_out) ||
        (s->kind->channels && s->kind->channels(param, s->channels_in) != s->channels_out)) {
        return gs_fail(error, GS_E_USAGE, "", "%s: changes what the next stages get: change the chain file",
                       text);
    }
    if (s->kind->validate &&
        !s->kind->validate(param, &f->chain->alignment, &key, sentence, sizeof sentence)) {
        return gs_fail(error, GS_E_USAGE, "", "%s: %s", text, sentence);
    }
    return GS_OK;
}

enum gs_status gs_variant_set(struct gs_variant *f, const char *text, struct gs_error *error)
{
    size_t slot;
    const char *word;
    enum gs_status status = gs_variant_slot(f, text, &slot, &word, error);
    if (status) {
        return status;
    }
    if (!word) {
        return gs_fail(error, GS_E_USAGE, "", "%s: expected STAGE.KEY=VALUE", text);
    }
    const struct gs_param *row = gs_chain_slot_row(f->chain, slot);
    double value, before = f->chain->value[slot];
    if (!parse_value(row, word, &value)) {
        return refuse_value(row, text, error);
    }
    f->chain->value[slot] = gs_param_snap(row, value);
    status = check_stage(f, stage_of(f->chain, slot), text, error);
    if (status) {
        f->chain->value[slot] = before;
    }
    return status;
}

/* ---- prediction ---- */

/* Sounds that are there already are used again. */
static enum gs_status make_sounds(struct gs_variant *f, struct gs_errors *errors)
{
    size_t n = f->chain->n_stages;
    struct gs_take *known = f->takes;
    f->takes = calloc(n, sizeof *f->takes);
    enum gs_status status = f->takes
                                ? gs_sounds_make(f->chain, f->rate_hz, known, known ? n : 0, f->takes, errors)
                                : gs_errors_add(errors, GS_E_MEMORY, "", "no memory for the sounds");
    drop(known, n);
    return status;
}

static bool make(struct gs_variant *f)
{
    struct gs_errors errors = { 0 };
    enum gs_status status = make_sounds(f, &errors);
    f->predictor = status ? NULL : gs_predictor_create(f->chain, f->takes, f->rate_hz);
    if (!status && !f->predictor) {
        gs_errors_add(&errors, GS_E_MEMORY, "", "no memory for the prediction");
    }
    if (!f->predictor) {
        gs_complain_all(&errors);
    }
    gs_errors_finish(&errors);
    return f->predictor;
}

const struct gs_prediction *gs_variant_run(struct gs_variant *f, bool anew)
{
    if (anew) {
        gs_predictor_destroy(f->predictor);
        f->predictor = NULL;
    }
    return f->predictor || make(f) ? gs_predictor_run(f->predictor, NULL) : NULL;
}
